using CsCheck;
using EmotionMLNet.Web.Classification;

namespace EmotionMLNet.Tests.Web;

/// <summary>Who waits, who is served next, and who goes where there is no room.</summary>
public sealed class FairQueueTests
{
    private const string Flood = "flood", Honest = "honest";

    [Fact]
    public void Lines_are_served_round_robin()
    {
        var queue = new Log(atWork: 1, places: 8);
        queue.Fill();
        queue.Enter("a", "a", "a", "b", "b", "c");
        Assert.Equal(["a0", "b0", "c0", "a1", "b1", "a2"], queue.Serve(6));
    }

    [Fact]
    public void Who_waits_for_less_takes_the_place_of_the_newest_of_the_longest_line()
    {
        var queue = new Log(atWork: 1, places: 3);
        queue.Fill();
        queue.Enter(Flood, Flood, Flood, Flood);
        Assert.Equal(["flood3"], queue.Refused); // the fourth found no room
        queue.Enter(Honest);
        Assert.Equal(["flood3", "flood2"], queue.Refused);
        queue.Enter(Honest); // one more would not be less than the other has
        Assert.Equal(["flood3", "flood2", "honest1"], queue.Refused);
        Assert.Equal(["flood0", "honest0", "flood1"], queue.Serve(3));
    }

    [Fact]
    public void A_client_among_floods_is_served_every_time()
    {
        var queue = new Log(atWork: 2, places: 16);
        queue.Fill();
        for (int round = 0; round < 100; round++)
        {
            for (int i = 0; i < 50; i++) queue.Enter($"{Flood}{i % 3}");
            queue.Enter(Honest);
            for (int i = 0; i < 50; i++) queue.Enter($"{Flood}{i % 3}");
            // At most one of each flood goes before.
            Assert.Contains($"{Honest}{round}", queue.Serve(4));
        }
        Assert.DoesNotContain(queue.Refused, name => name.StartsWith(Honest, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_room_to_wait_only_work_is_shared()
    {
        var queue = new FairQueue(atWork: 1, places: 0);
        Assert.True(await queue.EnterAsync(1, CancellationToken.None));
        Assert.False(await queue.EnterAsync(2, CancellationToken.None));
        queue.Leave();
        Assert.True(await queue.EnterAsync(2, CancellationToken.None));
    }

    [Fact]
    public async Task Who_gives_up_leaves_his_place()
    {
        var queue = new FairQueue(atWork: 1, places: 1);
        Assert.True(await queue.EnterAsync(1, CancellationToken.None));
        using var patience = new CancellationTokenSource();
        Task<bool> waiting = queue.EnterAsync(2, patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Task<bool> next = queue.EnterAsync(3, CancellationToken.None);
        Assert.False(next.IsCompleted);
        queue.Leave();
        Assert.True(await next);
    }

    [Fact]
    public void No_place_is_lost_or_made_whatever_happens()
    {
        // A step is a client who comes (0 to 3), one who leaves work (4), or the last who waits giving up (5).
        Gen.Select(Gen.Int[1, 3], Gen.Int[0, 4], Gen.Int[0, 5].Array[0, 200]).Sample((atWork, places, steps) =>
        {
            var queue = new FairQueue(atWork, places);
            var waiting = new List<(Task<bool> Task, CancellationTokenSource Patience)>();
            int working = 0;
            foreach (int step in steps)
            {
                if (step < 4)
                {
                    var patience = new CancellationTokenSource();
                    waiting.Add((queue.EnterAsync((UInt128)step, patience.Token), patience));
                }
                else if (step == 4 && working > 0)
                {
                    working--;
                    queue.Leave();
                }
                else if (step == 5 && waiting.Count > 0)
                {
                    waiting[^1].Patience.Cancel();
                }
                working += waiting.Count(w => w.Task.IsCompletedSuccessfully && w.Task.Result);
                waiting.RemoveAll(w => w.Task.IsCompleted);
                Assert.InRange(working, 0, atWork);
                Assert.InRange(waiting.Count, 0, places);
                if (waiting.Count > 0) Assert.Equal(atWork, working); // nobody waits beside an idle place
            }
        });
    }

    /// <summary>A queue whose clients have names, and a number each time they come.</summary>
    private sealed class Log(int atWork, int places)
    {
        private readonly FairQueue queue = new(atWork, places);
        private readonly Dictionary<string, int> counts = [];
        private readonly List<(string Name, Task<bool> Task)> waiting = [];

        public List<string> Refused { get; } = [];

        /// <summary>Sends clients to work who are not told of.</summary>
        public void Fill()
        {
            for (int i = 0; i < atWork; i++) Assert.True(queue.EnterAsync(0, CancellationToken.None).Result);
        }

        public void Enter(params string[] clients)
        {
            foreach (string client in clients)
            {
                int number = counts[client] = counts.GetValueOrDefault(client, -1) + 1;
                waiting.Add(($"{client}{number}", queue.EnterAsync((UInt128)client.Sum(c => c), CancellationToken.None)));
                Refused.AddRange(Take(isServed: false));
            }
        }

        /// <summary>Names of those who are served one after another.</summary>
        public List<string> Serve(int count)
        {
            var served = new List<string>();
            for (int i = 0; i < count; i++)
            {
                queue.Leave();
                served.Add(Assert.Single(Take(isServed: true)));
            }
            return served;
        }

        private List<string> Take(bool isServed)
        {
            List<string> names = [.. waiting.Where(w => w.Task.IsCompleted && w.Task.Result == isServed).Select(w => w.Name)];
            waiting.RemoveAll(w => names.Contains(w.Name));
            return names;
        }
    }
}

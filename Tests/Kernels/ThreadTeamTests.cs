using EmotionMLNet.Kernels;

namespace EmotionMLNet.Tests.Kernels;

[Trait("Category", "Kernels")]
public sealed unsafe class ThreadTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Every_part_runs_exactly_once_a_run_however_quickly_runs_follow(int threads)
    {
        using var team = new ThreadTeam(threads);
        var calls = new int[threads];
        fixed (int* p = calls)
        {
            var job = new CountJob(p);
            for (int run = 1; run <= 2_000; run++)
            {
                team.Run(ref job);
                Assert.All(calls, c => Assert.Equal(run, c));
            }
        }
    }

    [Fact]
    public void A_team_that_slept_wakes_again()
    {
        using var team = new ThreadTeam(2);
        var calls = new int[2];
        fixed (int* p = calls)
        {
            var job = new CountJob(p);
            team.Run(ref job);
            Thread.Sleep(50);
            team.Run(ref job);
        }
        Assert.Equal([2, 2], calls);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void An_exception_of_any_part_reaches_the_caller_and_the_team_works_on(int part)
    {
        using var team = new ThreadTeam(3);
        var failing = new ThrowJob(part);
        var thrown = Assert.Throws<InvalidOperationException>(() =>
        {
            ThrowJob copy = failing;
            team.Run(ref copy);
        });
        Assert.Equal($"part {part}", thrown.Message);
        var calls = new int[3];
        fixed (int* p = calls)
        {
            var job = new CountJob(p);
            team.Run(ref job);
        }
        Assert.Equal([1, 1, 1], calls);
    }

    [Fact]
    public void A_failure_of_all_parts_is_told_once_and_not_again_by_the_next_run()
    {
        using var team = new ThreadTeam(2);
        Assert.Throws<InvalidOperationException>(() =>
        {
            var all = new ThrowJob(-1);
            team.Run(ref all);
        });
        var calls = new int[2];
        fixed (int* p = calls)
        {
            var job = new CountJob(p);
            team.Run(ref job);
        }
        Assert.Equal([1, 1], calls);
    }

    [Fact]
    public void Ranges_cover_all_items_in_order_and_differ_by_at_most_one()
    {
        foreach (int items in new[] { 0, 1, 2, 7, 64, 1_000_003, int.MaxValue })
        {
            foreach (int parts in new[] { 1, 2, 3, 7, 16 })
            {
                int next = 0;
                for (int part = 0; part < parts; part++)
                {
                    (int start, int end) = ThreadTeam.Range(items, part, parts);
                    Assert.Equal(next, start);
                    Assert.InRange(end - start, items / parts, items / parts + (items % parts == 0 ? 0 : 1));
                    next = end;
                }
                Assert.Equal(items, next);
            }
        }
    }

    private readonly struct CountJob(int* calls) : ITeamJob
    {
        public void Run(int part, int parts) => calls[part]++;
    }

    /// <summary>Throws in one part, or with -1 in all.</summary>
    private readonly struct ThrowJob(int thrower) : ITeamJob
    {
        public void Run(int part, int parts)
        {
            if (thrower < 0 || thrower == part) throw new InvalidOperationException($"part {part}");
        }
    }
}

using EmotionMLNet.Files;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Tests.Tuning.Stores;

/// <summary>The store in memory with a file: what a kill leaves, its clock, and files that it refuses.</summary>
public sealed class FileTrialStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly TickingClock clock = new() { Tick = 0 };

    private string Place => folder[SearchFile.FileName];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void After_a_kill_running_trials_are_lost_until_somebody_goes_on_and_no_loss_is_counted()
    {
        MemoryTrialStore killed = Open();
        TrialLease paused = killed.Begin(), running = killed.Begin();
        killed.End(paused, TrialStatus.Paused);
        killed.Add(running, Decisions.Epoch(1, double.NaN));

        MemoryTrialStore store = Open();
        Assert.Equal([false, true], store.Read().Trials.Select(t => t.IsLost));
        Assert.False(store.Add(running, Decisions.Epoch(2)));
        TrialLease lease = store.GoOn(1, 0, "bob");
        Assert.Equal((2, 0, false), (lease.Claim, lease.Trial.Losses, lease.Trial.IsLost));
        SearchTrial trial = store.Read().Trials[1];
        Assert.Equal((false, 0, 2), (trial.IsLost, trial.Losses, trial.Claims));
        Assert.Equal([null, null], trial.Spans.Select(s => s.To));
        Assert.True(double.IsNaN(trial.Epochs.Single().Loss));
        Assert.True(store.Add(lease, Decisions.Epoch(2)));

        store = Open();
        store.Make(new SearchDecision.GiveUp(1, "it kills its worker"));
        Assert.Equal((TrialStatus.Failed, false), (store.Read().Trials[1].Status, store.Read().Trials[1].IsLost));
    }

    [Fact]
    public void The_clock_goes_on_from_what_was_written_last()
    {
        MemoryTrialStore store = Open();
        TrialLease lease = store.Begin();
        foreach (
            Action report in (Action[])
                [() => store.Renew(lease), () => store.Add(lease, Decisions.Epoch(1)), () => store.End(lease, TrialStatus.Paused)]
        )
        {
            clock.Advance(3);
            report();
            Assert.Equal(store.Read().Now, SearchFile.Read(Place).Now);
        }
        clock.Advance(1000);
        Assert.Equal(9, Open().Read().Now);
    }

    [Fact]
    public void A_change_that_cannot_be_written_does_not_count()
    {
        MemoryTrialStore store = Open();
        TrialLease lease = store.Begin();
        File.Delete(Place);
        Directory.CreateDirectory(Path.Combine(Place, "in the way"));
        var failed = Assert.Throws<TrainingFailedException>(() => store.Add(lease, Decisions.Epoch(1)));
        Assert.Contains(Place, failed.Message, StringComparison.Ordinal);
        Assert.Empty(store.Read().Trials.Single().Epochs);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"version":1,"seconds":0,"facts":{}}""")]
    [InlineData("""{"version":1,"seconds":0,"facts":{},"trials":[null]}""")]
    [InlineData("""{"version":1,"seconds":0,"facts":{},"trials":[{"id":0}]}""")]
    [InlineData("""{"version":2,"seconds":0,"facts":{},"trials":[]}""")]
    public void Files_that_are_none_of_a_search_are_refused(string content)
    {
        AtomicFile.WriteText(Place, content);
        Assert.Contains(Place, Assert.Throws<TrainingException>(Open).Message, StringComparison.Ordinal);
    }

    private MemoryTrialStore Open() => MemoryTrialStore.Open(Place, clock);
}

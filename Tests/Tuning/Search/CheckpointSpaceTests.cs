using EmotionMLNet.Files;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Tests.Tuning.Search;

/// <summary>Which checkpoints stay where there is not room for all.</summary>
public sealed class CheckpointSpaceTests : IDisposable
{
    private const int Size = 1000;

    private readonly TemporaryFolder folder = new();
    private readonly SearchOptions options;
    private readonly SearchLayout layout;
    private readonly SearchState state;

    public CheckpointSpaceTests()
    {
        options = SearchSimulation.Options(trials: 30) with { Out = folder.FullName };
        layout = SearchSimulation.Plan(options, seconds: 1);
        state = SearchSimulation.Run(options, layout).State;
        foreach (SearchTrial trial in state.Trials.Where(t => t.Proposal.Kind == TrialKind.Search))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(CheckpointOf(trial))!);
            AtomicFile.Write(CheckpointOf(trial), stream => stream.Write(new byte[Size]));
        }
        Assert.InRange(Paused.Length, 10, 30);
    }

    public void Dispose() => folder.Dispose();

    private SearchTrial[] Paused => [.. state.Trials.Where(t => t.Status == TrialStatus.Paused)];

    [Fact]
    public void Without_a_limit_all_stay()
    {
        Trim(null);
        Assert.All(Paused, t => Assert.True(File.Exists(CheckpointOf(t))));
    }

    [Fact]
    public void Without_room_none_stays()
    {
        Trim(0);
        Assert.All(Paused, t => Assert.False(File.Exists(CheckpointOf(t))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(9)]
    public void With_room_for_a_few_the_most_promising_of_each_rung_stay(int few)
    {
        Trim(few * Size + Size / 2);
        Assert.Equal(few, Paused.Count(t => File.Exists(CheckpointOf(t))));
        foreach (IGrouping<int, SearchTrial> rung in Paused.GroupBy(t => t.Rung))
        {
            double[] stay = Losses(rung, isKept: true), go = Losses(rung, isKept: false);
            if (stay.Length > 0 && go.Length > 0) Assert.True(stay.Max() <= go.Min(), $"rung {rung.Key}");
        }
    }

    private void Trim(long? most) => new CheckpointSpace(options with { CheckpointBytes = most }, layout).Trim(state);

    private double[] Losses(IEnumerable<SearchTrial> trials, bool isKept)
        => [.. trials.Where(t => File.Exists(CheckpointOf(t)) == isKept)
            .Select(t => SearchHistory.LossAt(t, options.ArmOf(t.Proposal.Arm), layout, t.Rung)!.Value)];

    private string CheckpointOf(SearchTrial trial)
        => Path.Combine(new TrialFolder(folder.FullName, trial.Id).FullName, "claim-01", Checkpoint.FileName);
}

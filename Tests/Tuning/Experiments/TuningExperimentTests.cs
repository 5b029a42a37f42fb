using EmotionMLNet.Imaging;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Tuning;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Tests.Tuning.Experiments;

/// <summary>A search as a program makes it: what its monitor hears, what it returns, and what it leaves.</summary>
public sealed class TuningExperimentTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Pictures_in_memory_are_searched_and_nothing_is_left_behind()
    {
        var monitor = new Recorder();
        TuningExperimentResult result = Tiny().SetMonitor(monitor).Run();

        Assert.Equal(3, result.Trials.Count);
        Assert.Equal([0, 1, 2], result.Trials.Select(t => t.TrialSettings.TrialId));
        Assert.Equal("default", result.Trials[0].TrialSettings.Origin);
        Assert.All(result.Trials, t => Assert.InRange(t.Loss, 0, 1));
        Assert.All(result.Trials, t => Assert.Equal(1 - t.Loss, t.Metric));
        Assert.All(result.Trials, t => Assert.True(t.DurationInMilliseconds > 0 && t.Epochs > 0));
        Assert.NotNull(result.Best);
        Assert.True(result.Best.IsWhole);
        Assert.Equal(result.Best.TrialSettings.TrialId, monitor.Best.Last());
        Assert.Equal(result.IsGainShown ? result.Best.TrialSettings.TrialId : 0, result.TrialSettings.TrialId);
        Assert.Equal(result.RawScore - result.CorrectedScore, result.Optimism);
        Assert.Equal(!result.IsGainShown, result.Reason.StartsWith("No gain shown", StringComparison.Ordinal));
        Assert.StartsWith(result.Reason, result.ToString(), StringComparison.Ordinal);
        if (result.Best.TrialSettings.TrialId > 0)
        {
            Assert.InRange(result.Gain!.Value, result.GainLow!.Value, result.GainHigh!.Value);
            Assert.Equal((1, false), (result.GainSeeds, result.IsGainOnTest));
        }

        Assert.Equal(TinyData.Labels, result.Model!.Labels);
        Assert.Equal(2, result.Model.History.Count);
        Assert.Equal(30, result.Model.Validation.Count);
        Assert.NotEmpty(result.Model.Classifier.Classify(new Image(12, 12, 1, new byte[144])).Label);
        Assert.Equal(("", 2, 5), (result.Options.Data.Path, result.Options.Optimisation.Epochs, result.Options.Seed));
        Assert.Null(result.ReportPath);
        Assert.Null(result.ModelPath);

        string pictures = monitor.Settings[0].Options.Data.Path;
        Assert.StartsWith(Path.GetTempPath(), pictures, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.GetDirectoryName(Path.GetDirectoryName(pictures))));
        AssertOrder(monitor);
    }

    // A trial runs, has its epochs, and is completed before the next one runs; the best one is named behind it.
    private static void AssertOrder(Recorder monitor)
    {
        (string What, int Trial)? before = null;
        foreach ((string what, int trial) in monitor.Calls)
        {
            bool isRight = (before?.What, what) switch
            {
                (null or "completed" or "best", "running") => true,
                ("running" or "epoch", "epoch" or "completed") => before!.Value.Trial == trial,
                ("completed", "best") => before!.Value.Trial == trial,
                _ => false,
            };
            Assert.True(isRight, $"{before} was followed by {what} {trial}");
            before = (what, trial);
        }
        Assert.Equal(("running", 0), monitor.Calls[0]);
        Assert.Equal(("best", 0), monitor.Calls.First(c => c.What == "best"));
        // The confirmation is told of too, and finds no best one.
        Assert.Contains(monitor.Settings, s => s.IsConfirmation);
        Assert.All(monitor.Settings, s => Assert.Equal(s.IsConfirmation ? 6 : 5, s.Options.Seed));
    }

    [Fact]
    public void A_cancelled_search_that_is_gone_on_with_is_an_unbroken_one_and_other_searches_are_refused()
    {
        TuningExperimentResult unbroken = Tiny().SetCheckpoint(folder["a"]).Run();
        using (var cancellation = new CancellationTokenSource())
        {
            var monitor = new Recorder { OnEpoch = (trial, epoch) => { if ((trial, epoch) == (1, 1)) cancellation.Cancel(); } };
            TuningExperiment cut = Tiny().SetCheckpoint(folder["b"]).SetMonitor(monitor);
            Assert.ThrowsAny<OperationCanceledException>(() => cut.Run(cancellation.Token));
            Assert.DoesNotContain(monitor.Calls, c => c.What == "running" && c.Trial > 1);
        }
        var again = new Recorder();
        TuningExperimentResult resumed = Tiny().SetCheckpoint(folder["b"]).SetMonitor(again).Run();
        Assert.DoesNotContain(again.Calls, c => c.Trial == 0);

        Assert.Equal(Text(unbroken), Text(resumed));
        Assert.Equal(TinyData.Weights(unbroken.Model!.Zip.Network), TinyData.Weights(resumed.Model!.Zip.Network));
        Assert.True(File.Exists(resumed.ReportPath));
        Assert.Equal(folder["b/best.zip"], resumed.ModelPath);
        Assert.Equal(resumed.Model.Labels, EmotionClassifier.Load(resumed.ModelPath!).Labels);

        // What is over is read again, at once.
        Assert.Equal(Text(resumed), Text(Tiny().SetCheckpoint(folder["b"]).Run()));
        var other = Assert.Throws<TrainingException>(() => Tiny().SetSeed(6).SetCheckpoint(folder["b"]).Run());
        Assert.Contains("holds another search", other.Message, StringComparison.Ordinal);
        LabelledImage[] few = [.. Pictures(15, seed: 9)];
        other = Assert.Throws<TrainingException>(() => Tiny().SetDataset(few, few).SetCheckpoint(folder["b"]).Run());
        Assert.Contains("other pictures", other.Message, StringComparison.Ordinal);

        static string Text(TuningExperimentResult r) =>
            string.Join(
                '\n',
                r.Trials.Select(t => FormattableString.Invariant($"{t.TrialSettings.Parameter} {t.Loss:R} {t.Epochs} {t.IsWhole}"))
            ) + FormattableString.Invariant($"\n{r.Gain:R} {r.GainLow:R} {r.RawScore:R} {r.CorrectedScore:R} {r.Reason}");
    }

    [Fact]
    public async Task What_a_monitor_throws_ends_the_search_and_removes_its_folder()
    {
        var monitor = new Recorder { OnEpoch = (_, _) => throw new ArithmeticException("enough") };
        Assert.Equal("enough", (await Assert.ThrowsAsync<ArithmeticException>(() => Tiny().SetMonitor(monitor).RunAsync())).Message);
        string pictures = monitor.Settings[0].Options.Data.Path;
        Assert.False(Directory.Exists(Path.GetDirectoryName(Path.GetDirectoryName(pictures))));
    }

    [Fact]
    public void Networks_that_want_too_much_memory_fail_untrained_and_there_is_no_model()
    {
        var monitor = new Recorder();
        TuningExperimentResult result = Tiny().SetMaximumMemoryUsageInMegaByte(0.001).SetMonitor(monitor).Run();
        Assert.All(result.Trials, t => Assert.Contains("MB to train", t.Reason, StringComparison.Ordinal));
        Assert.All(result.Trials, t => Assert.True(double.IsNaN(t.Loss)));
        Assert.Null(result.Best);
        Assert.False(result.IsGainShown);
        Assert.Equal("Nothing is within the limits: raise them, or take a smaller network.", result.Reason);
        Assert.Null(result.Model);
        Assert.Contains("MB to train", monitor.Failures[0]!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_that_cannot_be_are_refused()
    {
        LabelledImage[] pictures = [.. Pictures(6, seed: 1)];
        var experiment = new TuningExperiment(TinyData.Options);
        Assert.Throws<ArgumentException>(() => new TuningExperiment("no-such-network"));
        Assert.Throws<ArgumentNullException>(() => new TuningExperiment((TrainingOptions)null!));
        Assert.Throws<ArgumentException>(() => experiment.SetDataset(""));
        Assert.Throws<ArgumentException>(() => experiment.SetDataset([]));
        Assert.Throws<ArgumentException>(() => experiment.SetDataset([.. pictures, null!]));
        Assert.Throws<ArgumentException>(() => experiment.SetDataset(pictures, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => experiment.SetTrainingTimeInSeconds(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => experiment.SetMaxModelToExplore(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => experiment.SetMaximumMemoryUsageInMegaByte(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => experiment.SetSeed(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => experiment.SetConfirmationSeeds(21));
        Assert.Throws<ArgumentException>(() => experiment.SetCheckpoint(""));
        Assert.Throws<ArgumentNullException>(() => experiment.SetMonitor(null!));
        Assert.Throws<ArgumentException>(() => experiment.AddSearchSpace(" ", Rates()));
        Assert.Throws<ArgumentException>(() => experiment.AddSearchSpace("recipe", []));
        Assert.Throws<ArgumentException>(() => experiment.AddArchitecture("no-such-network"));
        Assert.Throws<ArgumentException>(() => experiment.AddArchitecture("three-block-cnn"));
        Assert.Throws<ArgumentException>(() => experiment.AddArchitecture("recipe", TinyData.Options));
        Assert.Equal(["three-block-cnn"], experiment.Arms);

        Assert.Contains("SetDataset", Assert.Throws<InvalidOperationException>(() => experiment.Run()).Message, StringComparison.Ordinal);
        experiment.SetDataset(pictures);
        string endless = Assert.Throws<InvalidOperationException>(() => { _ = experiment.RunAsync(); }).Message;
        Assert.Contains("SetTrainingTimeInSeconds", endless, StringComparison.Ordinal);
        experiment.SetMaxModelToExplore(2).AddSearchSpace("optimization", Rates());
        Assert.Contains("'optimization'", Assert.Throws<ArgumentException>(() => experiment.Run()).Message, StringComparison.Ordinal);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => experiment.Run(cancelled.Token));
    }

    [Fact]
    public void A_folder_with_a_search_of_the_tool_is_refused()
    {
        EmotionMLNet.Files.AtomicFile.WriteText(folder[SearchFile.Database], "");
        var refused = Assert.Throws<TrainingException>(() => Tiny().SetCheckpoint(folder.FullName).Run());
        Assert.Contains(SearchFile.Database, refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["pictures"]));
    }

    private static TuningExperiment Tiny() =>
        new TuningExperiment(TinyData.Options with { Optimisation = TinyData.Options.Optimisation with { Epochs = 2 } })
            .SetDataset(Pictures(45, seed: 1), Pictures(30, seed: 2))
            .AddSearchSpace("optimisation", Rates())
            .SetMaxModelToExplore(3)
            .SetConfirmationSeeds(1)
            .SetSeed(5);

    private static SearchSpace Rates() => new() { { "learningRate", new UniformSingleOption(1e-3f, 3e-2f, true, 3e-3f) } };

    // Every second one decoded.
    private static IEnumerable<LabelledImage> Pictures(int count, int seed)
    {
        ImageSet set = TinyData.Set(Split.Train, count, seed);
        return set.Classes.Select((c, i) => i % 2 == 0
            ? new LabelledImage(TinyData.Png(c, 100 * seed + i), TinyData.Labels[c])
            : new LabelledImage(new Image(TinyData.Side, TinyData.Side, 1, set.Pixels[i]), TinyData.Labels[c]));
    }

    private sealed class Recorder : IProgressMonitor
    {
        public List<(string What, int Trial)> Calls { get; } = [];

        public List<TrialSettings> Settings { get; } = [];

        public List<Exception?> Failures { get; } = [];

        public IEnumerable<int> Best => Calls.Where(c => c.What == "best").Select(c => c.Trial);

        public Action<int, int> OnEpoch { get; init; } = (_, _) => { };

        public void ReportRunningTrial(TrialSettings settings)
        {
            Calls.Add(("running", settings.TrialId));
            Settings.Add(settings);
        }

        public void ReportCompletedTrial(TrialResult result) => Calls.Add(("completed", result.TrialSettings.TrialId));

        public void ReportBestTrial(TrialResult result) => Calls.Add(("best", result.TrialSettings.TrialId));

        public void ReportFailTrial(TrialSettings settings, Exception? exception = null) => Failures.Add(exception);

        public void ReportProgress(TuningProgress progress)
        {
            Calls.Add(("epoch", progress.TrialSettings.TrialId));
            OnEpoch(progress.TrialSettings.TrialId, progress.Epoch);
        }
    }
}

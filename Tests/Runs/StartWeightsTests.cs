using System.Text.Json;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Tests.Runs.TensorBoard;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.Listeners;

namespace EmotionMLNet.Tests.Runs;

/// <summary>What training begins with is epoch 0: measured, shown, and kept where no epoch is better.</summary>
public sealed class StartWeightsTests : IDisposable
{
    private static readonly StartWeights Whole = new("start.zip", IsWhole: true, KnowsSplit: true);

    // Drives a good network away at once, and with a plateau that looks at every epoch.
    private static readonly TrainingOptions Spoiling = TinyData.Options with
    {
        Optimisation = TinyData.Options.Optimisation with
        {
            Epochs = 4,
            LearningRate = 0.3f,
            Optimiser = OptimiserKind.Sgd,
            Schedule = ScheduleKind.Plateau,
            GammaEvery = 1,
            ClipNorm = 1,
        },
    };

    private static readonly Lazy<Network> Good = new(() =>
    {
        using TrainingRun run = TinyData.Run(TinyData.Options with { Optimisation = TinyData.Options.Optimisation with { Epochs = 20 } });
        run.Train(CancellationToken.None);
        return run.Network;
    });

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("CC0", null, "CC0; of the pictures that trained them further nothing is stated")]
    [InlineData("CC0", "mine", "mine")] // as the settings say
    [InlineData("not stated; that of the ONNX file holds", null, "not stated; that of the ONNX file holds")]
    [InlineData(null, null, "not stated; it depends on the pictures and weights that training began from")]
    public void A_model_inherits_the_licence_of_its_start(string? start, string? settings, string expected)
    {
        TrainingOptions options = TinyData.Options with
        {
            Optimisation = TinyData.Options.Optimisation with { Epochs = 1 },
            Output = TinyData.Options.Output with { Licence = settings },
        };
        var best = new BestModel(TimeProvider.System);
        using (TrainingRun run = Run(options, Whole with { Licence = start }, null, best)) run.Train(CancellationToken.None);
        Assert.Equal(expected, best.Kept!.Manifest.Licence);
        // Trained further once more, it says so once.
        string? once = (Whole with { Licence = "CC0" }).InheritedLicence;
        Assert.Equal(once, (Whole with { Licence = once }).InheritedLicence);
    }

    [Fact]
    public void A_start_that_no_epoch_beats_is_what_is_saved_and_the_manifest_says_so()
    {
        Directory.CreateDirectory(folder["run"]);
        using TrainingRun run = Run(Spoiling, Whole, folder["run"], new BestModel(TimeProvider.System));
        run.Train(CancellationToken.None);
        Assert.True(
            run.Progress.History.All(e => e.ValidationAccuracy <= run.Progress.Start!.ValidationAccuracy),
            "the rate was to spoil the network"
        );
        Assert.Equal((0, 0), (run.Progress.BestEpoch, run.Progress.Best!.Epoch));
        Assert.DoesNotContain(run.Progress.History, e => e.Improved);
        ModelZip saved = ModelZip.Load(Path.Combine(folder["run"], BestModel.FileName));
        Assert.Equal(TinyData.Weights(Good.Value), TinyData.Weights(saved.Network));
        Assert.Equal(
            (0, run.Progress.Start!.ValidationAccuracy),
            (saved.Manifest.Metrics["epoch"], saved.Manifest.Metrics["validationAccuracy"])
        );
        Assert.Contains(
            saved.Manifest.TrainingNotes,
            n => n.Contains("no epoch was better", StringComparison.Ordinal) && n.Contains("start.zip", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void An_epoch_that_beats_the_start_is_saved_without_a_word_of_it()
    {
        Directory.CreateDirectory(folder["run"]);
        Network weak = RunFactory.CreateNetwork(TinyData.Options, TinyData.Preprocessing, 3, new SilentReporter());
        using var run = new TrainingRun(
            TinyData.Options with
            {
                Optimisation = TinyData.Options.Optimisation with { Epochs = 20 },
            },
            weak,
            TinyData.Preprocessing,
            TinyData.Make(),
            folder["run"],
            [new BestModel(TimeProvider.System)],
            TimeProvider.System,
            Whole
        );
        run.Train(CancellationToken.None);
        Assert.InRange(run.Progress.BestEpoch, 1, 20);
        Assert.Empty(ModelZip.Load(Path.Combine(folder["run"], BestModel.FileName)).Manifest.TrainingNotes);
    }

    [Fact]
    public void Measuring_the_start_changes_no_weight_of_any_epoch()
    {
        foreach (
            TrainingOptions options in (TrainingOptions[])
                [
                    Spoiling,
                    Spoiling with
                    {
                        Optimisation = Spoiling.Optimisation with { Patience = 2, Epochs = 9 },
                    },
                    Spoiling with
                    {
                        Optimisation = Spoiling.Optimisation with { WeightAverage = 0.9f, Schedule = ScheduleKind.Cosine },
                    },
                ]
        )
        {
            var with = new List<float[]>();
            var without = new List<float[]>();
            using TrainingRun first = Run(options, Whole, null), second = Run(options, null, null);
            Follow(first, with);
            Follow(second, without);
            Assert.Equal(without.Count, with.Count);
            Assert.Equal(without, with);
            Assert.Null(second.Progress.Start);
        }

        static void Follow(TrainingRun run, List<float[]> weights)
        {
            run.Train(CancellationToken.None);
            weights.Add(TinyData.Weights(run.Network));
            weights.Add([.. run.Progress.History.Select(e => (float)e.TrainLoss)]);
        }
    }

    [Fact]
    public void Epoch_0_is_in_the_log_the_events_and_the_charts()
    {
        Directory.CreateDirectory(folder["run"]);
        using TrainingRun run = Run(
            Spoiling with
            {
                Optimisation = Spoiling.Optimisation with { Epochs = 2 },
            },
            Whole,
            folder["run"],
            new JsonLog(),
            new TensorBoardLog(TimeProvider.System),
            new LearningCurves()
        );
        run.Train(CancellationToken.None);

        JsonElement[] lines =
        [
            .. File.ReadAllLines(Path.Combine(folder["run"], JsonLog.FileName)).Select(l => JsonDocument.Parse(l).RootElement),
        ];
        Assert.Equal([0, 1, 2], lines.Select(l => l.GetProperty("epoch").GetInt32()));
        Assert.Equal(JsonValueKind.Null, lines[0].GetProperty("trainLoss").ValueKind);
        Assert.Equal(run.Progress.Start!.ValidationAccuracy, lines[0].GetProperty("validationAccuracy").GetDouble());
        Assert.Equal(1.0 / 3, lines[0].GetProperty("majorityAccuracy").GetDouble(), 1e-9);
        Assert.Equal(2, lines[1].GetProperty("machine").GetProperty("threads").GetInt32());

        List<DecodedEvent> events = EventFileReader.Read(File.ReadAllBytes(Path.Combine(folder["run"], TensorBoardLog.FileName)));
        Assert.Equal([0L, 0, 1, 2], events.Select(e => e.Step)); // the first is the file's own
        Assert.Equal((float)run.Progress.Start.ValidationLoss, events[1].Scalars["loss/validation"]);
        Assert.False(events[1].Scalars.ContainsKey("loss/train"));
        Assert.Contains("validation, 0:", File.ReadAllText(Path.Combine(folder["run"], LearningCurves.Accuracy)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_resumed_run_keeps_epoch_0_and_ends_with_the_same_bits()
    {
        using TrainingRun whole = Run(Spoiling, Whole, null);
        whole.Train(CancellationToken.None);
        using (
            TrainingRun cut = Run(
                Spoiling,
                Whole,
                folder["run"],
                new Watcher
                {
                    OnBatch = (_, epoch, _) =>
                    {
                        if (epoch == 3)
                            throw new InvalidOperationException("cut off");
                    },
                }
            )
        )
            Assert.Throws<InvalidOperationException>(() => cut.Train(CancellationToken.None));
        using TrainingRun resumed = Run(Spoiling, Whole, folder["run"]);
        resumed.Resume();
        Assert.Equal(2, resumed.Progress.History.Count);
        EpochResult start = resumed.Progress.Start!;
        Assert.Equal(0, start.Epoch);
        Assert.True(double.IsNaN(start.TrainLoss));
        resumed.Train(CancellationToken.None);
        Assert.Equal(start, resumed.Progress.Start);
        Assert.Equal((whole.Progress.BestEpoch, whole.Progress.BestScore), (resumed.Progress.BestEpoch, resumed.Progress.BestScore));
        Assert.Equal(TinyData.Weights(whole.Network), TinyData.Weights(resumed.Network));
    }

    [Fact]
    public void A_start_with_a_new_last_layer_is_shown_and_never_chosen()
    {
        using TrainingRun run = Run(
            Spoiling with
            {
                Optimisation = Spoiling.Optimisation with { Epochs = 1 },
            },
            Whole with
            {
                IsWhole = false,
            },
            null
        );
        run.Train(CancellationToken.None);
        Assert.Equal([0, 1], run.Progress.Shown.Select(e => e.Epoch));
        Assert.False(run.Progress.Start!.Improved);
        Assert.True(run.Progress.History[0].Improved);
        Assert.Equal(1, run.Progress.BestEpoch);
    }

    [Fact]
    public void A_head_on_frozen_features_that_is_worse_than_the_old_one_is_not_kept()
    {
        // A rate at which nothing is learnt, from a network that knows it all.
        TrainingOptions options = TinyData.Options with
        {
            Optimisation = TinyData.Options.Optimisation with { Epochs = 2, LearningRate = 1e-9f },
            FineTuning = TinyData.Options.FineTuning with { Freeze = Freezing.Parse("all") },
        };
        Directory.CreateDirectory(folder["run"]);
        Network network = Good.Value.Clone();
        float[] before = TinyData.Weights(network);
        using var run = new TrainingRun(
            options,
            new FeatureBatches(options, network, TinyData.Preprocessing, TinyData.Make(), _ => folder["cache"]),
            folder["run"],
            [new BestModel(TimeProvider.System)],
            TimeProvider.System,
            Whole
        );
        run.Train(CancellationToken.None);
        Assert.Equal([0, 1, 2], run.Progress.Shown.Select(r => r.Epoch));
        Assert.True(run.Progress.Start!.ValidationAccuracy > 0.9, $"{run.Progress.Start}");
        Assert.Equal([true, false, false], run.Progress.Shown.Select(r => r.Improved));
        Assert.Equal(before, TinyData.Weights(ModelZip.Load(Path.Combine(folder["run"], BestModel.FileName)).Network));
    }

    private static TrainingRun Run(TrainingOptions options, StartWeights? start, string? folder, params ITrainingListener[] listeners)
        => new(options, Good.Value.Clone(), TinyData.Preprocessing, TinyData.Make(), folder, listeners, TimeProvider.System, start);
}

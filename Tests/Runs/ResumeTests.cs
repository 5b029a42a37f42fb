using EmotionMLNet.Tests.Runs.TensorBoard;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.Listeners;

namespace EmotionMLNet.Tests.Runs;

/// <summary>A run that was cut off anywhere ends with the bits of one that was not.</summary>
public sealed class ResumeTests : IDisposable
{
    private static readonly Dictionary<string, TrainingOptions> Cases = new()
    {
        ["sgd, cosine, average, clipping"] = TinyData.Options with
        {
            Optimisation = TinyData.Options.Optimisation with
            {
                Optimiser = OptimiserKind.Sgd,
                LearningRate = 0.05f,
                WeightDecay = 1e-3f,
                Schedule = ScheduleKind.Cosine,
                WarmUp = 1.5f,
                WeightAverage = 0.9f,
                ClipNorm = 1,
            },
        },
        // No epoch improves on the first by a whole accuracy: the rate has fallen before the cut, or falls because of an epoch before it.
        ["adam, plateau"] = TinyData.Options with
        {
            Optimisation = TinyData.Options.Optimisation with { Schedule = ScheduleKind.Plateau, GammaEvery = 1, MinDelta = 1 },
        },
        ["adam, patient plateau"] = TinyData.Options with
        {
            Optimisation = TinyData.Options.Optimisation with { Schedule = ScheduleKind.Plateau, GammaEvery = 2, MinDelta = 1 },
        },
        ["adamw, one cycle"] = TinyData.Options with
        {
            Optimisation = TinyData.Options.Optimisation with
            {
                Optimiser = OptimiserKind.AdamW,
                WeightDecay = 0.01f,
                Schedule = ScheduleKind.OneCycle,
            },
        },
        ["radam, steps, patience"] = TinyData.Options with
        {
            Optimisation = TinyData.Options.Optimisation with
            {
                Optimiser = OptimiserKind.RAdam,
                Schedule = ScheduleKind.Step,
                GammaEvery = 1,
                Patience = 3,
                MinDelta = 1,
                Epochs = 9,
            },
        },
        ["sharpness, average, clipping, released blocks"] = TinyData.Options with
        {
            Optimisation = TinyData.Options.Optimisation with { Sharpness = 0.1f, WeightAverage = 0.9f, ClipNorm = 1 },
            FineTuning = TinyData.Options.FineTuning with { UnfreezeEvery = 1, LayerDecay = 0.5f },
        },
        ["small pictures in the first half"] = TinyData.Options with
        {
            Network = TinyData.Options.Network with { Architecture = "emotion-cnn", Widths = [4, 6] },
            Optimisation = TinyData.Options.Optimisation with { WeightAverage = 0.9f },
            Progressive = new ProgressiveOptions { Side = 0.75f },
        },
        ["balanced classes, generalised cross-entropy, CutMix"] = TinyData.Options with
        {
            TrainingSet = TinyData.Options.TrainingSet with { Balance = 0.5f },
            Loss = TinyData.Options.Loss with { Kind = LossFunction.Parse("gce=0.7") },
            Augmentation = TinyData.Options.Augmentation with { CutMix = 1, Mix = 0.8f },
        },
    };

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Names => [.. Cases.Keys];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_run_cut_off_in_mid_epoch_ends_with_the_same_bits(string name)
    {
        TrainingOptions options = Cases[name];
        using TrainingRun whole = TinyData.Run(options, folder["whole"]);
        string why = whole.Train(CancellationToken.None);

        // Dies in the third batch of the second epoch, and again between the third epoch's logs and its checkpoint.
        CutOff(
            options,
            new Watcher
            {
                OnBatch = (_, epoch, images) =>
                {
                    if (epoch == 2 && images > 16)
                        throw new InvalidOperationException("cut off");
                },
            }
        );
        CutOff(options, new Watcher { OnEpoch = result => { if (result.Epoch == 3) throw new InvalidOperationException("cut off"); } });
        using TrainingRun resumed = TinyData.Run(options, folder["parts"]);
        Assert.Equal(2, resumed.Progress.History.Count);
        Assert.Equal(why, resumed.Train(CancellationToken.None));

        Assert.Equal(TinyData.Weights(whole.Network), TinyData.Weights(resumed.Network));
        Assert.Equal(TinyData.Weights(whole.ValidatedNetwork), TinyData.Weights(resumed.ValidatedNetwork));
        Assert.Equal(whole.Progress.BestEpoch, resumed.Progress.BestEpoch);
        Assert.Equal(whole.Progress.History.Select(Timeless), resumed.Progress.History.Select(Timeless));
    }

    [Fact]
    public void Logs_hold_every_epoch_once_whatever_a_killed_run_left_in_them()
    {
        Directory.CreateDirectory(folder["parts"]);
        CutOff(
            TinyData.Options,
            new JsonLog(),
            new TensorBoardLog(TimeProvider.System),
            new Watcher
            {
                OnEpoch = result =>
                {
                    if (result.Epoch == 2)
                        throw new InvalidOperationException("cut off");
                },
            }
        );
        string json = Path.Combine(folder["parts"], JsonLog.FileName), events = Path.Combine(folder["parts"], TensorBoardLog.FileName);
        Assert.Equal(2, File.ReadAllLines(json).Length); // the second is not in the checkpoint
        File.AppendAllText(json, "{\"epoch\":2,\"tr"); // half a line

        using TrainingRun resumed = TinyData.Run(TinyData.Options, folder["parts"], new JsonLog(), new TensorBoardLog(TimeProvider.System));
        resumed.Train(CancellationToken.None);

        Assert.Equal(
            [1, 2, 3, 4],
            File.ReadAllLines(json).Select(l => System.Text.Json.JsonDocument.Parse(l).RootElement.GetProperty("epoch").GetInt32())
        );
        List<DecodedEvent> decoded = EventFileReader.Read(File.ReadAllBytes(events));
        Assert.Equal([0L, 1, 2, 3, 4], decoded.Select(e => e.Step));
        Assert.Equal((float)resumed.Progress.History[3].ValidationLoss, decoded[4].Scalars["loss/validation"]);
        Assert.Equal(decoded.Select(e => e.WallTime).Order(), decoded.Select(e => e.WallTime));
    }

    [Fact]
    public void Cancelling_ends_after_the_running_batch_and_says_how_to_go_on()
    {
        using var cancellation = new CancellationTokenSource();
        int batches = 0;
        var watcher = new Watcher
        {
            OnBatch = (_, epoch, _) =>
            {
                if (epoch < 2) return;
                batches++;
                cancellation.Cancel();
            },
        };
        using TrainingRun run = TinyData.Run(TinyData.Options, folder["parts"], watcher);
        string why = run.Train(cancellation.Token);
        Assert.Equal(1, batches);
        Assert.Equal("cancelled in epoch 2 of 4, which begins anew when the run is resumed", why);
        Assert.Null(run.Progress.Finished);

        using TrainingRun whole = TinyData.Run(TinyData.Options), resumed = TinyData.Run(TinyData.Options, folder["parts"]);
        whole.Train(CancellationToken.None);
        resumed.Train(CancellationToken.None);
        Assert.Equal(TinyData.Weights(whole.Network), TinyData.Weights(resumed.Network));
    }

    [Fact]
    public void A_finished_run_has_nothing_left_to_do_and_says_so()
    {
        TrainingOptions options = TinyData.Options with { Optimisation = TinyData.Options.Optimisation with { Epochs = 1 } };
        using (TrainingRun run = TinyData.Run(options, folder["parts"])) run.Train(CancellationToken.None);
        using TrainingRun again = TinyData.Run(options, folder["parts"], new Watcher { OnBatch = (_, _, _) => Assert.Fail("trained on") });
        Assert.Equal("nothing is left to do, this run had ended: its only epoch done", again.Train(CancellationToken.None));
    }

    [Theory]
    [InlineData("settings")]
    [InlineData("data")]
    public void A_run_of_other_settings_or_other_data_is_not_taken_up(string what)
    {
        TrainingOptions options = TinyData.Options with { Optimisation = TinyData.Options.Optimisation with { Epochs = 1 } };
        using (TrainingRun run = TinyData.Run(options, folder["parts"])) run.Train(CancellationToken.None);
        if (what == "settings") options = options with { Optimisation = options.Optimisation with { LearningRate = 0.1f } };
        var preprocessing = RunFactory.CreatePreprocessing(options);
        using var other = new TrainingRun(options, RunFactory.CreateNetwork(options, preprocessing, 3, new SilentReporter()), preprocessing,
            what == "data" ? TinyData.Make() with { Fingerprint = "another" } : TinyData.Make(), folder["parts"], [], TimeProvider.System);
        Assert.Contains(
            "other settings or other data",
            Assert.ThrowsAny<TrainingException>(other.Resume).Message,
            StringComparison.Ordinal
        );
    }

    // The clock is no part of what must repeat.
    private static EpochResult Timeless(EpochResult result) => result with { ImagesPerSecond = 0, Seconds = 0 };

    private void CutOff(TrainingOptions options, params ITrainingListener[] listeners)
    {
        using TrainingRun run = TinyData.Run(options, folder["parts"], listeners);
        Assert.Throws<InvalidOperationException>(() => run.Train(CancellationToken.None));
    }
}

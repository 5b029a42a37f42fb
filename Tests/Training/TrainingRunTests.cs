using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Trainer;
using EmotionMLNet.Trainer.Augmentation;
using EmotionMLNet.Trainer.Training;
using EmotionMLNet.Trainer.Training.Listeners;

namespace EmotionMLNet.Tests.Training;

public sealed class TrainingRunTests
{
    public static TheoryData<string> Recipes => ["sgd", "adam", "radam"];

    [Theory]
    [MemberData(nameof(Recipes))]
    public void A_resumed_run_ends_with_the_bits_of_an_unbroken_one(string recipe)
    {
        using var whole = new TemporaryFolder();
        using var broken = new TemporaryFolder();
        TrainingOptions options = Recipe(recipe);
        float[] expected = Run(options, whole.FullName, resume: false);
        Run(options, broken.FullName, resume: false, stop: new StopAfter(2));
        Assert.Equal(expected, Run(options, broken.FullName, resume: true));
    }

    [Fact]
    public void Cancelling_in_the_middle_of_an_epoch_and_resuming_gives_the_same_bits()
    {
        using var whole = new TemporaryFolder();
        using var broken = new TemporaryFolder();
        float[] expected = Run(Recipe("sgd"), whole.FullName, resume: false);
        Run(Recipe("sgd"), broken.FullName, resume: false, stop: new StopAfter(2, images: 9));
        Assert.Equal(expected, Run(Recipe("sgd"), broken.FullName, resume: true));
    }

    [Fact]
    public void It_learns_and_reports_the_best_epoch()
    {
        using TrainingRun run = Make(Recipe("adam") with { Epochs = 6 }, null, []);
        string why = run.Train(CancellationToken.None);
        Assert.Equal("all 6 epochs done", why);
        Assert.True(run.Progress.Best!.ValidationAccuracy > 0.8);
        Assert.Equal(run.Progress.History.Max(r => r.ValidationAccuracy), run.Progress.Best.ValidationAccuracy);
    }

    [Fact]
    public void Early_stopping_says_why_it_stopped()
    {
        using TrainingRun run = Make(Recipe("adam") with { Epochs = 50, Patience = 2, MinDelta = 0.5f }, null, []);
        Assert.StartsWith("early stopping", run.Train(CancellationToken.None), StringComparison.Ordinal);
        Assert.Equal(3, run.Progress.History.Count);
    }

    [Fact]
    public void A_loss_that_is_no_number_ends_the_run_with_advice()
    {
        using TrainingRun run = Make(Recipe("sgd") with { LearningRate = 1e30f, WarmUp = 0 }, null, []);
        var e = Assert.Throws<UserException>(() => run.Train(CancellationToken.None));
        Assert.Contains("--lr", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_checkpoint_and_one_of_other_settings_are_refused()
    {
        using var folder = new TemporaryFolder();
        Run(Recipe("sgd"), folder.FullName, resume: false, stop: new StopAfter(1));
        var other = Assert.Throws<UserException>(() => Run(Recipe("sgd") with { LearningRate = 0.001f }, folder.FullName, resume: true));
        Assert.Contains("other settings", other.Message, StringComparison.Ordinal);
        byte[] file = File.ReadAllBytes(folder[Checkpoint.FileName]);
        file[file.Length / 2] ^= 1;
        using (FileStream damaged = File.Create(folder[Checkpoint.FileName])) damaged.Write(file);
        Assert.Contains("damaged", Assert.Throws<UserException>(() => Run(Recipe("sgd"), folder.FullName, resume: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_folder_holds_log_events_charts_and_a_model_that_loads()
    {
        using var folder = new TemporaryFolder();
        TimeProvider time = TimeProvider.System;
        using TrainingRun run = Make(Recipe("sgd"), folder.FullName, [new JsonLog(), new TensorBoardLog(time), new Charts(), new BestModel(time)]);
        run.Train(CancellationToken.None);
        Assert.Equal(4, File.ReadAllLines(folder["log.jsonl"]).Length);
        Assert.StartsWith("<svg", File.ReadAllText(folder["loss.svg"]), StringComparison.Ordinal);
        Assert.True(File.Exists(folder["accuracy.svg"]));
        Assert.Equal(TinyData.Labels, ModelZip.Load(folder["model.zip"]).Manifest.Labels);
    }

    private static TrainingOptions Recipe(string name) => name switch
    {
        "sgd" => TinyData.Options with
        {
            Optimiser = OptimiserKind.Sgd, LearningRate = 0.02f, WeightDecay = 1e-3f, WeightAverage = 0.9f, Schedule = ScheduleKind.Cosine, WarmUp = 0.5f, ClipNorm = 5,
            Augmentation = new AugmentationOptions { Flip = true, Rotate = 5, Mixup = 0.3f },
        },
        "adam" => TinyData.Options with { Schedule = ScheduleKind.Plateau, GammaEvery = 1, ClassWeights = "auto", Augmentation = AugmentationOptions.None },
        _ => TinyData.Options with { Optimiser = OptimiserKind.RAdam, Schedule = ScheduleKind.OneCycle, LabelSmoothing = 0.1f },
    };

    private static TrainingRun Make(TrainingOptions options, string? folder, IReadOnlyList<ITrainingListener> listeners)
    {
        Network network = TrainingParts.Network(options, TinyData.Preprocessing, TinyData.Labels.Count);
        return new TrainingRun(options, network, TinyData.Preprocessing, TinyData.Make(), folder, listeners, TimeProvider.System);
    }

    private static float[] Run(TrainingOptions options, string folder, bool resume, StopAfter? stop = null)
    {
        using StopAfter? owned = stop;
        using TrainingRun run = Make(options, folder, stop is null ? [] : [stop]);
        if (resume) run.Resume();
        run.Train(stop?.Token ?? CancellationToken.None);
        return [.. run.Network.Parameters.SelectMany(p => p.Parameter.Value)];
    }

    /// <summary>Cancels behind so many epochs, or in the midst of the next one.</summary>
    private sealed class StopAfter(int epochs, int images = 0) : ITrainingListener, IDisposable
    {
        private readonly CancellationTokenSource source = new();

        public CancellationToken Token => source.Token;

        public void Dispose() => source.Dispose();

        public void EpochDone(TrainingRun run, EpochResult result)
        {
            if (images == 0 && result.Epoch == epochs) source.Cancel();
        }

        public void BatchDone(TrainingRun run, int epoch, int done)
        {
            if (images > 0 && epoch == epochs + 1 && done >= images) source.Cancel();
        }
    }
}

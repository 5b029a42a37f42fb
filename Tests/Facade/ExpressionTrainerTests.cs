using EmotionMLNet.Imaging;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Facade;

/// <summary>Training from C#.</summary>
public sealed class ExpressionTrainerTests : IDisposable
{
    private static readonly TrainingOptions Small = TinyData.Options with
    {
        Data = new DataOptions(),
        Threads = 1,
        Output = new OutputOptions { Calibrate = false },
    };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_faces_of_this_repository_train_to_the_bits_of_the_command_line()
    {
        string faces = Path.Combine(Repository.Root, "data", "faces");
        TrainingOptions options = ExpressionTrainer.Recommend("emotion-cnn", epochs: 1) with { Seed = 3, Threads = 2 };
        TrainedModel model = new ExpressionTrainer(options with { Network = options.Network with { Widths = [8, 16, 24] } }).Fit(faces);
        ProcessResult result = TrainerProcess.Run(
            "train",
            "--data",
            faces,
            "--arch",
            "emotion-cnn",
            "--epochs",
            "1",
            "--widths",
            "8,16,24",
            "--seed",
            "3",
            "--threads",
            "2",
            "--out",
            folder["run"]
        );
        Assert.True(result.Code == 0, result.Error);
        model.Save(folder["model.zip"]);
        ModelZip ours = ModelZip.Load(folder["model.zip"]), theirs = ModelZip.Load(Path.Combine(folder["run"], "model.zip"));
        Assert.Equal(TinyData.Weights(theirs.Network), TinyData.Weights(ours.Network));
        Assert.Equal(theirs.Manifest.DataFingerprint, ours.Manifest.DataFingerprint);
        Assert.Equal(theirs.Manifest.Measurements[0].Accuracy, model.Validation.Accuracy);
        Assert.Equal(theirs.Manifest.Measurements, ours.Manifest.Measurements);
        Assert.Equal(["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"], model.Labels);
        Assert.Equal(model.Validation.Accuracy, model.Evaluate(faces).Accuracy); // what was held out of these
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pictures_in_memory_train_to_the_bits_of_the_same_ones_in_a_folder(bool decoded)
    {
        Write();
        float[] fromFiles = Weights(new ExpressionTrainer(Small).Fit(folder["data"]), "a.zip");
        LabelledImage[] Read(string split) =>
            [
                .. from label in TinyData.Labels
                from path in Directory.GetFiles(folder[$"data/{split}/{label}"]).Order(StringComparer.Ordinal)
                select decoded ? new LabelledImage(ImageReader.ReadFile(path), label) : new LabelledImage(File.ReadAllBytes(path), label),
            ];
        TrainedModel model = new ExpressionTrainer(Small).Fit(Read("train"), Read("validation"));
        Assert.Equal(fromFiles, Weights(model, "b.zip"));
        Assert.Equal(30, model.Validation.Count);
        EvaluationFigures figures = model.Evaluate(Read("validation"));
        Assert.Equal(model.Validation.Accuracy, figures.Accuracy);
        Assert.Equal(30, figures.Confusion.Sum(row => row.Sum()));
        Assert.Equal(figures.Accuracy * 30, Enumerable.Range(0, 3).Sum(c => figures.Confusion[c][c]), 1e-9);
    }

    [Fact]
    public void A_share_of_the_pictures_is_held_out_where_no_others_are_given()
    {
        TrainedModel model = new ExpressionTrainer(Small with { Data = new DataOptions { ValidationFraction = 0.4 } }).Fit(
            Images(45, seed: 1)
        );
        Assert.Equal(18, model.Validation.Count);
        Assert.Equal(4, model.History.Count);
    }

    [Fact]
    public async Task A_model_classifies_evaluates_saves_and_exports_as_it_is()
    {
        var epochs = new List<TrainingEpoch>();
        var messages = new List<TrainingMessage>();
        var trainer = new ExpressionTrainer(Small with { Optimisation = Small.Optimisation with { Epochs = 12 } })
        {
            Messages = new Told<TrainingMessage>(messages.Add),
        };
        TrainedModel model = await trainer.FitAsync(Images(45, seed: 1), Images(30, seed: 2), new Told<TrainingEpoch>(epochs.Add));
        Assert.Equal(epochs, model.History);
        Assert.Equal(Enumerable.Range(1, 12), epochs.Select(e => e.Epoch));
        Assert.All(epochs, e => Assert.Equal(12, e.Epochs));
        Assert.Equal(model.Best, epochs.Last(e => e.IsBest));
        Assert.Contains(messages, m => m.Text.Contains("45 training images", StringComparison.Ordinal));
        Assert.False(model.WasCancelled);
        Assert.Equal("all 12 epochs done", model.EndReason);
        Assert.Equal(model.Best.ValidationAccuracy, model.Validation.Accuracy);
        Assert.True(model.Validation.Accuracy > 0.8, model.Validation.ToString());

        model.Save(folder["model.zip"]);
        using var stream = new MemoryStream();
        model.Save(stream);
        Assert.Equal(File.ReadAllBytes(folder["model.zip"]), stream.ToArray());
        byte[] picture = TinyData.Png(1, seed: 99);
        Assert.Equal(model.Classifier.Classify(picture).Scores, EmotionClassifier.Load(folder["model.zip"]).Classify(picture).Scores);
        Assert.Equal("low", model.Classifier.Classify(picture).Label);

        model.ExportOnnx(folder["model.onnx"]);
        using var onnx = new MemoryStream();
        model.ExportOnnx(onnx);
        Assert.Equal(File.ReadAllBytes(folder["model.onnx"]), onnx.ToArray());
        EvaluationFigures other = model.Evaluate(Images(60, seed: 3));
        Assert.Equal(60, other.Count);
        Assert.InRange(other.Accuracy, other.AccuracyLow, other.AccuracyHigh);
    }

    [Fact]
    public void A_cancelled_training_keeps_the_best_epoch_so_far()
    {
        using var cancellation = new CancellationTokenSource();
        var progress = new Told<TrainingEpoch>(e => { if (e.Epoch == 2) cancellation.Cancel(); });
        TrainedModel model = new ExpressionTrainer(Small).Fit(Images(45, seed: 1), Images(30, seed: 2), progress, cancellation.Token);
        Assert.True(model.WasCancelled);
        Assert.Equal(2, model.History.Count);
        TrainedModel two = new ExpressionTrainer(Small with { Optimisation = Small.Optimisation with { Epochs = 2 } }).Fit(
            Images(45, seed: 1),
            Images(30, seed: 2)
        );
        Assert.Equal(Weights(two, "two.zip"), Weights(model, "cut.zip"));
        Assert.False(two.WasCancelled);
    }

    [Fact]
    public void A_training_that_is_cancelled_before_its_first_epoch_has_nothing_to_keep() =>
        Assert.ThrowsAny<OperationCanceledException>(() =>
            new ExpressionTrainer(Small).Fit(
                Images(45, seed: 1),
                Images(30, seed: 2),
                cancellationToken: new CancellationToken(canceled: true)
            )
        );

    [Fact]
    public void A_run_folder_is_for_one_training_and_is_gone_on_with()
    {
        using var cancellation = new CancellationTokenSource();
        var progress = new Told<TrainingEpoch>(e => { if (e.Epoch == 2) cancellation.Cancel(); });
        var trainer = new ExpressionTrainer(Small) { RunFolder = folder["run"], Resume = true };
        Assert.True(trainer.Fit(Images(45, seed: 1), Images(30, seed: 2), progress, cancellation.Token).WasCancelled);
        Assert.Contains(
            "run already",
            Assert
                .ThrowsAny<TrainingException>(() =>
                    new ExpressionTrainer(Small) { RunFolder = folder["run"] }.Fit(Images(45, seed: 1), Images(30, seed: 2))
                )
                .Message,
            StringComparison.Ordinal
        );
        TrainedModel resumed = trainer.Fit(Images(45, seed: 1), Images(30, seed: 2));
        Assert.Equal(4, resumed.History.Count);
        Assert.Equal(
            Weights(new ExpressionTrainer(Small).Fit(Images(45, seed: 1), Images(30, seed: 2)), "whole.zip"),
            Weights(resumed, "resumed.zip")
        );
        Assert.True(File.Exists(Path.Combine(folder["run"], "log.jsonl")));
    }

    [Fact]
    public void A_head_on_a_frozen_backbone_leaves_nothing_on_the_disk()
    {
        new ExpressionTrainer(Small).Fit(Images(45, seed: 1), Images(30, seed: 2)).Save(folder["start.zip"]);
        TrainingOptions options = Small with
        {
            FineTuning = new FineTuningOptions { Backbone = folder["start.zip"], Freeze = Freezing.All },
            Network = new NetworkOptions(),
        };
        TrainedModel model = new ExpressionTrainer(options).Fit(Images(45, seed: 1), Images(30, seed: 2));
        Assert.Equal(Enumerable.Range(0, 5), model.History.Select(e => e.Epoch)); // with the start
        Assert.Null(model.History[0].TrainLoss);
        Assert.Equal([folder["start.zip"]], Directory.GetFileSystemEntries(folder.FullName));
    }

    [Fact]
    public void Further_training_takes_the_model_s_architecture_and_a_tenth_of_its_rate()
    {
        new ExpressionTrainer(Small).Fit(Images(45, seed: 1), Images(30, seed: 2)).Save(folder["start.zip"]);
        TrainingOptions further = ExpressionTrainer.RecommendFurther(folder["start.zip"], epochs: 1);
        Assert.Equal(
            ExpressionTrainer.Recommend("three-block-cnn").Optimisation.LearningRate / 10,
            further.Optimisation.LearningRate,
            1e-9f
        );
        TrainedModel model = new ExpressionTrainer(further with { Network = new NetworkOptions() }).Fit(
            Images(45, seed: 1),
            Images(30, seed: 2)
        );
        Assert.Equal("three-block-cnn", model.Classifier.Manifest.Architecture);
        Assert.Equal(2, model.History.Count); // with the start
        Assert.Contains(
            "{network.widths}",
            Assert
                .ThrowsAny<TrainingException>(() =>
                    new ExpressionTrainer(further with { Network = new NetworkOptions { Widths = [4, 4, 4] } }).Fit(Images(45, seed: 1))
                )
                .Template,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Wrong_arguments_are_ArgumentExceptions()
    {
        Assert.Throws<ArgumentException>(() => new ExpressionTrainer("no-such-network"));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExpressionTrainer(epochs: 0));
        Assert.Throws<ArgumentNullException>(() => new ExpressionTrainer(options: null!));
        ArgumentException problem = Assert.Throws<ArgumentException>(() =>
            new ExpressionTrainer(
                new TrainingOptions
                {
                    Optimisation = new OptimisationOptions { Epochs = 0, BatchSize = 1 },
                }
            )
        );
        Assert.Contains("optimisation.epochs 0", problem.Message, StringComparison.Ordinal);
        Assert.Contains("optimisation.batchSize 1", problem.Message, StringComparison.Ordinal);
        var trainer = new ExpressionTrainer(Small);
        Assert.Throws<ArgumentException>(() => trainer.Fit(""));
        Assert.Throws<ArgumentException>(() => trainer.Fit(Array.Empty<LabelledImage>()));
        Assert.Throws<ArgumentException>(() => trainer.Fit([null!]));
        Assert.Throws<ArgumentException>(() => new LabelledImage(ReadOnlyMemory<byte>.Empty, "happy"));
        Assert.Throws<ArgumentException>(() => new LabelledImage(new byte[] { 1 }, " "));
        Assert.Throws<ArgumentException>(() => new LabelledImage(new Image(1, 1, 4, new byte[4]), "happy"));
    }

    [Fact]
    public void Data_that_cannot_be_trained_on_are_TrainingExceptions()
    {
        var trainer = new ExpressionTrainer(Small);
        Assert.Contains(
            "no such file or folder",
            Assert.ThrowsAny<TrainingException>(() => trainer.Fit(folder["missing"])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "only one class",
            Assert.ThrowsAny<TrainingException>(() => trainer.Fit([.. Images(45, seed: 1).Where(i => i.Label == "low")])).Message,
            StringComparison.Ordinal
        );
        LabelledImage[] broken = [.. TinyData.Labels.Select(l => new LabelledImage(new byte[] { 1, 2, 3 }, l, $"{l}.jpg"))];
        Assert.ThrowsAny<TrainingException>(() => trainer.Fit(broken, Images(30, seed: 2)));
        TrainedModel model = trainer.Fit(Images(45, seed: 1), Images(30, seed: 2));
        Assert.Contains(
            "none of the wanted ones",
            Assert.ThrowsAny<TrainingException>(() => model.Evaluate([new LabelledImage(TinyData.Png(0, 1), "other")])).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_architectures_are_those_of_the_catalogue()
    {
        IReadOnlyList<ArchitectureInfo> all = EmotionMLNet.Training.Architectures.All;
        Assert.Equal(EmotionMLNet.Architectures.Catalogue.All.Select(a => a.Name), all.Select(a => a.Name));
        ArchitectureInfo ours = Assert.Single(all, a => a.Name == "emotion-cnn");
        Assert.Equal((48, 48, 1), (ours.Width, ours.Height, ours.Channels));
        Assert.All(all, a => Assert.True(a.Parameters > 1000 && a.Paper.Length > 0, a.Name));
    }

    private static LabelledImage[] Images(int count, int seed) =>
        [
            .. TinyData.Set(Split.Train, count, seed) is var set
                ? set.Pixels.Select((p, i) => new LabelledImage(new Image(TinyData.Side, TinyData.Side, 1, p), set.Labels[set.Classes[i]]))
                : [],
        ];

    private float[] Weights(TrainedModel model, string name)
    {
        model.Save(folder[name]);
        return TinyData.Weights(ModelZip.Load(folder[name]).Network);
    }

    private void Write()
    {
        for (int i = 0; i < 75; i++)
        {
            byte[] png = TinyData.Png(i % 3, i);
            EmotionMLNet.Files.AtomicFile.Write(
                folder[$"data/{(i < 45 ? "train" : "validation")}/{TinyData.Labels[i % 3]}/{i:00}.png"],
                s => s.Write(png)
            );
        }
    }

    private sealed class Told<T>(Action<T> action) : IProgress<T>
    {
        public void Report(T value) => action(value);
    }
}

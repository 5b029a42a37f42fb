using EmotionMLNet.Faces;
using EmotionMLNet.MLNet;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Options;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace EmotionMLNet.Tests.MLNet;

/// <summary>Photographs in C#: cut to their faces by the trainer, by what it made, and by its measurement.</summary>
public sealed class FacesInTrainerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly MLContext context = new(seed: 1);
    private readonly string detector;

    public FacesInTrainerTests()
    {
        detector = SpotDetector.Save(folder["faces.zip"]);
        var random = new Random(1);
        for (int i = 0; i < 120; i++) MarkedScene.Write(folder[$"{(i < 90 ? "train" : "test")}/{Name(i)}/{i}.png"], random, i % 2 == 0);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_estimator_learns_and_scores_the_faces_of_photographs()
    {
        TrainedModel? made = null;
        var transformer = Fit(options => options.TrainedCallback = model => made = model);
        IDataView scored = transformer.Transform(View("test"));
        double accuracy = context.MulticlassClassification.Evaluate(scored).MicroAccuracy;
        Assert.True(accuracy > 0.85, $"{accuracy}, {made?.Validation}"); // of whole pictures nothing can be learned
        Assert.Equal(FacePictures.Crops, made!.Zip.Manifest.Faces?.Pictures);

        // The model measures itself in the same way.
        Assert.True(made.Evaluate(folder["test"]).Accuracy > 0.85);
        IEnumerable<LabelledImage> pictures =
            Enumerable.Range(90, 30).Select(i => new LabelledImage(File.ReadAllBytes(folder[$"test/{Name(i)}/{i}.png"]), Name(i)));
        Assert.True(made.Evaluate(pictures).Accuracy > 0.85);
        Assert.Equal(FaceSearch.Largest, made.Classifier.Faces);

        // ML.NET's own steps find no faces.
        using var file = new MemoryStream();
        Assert.Throws<InvalidOperationException>(() => context.Model.Save(transformer, View("test").Schema, file));
    }

    [Fact]
    public void A_column_without_paths_is_refused()
    {
        IDataView bytes = context.Data.LoadFromEnumerable(TinyRows.Bytes());
        var keyed = context.Transforms.Conversion.MapValueToKey("Label").Fit(bytes).Transform(bytes);
        var estimator = context.ExpressionNetwork(new ExpressionNetworkOptions { FeatureColumnName = "ImageSource", Detector = detector });
        Assert.Contains("column of paths", Assert.Throws<ArgumentException>(() => estimator.Fit(keyed)).Message, StringComparison.Ordinal);
    }

    private static string Name(int i) => i % 2 == 0 ? "left" : "right";

    private IDataView View(string part) => context.Data.LoadFromEnumerable(
        Directory.EnumerateFiles(folder[part], "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(p => new PathRow { ImageSource = p, Label = Path.GetFileName(Path.GetDirectoryName(p)!) }));

    private TransformerChain<TransformerChain<ITransformer>> Fit(Action<ExpressionNetworkOptions> set)
    {
        TrainingOptions settings = ExpressionTrainer.Recommend("three-block-cnn");
        var options = new ExpressionNetworkOptions
        {
            FeatureColumnName = "ImageSource",
            Arch = "three-block-cnn",
            Epoch = 16,
            ValidationSetFraction = 0.2f,
            BatchSize = 8,
            LearningRate = 0.01f,
            EarlyStoppingCriteria = null,
            Augmentation = AugmentationOptions.None,
            Detector = detector,
            Settings = settings with
            {
                Network = settings.Network with { Width = 24, Height = 24, Channels = 1, Widths = [4, 6, 8] },
            },
        };
        set(options);
        return context.Transforms.Conversion.MapValueToKey("Label").Append(context.ExpressionNetwork(options)).Fit(View("train"));
    }
}

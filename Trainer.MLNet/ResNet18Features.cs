using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Options;
using Microsoft.ML;

namespace EmotionMLNet.Trainer.MLNet;

/// <summary>
/// The 512 features of ResNet18 before its last layer, with the weights of the package Microsoft.ML.DnnImageFeaturizer.ResNet18, trained on
/// ImageNet. The steps are those of the documentation of DnnFeaturizeImage.
/// </summary>
/// <param name="options">How pictures are resized.</param>
internal sealed class ResNet18Features(TrainingOptions options) : Features
{
    public const string Name = "resnet18";

    private const int Side = 224;

    private readonly ImagePreprocessing size = CreateSize(options, Side, Side, channels: 3);
    private readonly Lazy<long> parameters = new(() => OnnxFeatures.CountValues(ModelPath));

    public override string Identity => $"{Name} 0.23.1 {size.Resize}";

    public override IReadOnlyList<string> Packages => OnnxPackages;

    public override string Start => "ImageNet's ResNet18";

    public override ImagePreprocessing Size => size;

    public override long Parameters => parameters.Value;

    // The package copies it to the output of whoever references it.
    private static string ModelPath => Path.Combine(AppContext.BaseDirectory, "DnnImageModels", "ResNet18Onnx", "ResNet18.onnx");

    protected override IEstimator<ITransformer> CreateSteps(MLContext ml) =>
        Resize(ml, nameof(PictureRow.Image))
            .Append(ml.Transforms.ExtractPixels(PictureRow.Pixels))
            .Append(
                ml.Transforms.DnnFeaturizeImage(
                    nameof(FeatureRow.Features),
                    m => m.ModelSelector.ResNet18(ml, m.OutputColumn, m.InputColumn),
                    PictureRow.Pixels
                )
            );
}

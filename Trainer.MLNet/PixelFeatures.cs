using System.Globalization;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;
using Microsoft.ML;
using Microsoft.ML.Transforms.Image;

namespace EmotionMLNet.Trainer.MLNet;

/// <summary>The pixels themselves, 0 to 255: what a pipeline without any network has, and so the floor of a comparison.</summary>
/// <param name="options">Width, height, channels and resizing; by default those of emotion-cnn, a grey picture of 48 x 48.</param>
internal sealed class PixelFeatures(TrainingOptions options) : Features
{
    public const string Name = "pixels";

    private readonly ImagePreprocessing size = RunFactory.CreatePreprocessing(options);

    public override string Identity =>
        string.Create(CultureInfo.InvariantCulture, $"{Name} {size.Width}x{size.Height}x{size.Channels} {size.Resize}");

    public override string Start => "pixels";

    public override ImagePreprocessing Size => size;

    public override long Parameters => 0;

    public override bool IsSlow => false;

    protected override IEstimator<ITransformer> CreateSteps(MLContext ml)
    {
        const string grey = "Grey";
        // All three samples of a grey pixel are equal: one is enough.
        return size.Channels == 1
            ? ml
                .Transforms.ConvertToGrayscale(grey, nameof(PictureRow.Image))
                .Append(Resize(ml, grey))
                .Append(
                    ml.Transforms.ExtractPixels(
                        nameof(FeatureRow.Features),
                        PictureRow.Pixels,
                        ImagePixelExtractingEstimator.ColorBits.Red
                    )
                )
            : Resize(ml, nameof(PictureRow.Image)).Append(ml.Transforms.ExtractPixels(nameof(FeatureRow.Features), PictureRow.Pixels));
    }
}

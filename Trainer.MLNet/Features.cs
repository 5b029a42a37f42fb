using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Options;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace EmotionMLNet.Trainer.MLNet;

/// <summary>What an ML.NET pipeline computes of a picture before its trainer sees it: stock steps without anything to learn.</summary>
internal abstract class Features
{
    private readonly Lazy<ITransformer> front;

    protected Features() => front = new Lazy<ITransformer>(() => CreateSteps(Context).Fit(PictureRow.None(Context)));

    /// <summary>Equal for equal features, whatever the file that they come from is called.</summary>
    public abstract string Identity { get; }

    /// <summary>What the pipeline begins with, in a few words.</summary>
    public abstract string Start { get; }

    /// <summary>The packages that an application needs to load a model with them.</summary>
    public virtual IReadOnlyList<string> Packages => ["Microsoft.ML", "Microsoft.ML.ImageAnalytics"];

    /// <summary>The size at which pictures are seen, and how they get it.</summary>
    public abstract ImagePreprocessing Size { get; }

    /// <summary>Values of the network that computes them; 0 where there is none.</summary>
    public abstract long Parameters { get; }

    /// <summary>Whether they take so long that they are kept on disk.</summary>
    public virtual bool IsSlow => true;

    /// <summary>From the column Image to the column Features, [1, n] floats.</summary>
    public ITransformer Front => front.Value;

    /// <summary>The type of that column: trainers remember its dimensions and take no other, though as many values.</summary>
    public DataViewType Type => Front.GetOutputSchema(PictureRow.None(Context).Schema)[nameof(FeatureRow.Features)].Type;

    /// <summary>Where the steps live.</summary>
    public MLContext Context { get; } = new(seed: 1);

    /// <summary>Those of features that an ONNX graph computes.</summary>
    protected static IReadOnlyList<string> OnnxPackages =>
        ["Microsoft.ML", "Microsoft.ML.ImageAnalytics", "Microsoft.ML.OnnxTransformer", "Microsoft.ML.OnnxRuntime"];

    protected abstract IEstimator<ITransformer> CreateSteps(MLContext ml);

    protected static ImagePreprocessing CreateSize(TrainingOptions options, int width, int height, int channels) => new()
    {
        Width = width,
        Height = height,
        Channels = channels,
        Resize = options.Network.Resize ?? ResizeMode.Stretch,
        Mean = [.. Enumerable.Repeat(0f, channels)],
        StandardDeviation = [.. Enumerable.Repeat(1f, channels)],
    };

    /// <summary>The picture in the column <see cref="PictureRow.Pixels"/> at network size.</summary>
    protected IEstimator<ITransformer> Resize(MLContext ml, string input) =>
        ml.Transforms.ResizeImages(
            PictureRow.Pixels,
            Size.Width,
            Size.Height,
            input,
            Size.Resize switch
            {
                ResizeMode.CentreCrop => ImageResizingEstimator.ResizingKind.IsoCrop,
                ResizeMode.Pad => ImageResizingEstimator.ResizingKind.IsoPad,
                _ => ImageResizingEstimator.ResizingKind.Fill,
            }
        );
}

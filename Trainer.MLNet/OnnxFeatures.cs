using System.Globalization;
using System.Security.Cryptography;
using EmotionMLNet.Onnx;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Options;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Microsoft.ML.Transforms.Image;

namespace EmotionMLNet.Trainer.MLNet;

/// <summary>
/// The first output of any ONNX graph that takes a batch of planar pictures, [N, 1 or 3, H, W] floats: the features of a backbone without a
/// head, or the scores of a classifier. Samples are normalised as this program does with ONNX files of others: by ImageNet's means and
/// deviations for three channels, and not at all for one.
/// </summary>
internal sealed class OnnxFeatures : Features
{
    private static readonly float[] Means = [0.485f, 0.456f, 0.406f], Deviations = [0.229f, 0.224f, 0.225f];

    private static readonly ImagePixelExtractingEstimator.ColorBits[] Colours =
    [
        ImagePixelExtractingEstimator.ColorBits.Red,
        ImagePixelExtractingEstimator.ColorBits.Green,
        ImagePixelExtractingEstimator.ColorBits.Blue,
    ];

    private readonly string path, input, output;
    private readonly int[] inputShape, outputShape;

    private OnnxFeatures(string path, string input, int[] inputShape, string output, int[] outputShape, TrainingOptions options)
    {
        this.path = path;
        this.input = input;
        this.inputShape = inputShape;
        this.output = output;
        this.outputShape = outputShape;
        Size = CreateSize(options, inputShape[3], inputShape[2], inputShape[1]);
        using FileStream file = File.OpenRead(path);
        string hash = Convert.ToHexStringLower(SHA256.HashData(file));
        Identity = string.Create(CultureInfo.InvariantCulture, $"onnx {hash} {Size.Width}x{Size.Height} {Size.Resize}");
        Parameters = CountValues(path);
    }

    public override string Identity { get; }

    public override IReadOnlyList<string> Packages => OnnxPackages;

    public override string Start => Path.GetFileName(path);

    public override ImagePreprocessing Size { get; }

    public override long Parameters { get; }

    /// <summary>Looks at a graph, and runs it once to learn what it yields.</summary>
    /// <exception cref="TrainingException">It is not there, or no graph that takes pictures.</exception>
    public static OnnxFeatures Read(string path, TrainingOptions options)
    {
        if (!File.Exists(path)) throw new TrainingException($"{path}: no such file.");
        try
        {
            using var session = new InferenceSession(path);
            (string input, NodeMetadata what) = session.InputMetadata.First();
            int[] shape = what.Dimensions;
            if (session.InputMetadata.Count != 1 || what.ElementType != typeof(float) || shape is not [_, 1 or 3, _, _])
                throw new TrainingException(
                    $"{path}: a graph is wanted whose only input is a batch of planar pictures, [N, 1 or 3, H, W] floats; this one has "
                        + $"{string.Join(", ", session.InputMetadata.Select(Describe))}."
                );
            int height = shape[2] > 0 ? shape[2] : options.Network.Height ?? 0;
            int width = shape[3] > 0 ? shape[3] : options.Network.Width ?? 0;
            if (height <= 0 || width <= 0)
                throw new TrainingException($"{path} leaves the size of pictures open: give {{network.width}} and {{network.height}}.");
            int[] whole = [1, shape[1], height, width];
            string output = session.OutputMetadata.First().Key;
            using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> result = session.Run(
                [NamedOnnxValue.CreateFromTensor(input, new DenseTensor<float>(whole))],
                [output]
            );
            return new OnnxFeatures(path, input, whole, output, [.. result[0].AsTensor<float>().Dimensions], options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new TrainingException($"{path} cannot be run by ONNX Runtime: {e.Message.ReplaceLineEndings(" ")}", e);
        }

        static string Describe(KeyValuePair<string, NodeMetadata> i) => $"{i.Key} [{string.Join(", ", i.Value.Dimensions)}]";
    }

    /// <summary>All floating-point values that a graph holds.</summary>
    public static long CountValues(string path) =>
        OnnxGraph
            .Parse(File.ReadAllBytes(path))
            .Initialisers.Values.Where(t => t.IsFloat)
            .Sum(t => t.Dimensions.Aggregate(1L, (a, b) => a * b));

    protected override IEstimator<ITransformer> CreateSteps(MLContext ml)
    {
        IEstimator<ITransformer> steps = Resize(ml, nameof(PictureRow.Image));
        string[] planes = [.. Enumerable.Range(0, Size.Channels).Select(c => $"Plane{c}")];
        foreach ((int c, string plane) in planes.Index())
        {
            // ML.NET computes (sample - offset) · scale, with one offset and one scale for all colours of a step.
            float offset = planes.Length == 3 ? 255 * Means[c] : 0, scale = planes.Length == 3 ? 1 / (255 * Deviations[c]) : 1;
            steps = steps.Append(
                ml.Transforms.ExtractPixels(plane, PictureRow.Pixels, Colours[c], offsetImage: offset, scaleImage: scale)
            );
        }
        return steps
            .Append(ml.Transforms.Concatenate(input, planes))
            .Append(
                ml.Transforms.ApplyOnnxModel(
                    output,
                    input,
                    path,
                    new Dictionary<string, int[]> { [input] = inputShape, [output] = outputShape }
                )
            )
            .Append(ml.Transforms.CopyColumns(nameof(FeatureRow.Features), output));
    }
}

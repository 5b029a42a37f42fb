using EmotionMLNet.MLNet;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Options;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace EmotionMLNet.Tests.MLNet;

/// <summary>The small problem of <see cref="TinyData"/> as rows of ML.NET.</summary>
internal static class TinyRows
{
    /// <summary>What a small network learns in a second.</summary>
    public static ExpressionNetworkOptions Options(string feature = "ImageSource") => new()
    {
        FeatureColumnName = feature,
        Arch = "three-block-cnn",
        Settings = TinyData.Options with { Augmentation = AugmentationOptions.None },
        Epoch = 8,
        LearningRate = 0.01f,
        ValidationSetFraction = 0.3f,
        Threads = 2,
    };

    /// <summary>Encoded pictures, the three labels in turn.</summary>
    public static BytesRow[] Bytes(int count = 45, int seed = 1) =>
        [
            .. Enumerable.Range(0, count).Select(i =>
                new BytesRow { Label = TinyData.Labels[i % 3], ImageSource = TinyData.Png(i % 3, seed + 100 * i) }),
        ];

    /// <summary>The same as a consumer of a saved model has them.</summary>
    public static IEnumerable<DecodedRow> Decoded(int count = 45)
        => Bytes(count).Select(r => new DecodedRow { Label = r.Label, ImageSource = r.ImageSource });

    /// <summary>The same as files below a folder, one for each label.</summary>
    public static PathRow[] Files(string folder, int count = 45, int seed = 1)
    {
        return [.. Bytes(count, seed).Select((row, i) => new PathRow { Label = row.Label, ImageSource = Write(row, i) })];

        string Write(BytesRow row, int i)
        {
            string path = Path.Combine(folder, row.Label!, $"{i:000}.png");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            EmotionMLNet.Files.AtomicFile.Write(path, stream => stream.Write(row.ImageSource!));
            return path;
        }
    }

    /// <summary>The same decoded by ML.NET.</summary>
    public static ImageRow[] Images(int count = 45, int seed = 1) =>
        [
            .. Bytes(count, seed).Select(r =>
                new ImageRow { Label = r.Label, ImageSource = MLImage.CreateFromStream(new MemoryStream(r.ImageSource!)) }),
        ];

    /// <summary>Score and predicted label of every row.</summary>
    public static (float[] Score, string Label)[] Scores(MLContext context, IDataView scored) =>
        [
            .. context.Data.CreateEnumerable<Scored>(scored, reuseRowObject: false, ignoreMissingColumns: true)
                .Select(r => (r.Score, r.PredictedLabel)),
        ];

    public static float Difference(IEnumerable<(float[] Score, string Label)> a, IEnumerable<(float[] Score, string Label)> b)
        => a.Zip(b, (x, y) => x.Score.Zip(y.Score, (p, q) => Math.Abs(p - q)).Max()).Max();
}

public sealed class BytesRow
{
    public string? Label { get; set; }

    public byte[]? ImageSource { get; set; }
}

public sealed class PathRow
{
    public string? Label { get; set; }

    public string? ImageSource { get; set; }
}

public sealed class ImageRow
{
    public string? Label { get; set; }

    [ImageType(12, 12)]
    public MLImage? ImageSource { get; set; }
}

/// <summary>As consumers of a `bytes` zip declare it: a property decodes.</summary>
public sealed class DecodedRow
{
    public string? Label { get; set; }

    public byte[]? ImageSource { get; set; }

    [ImageType(1, 1)]
    public MLImage? Image => ImageSource is null ? null : MLImage.CreateFromStream(new MemoryStream(ImageSource));
}

public sealed class Scored
{
    public float[] Score { get; set; } = [];

    public string PredictedLabel { get; set; } = "";
}

using EmotionMLNet.Faces;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;

namespace EmotionMLNet.Tests.Support;

/// <summary>A small detector with random weights: what it finds are no faces, but always the same ones.</summary>
internal static class TinyDetector
{
    public static readonly int[] Widths = [4, 6, 5, 7];

    public const int Pyramid = 6;

    /// <summary>A threshold that some cells of any picture reach, and one that none does.</summary>
    public const float Low = 0.5f, High = 0.9999f;

    public static FaceDetectorZip Make(float threshold = Low, OnnxWeights weights = OnnxWeights.Half, int seed = 3)
    {
        Network network = FaceNetwork.Build(FaceNetwork.Multiple, FaceNetwork.Multiple, Widths, Pyramid);
        FaceNetwork.Initialise(network, seed);
        var random = new Random(seed);
        foreach (Node node in network.Nodes)
        {
            if (node.Layer is BatchNorm norm)
                for (int i = 0; i < norm.RunningMean.Length; i++)
                {
                    norm.RunningMean.Values[i] = random.NextSingle() - 0.5f;
                    norm.RunningVariance.Values[i] = 0.5f + random.NextSingle();
                    norm.Weight.Values[i] = 0.5f + random.NextSingle();
                    norm.Bias.Values[i] = random.NextSingle() - 0.3f;
                }
            // Scores on both sides of one half, and boxes of some size.
            if (node.Name.EndsWith(".cells", StringComparison.Ordinal) && node.Layer is Conv2D { Bias: { } bias } head)
            {
                for (int i = 0; i < head.Weight.Length; i++) head.Weight.Values[i] *= i < head.Weight.Dimensions[1] ? 2 : 0.1f;
                for (int i = 0; i < bias.Length; i++) bias.Values[i] = i == 0 ? -1.5f : 0.4f;
            }
        }
        WeightWriter.Round(network, weights);
        return new FaceDetectorZip(
            network,
            new FaceManifest
            {
                CreatedBy = "tests",
                CreatedAt = "2026-11-30T00:00:00Z",
                Architecture = FaceNetwork.Name,
                Widths = Widths,
                Pyramid = Pyramid,
                Threshold = threshold,
                LongSide = FaceScan.StandardLongSide,
                Weights = weights,
            }
        );
    }

    /// <summary>The file's bytes.</summary>
    public static byte[] Save(FaceDetectorZip zip)
    {
        using var stream = new MemoryStream();
        zip.Save(stream);
        return stream.ToArray();
    }
}

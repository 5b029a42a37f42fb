using System.Globalization;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;

namespace EmotionMLNet.Faces;

/// <summary>Writes a detector's network as ONNX for pictures of any size (opset 13, ONNX Runtime 1.6 and later).</summary>
/// <remarks>
/// Input "image": float [N, 1, H, W], grey levels 0 to 255, sides multiples of 32; what a picture lacks is 127.5. Normalisation is inside.
/// Outputs "cells8", "cells16", "cells32": float [N, 5, H / s, W / s], as <see cref="FaceDecoder"/> reads them.
/// </remarks>
internal static class FaceOnnx
{
    /// <summary>Name of the input.</summary>
    public const string Input = "image";

    private const int Opset = 13;

    /// <param name="network">What <see cref="FaceNetwork.Build"/> makes, of any size.</param>
    /// <param name="manifest">Says how weights are held, and what the metadata are.</param>
    /// <exception cref="OnnxFormatException">A weight is NaN or infinite.</exception>
    public static OnnxModel Write(Network network, FaceManifest manifest)
    {
        var graph = new GraphWriter(Opset);
        graph.Input(Input, ElementType.Float, "N", 1, "H", "W");
        string centred = graph.Node("Sub", [Input, graph.Scalar("image.mean", FaceScan.Mean)], "image.centred");
        string normalised = graph.Node("Mul", [centred, graph.Scalar("image.scale", FaceScan.Scale)], "image.normalised");
        int[] nodes = [.. FaceLevel.All.Select(l => FindNode(network, $"{FaceNetwork.HeadName(l)}.cells"))];
        string[] maps = new LayerWriter(graph, network, normalised, manifest.Weights).WriteMaps(nodes);
        for (int i = 0; i < maps.Length; i++)
        {
            string output = graph.Node("Identity", [maps[i]], NameOf(FaceLevel.All[i]));
            graph.Output(output, ElementType.Float, "N", FaceLevel.Values, $"H{FaceLevel.All[i].Stride}", $"W{FaceLevel.All[i].Stride}");
        }
        return graph.Build(Metadata(manifest), WeightWriter.Notes(network, manifest.Weights));
    }

    /// <summary>Name of the output of a level.</summary>
    public static string NameOf(FaceLevel level) => $"cells{level.Stride}";

    private static Dictionary<string, string> Metadata(FaceManifest manifest) => new()
    {
        [OnnxMetadata.Input] = "any width and height that are multiples of 32, one channel",
        [OnnxMetadata.Colour] = "grey, ITU-R BT.601",
        [OnnxMetadata.Samples] = "0 to 255; the normalisation is in the graph; outside the picture 127.5",
        ["cells"] = "a level of stride s, cell (x, y), values v: score 1 / (1 + exp(-v0)); left, upper, right and lower side at "
            + "s * (x + 0.5) - s * exp(v1), s * (y + 0.5) - s * exp(v2), s * (x + 0.5) + s * exp(v3), s * (y + 0.5) + s * exp(v4); "
            + "v1 to v4 are held within -4 and 4",
        ["threshold"] = manifest.Threshold.ToString(CultureInfo.InvariantCulture),
        ["longSide"] = manifest.LongSide.ToString(CultureInfo.InvariantCulture),
        [OnnxMetadata.Architecture] = manifest.Architecture,
        [OnnxMetadata.Licence] = manifest.Licence,
        [OnnxMetadata.CreatedBy] = manifest.CreatedBy,
    };

    private static int FindNode(Network network, string name)
    {
        for (int i = 0; i < network.Nodes.Count; i++)
            if (network.Nodes[i].Name == name) return i;
        throw new ArgumentException($"The network has no node '{name}'.", nameof(network));
    }
}

using EmotionMLNet.Networks;
using EmotionMLNet.Onnx.Inputs;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Onnx;

/// <summary>
/// Writes a network as an ONNX model (onnx.proto; opset 13, ONNX Runtime 1.6 and later), with everything inside that others get wrong.
/// </summary>
/// <remarks>
/// Input stage, then y = (x - 255 · mean) / (255 · deviation), the layers, softmax or sigmoid. Output "probabilities": float [N, K], rows
/// sum to 1. Initialisers carry our parameter names and PyTorch's dimension order. N is free, everything behind the input stage is fixed.
/// </remarks>
internal static class OnnxWriter
{
    /// <summary>The graph's output.</summary>
    public const string OutputName = "probabilities";

    /// <summary>Where the input stage ends: the reader of our own files begins here.</summary>
    public const string NormalisedName = "preprocess.normalised";

    /// <param name="network">The trained network; its weights are read when the model is written.</param>
    /// <param name="preprocessing">Gives the resize and the normalisation.</param>
    /// <param name="input">The input of the graph.</param>
    /// <param name="weights">How it holds the weights.</param>
    /// <param name="metadata">Labels and so on, as strings.</param>
    /// <param name="output">The name of the graph's output.</param>
    /// <exception cref="OnnxFormatException">A weight is NaN or infinite, or the network is larger than an ONNX file can be.</exception>
    public static OnnxModel Write(
        Network network,
        ImagePreprocessing preprocessing,
        InputStage input,
        OnnxWeights weights,
        IEnumerable<KeyValuePair<string, string>> metadata,
        string output = OutputName
    )
    {
        var graph = new GraphWriter(input.Opset);
        string samples = input.Write(graph, preprocessing);
        string normalised = Normalise(graph, samples, preprocessing);
        string logits = new LayerWriter(graph, network, normalised, weights).Write();
        Head(graph, network.Head, logits, output);
        graph.Output(output, ElementType.Float, "N", network.Classes);
        return graph.Build(metadata, WeightWriter.Notes(network, weights));
    }

    private static string Normalise(GraphWriter graph, string samples, ImagePreprocessing preprocessing)
    {
        long[] dimensions = [1, preprocessing.Channels, 1, 1];
        graph.Tensor("preprocess.offset", dimensions, [.. preprocessing.Mean.Select(m => 255 * m)]);
        graph.Tensor("preprocess.scale", dimensions, [.. preprocessing.StandardDeviation.Select(d => (float)(1 / (255.0 * d)))]);
        string centred = graph.Node("Sub", [samples, "preprocess.offset"], "preprocess.centred");
        return graph.Node("Mul", [centred, "preprocess.scale"], NormalisedName);
    }

    private static void Head(GraphWriter graph, OutputHead head, string logits, string output)
    {
        if (head == OutputHead.Softmax)
        {
            graph.Node("Softmax", [logits], output, new OnnxAttribute("axis", 1));
            return;
        }
        string negative = graph.Node("Neg", [logits], "head.negative");
        string both = graph.Node("Concat", [negative, logits], "head.both", new OnnxAttribute("axis", 1));
        graph.Node("Sigmoid", [both], output);
    }
}

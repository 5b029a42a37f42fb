using EmotionMLNet.Networks;

namespace EmotionMLNet.Onnx.Import;

/// <summary>Finds where a graph's logits are, and how it makes probabilities of them.</summary>
internal static class Ending
{
    /// <param name="graph">The graph.</param>
    /// <param name="output">Name of its output.</param>
    /// <returns>The value that holds the logits, and the head; a graph that ends in logits gets a softmax.</returns>
    public static (string Logits, OutputHead Head, bool Sigmoid) Find(OnnxGraph graph, string output)
    {
        string behind = output;
        while (Producer(graph, behind) is { } node)
        {
            switch (node.Type)
            {
                case "Softmax" or "LogSoftmax": // the order of scores is the same, and a softmax of the logits is what both mean
                    return (node.Inputs[0], OutputHead.Softmax, false);
                case "Sigmoid" when Mirrored(graph, node.Inputs[0]) is { } logit:
                    return (logit, OutputHead.Sigmoid, false);
                case "Sigmoid":
                    return (node.Inputs[0], OutputHead.Sigmoid, true);
                case "Identity" or "Cast" or "Reshape" or "Flatten" or "Squeeze": // only the rank of the probabilities
                    behind = node.Inputs[0];
                    break;
                default:
                    return (output, OutputHead.Softmax, false);
            }
        }
        return (output, OutputHead.Softmax, false);
    }

    // [-x, x]: the sigmoid of it are the probabilities of two classes, which is how our writer spells them.
    private static string? Mirrored(OnnxGraph graph, string value)
        => Producer(graph, value) is { Type: "Concat", Inputs: [var negative, var logit] } && Producer(graph, negative) is { Type: "Neg" } neg && neg.Inputs[0] == logit ? logit : null;

    private static OnnxNode? Producer(OnnxGraph graph, string value) => graph.Nodes.FirstOrDefault(n => n.Outputs.Contains(value) && n.Inputs.Count > 0);
}

using EmotionMLNet.Networks;

namespace EmotionMLNet.Onnx.Import;

/// <summary>Finds where a graph's logits are, and how it makes probabilities of them.</summary>
internal static class OutputDetection
{
    /// <param name="graph">The graph.</param>
    /// <param name="output">Name of its output.</param>
    /// <returns>The value that holds the logits, and the head; a graph that ends in logits gets a softmax.</returns>
    public static (string Logits, OutputHead Head, bool Sigmoid) Find(OnnxGraph graph, string output)
    {
        string behind = output;
        var producers = new Dictionary<string, OnnxNode>();
        foreach (OnnxNode node in graph.Nodes.Where(n => n.Inputs.Count > 0))
            foreach (string written in node.Outputs) producers.TryAdd(written, node);
        var seen = new HashSet<string>(); // a hostile graph may go round in a circle
        while (seen.Add(behind) && producers.TryGetValue(behind, out OnnxNode? node))
        {
            switch (node.Type)
            {
                case "Softmax" or "LogSoftmax": // the order of scores is the same, and a softmax of the logits is what both mean
                    return (node.Inputs[0], OutputHead.Softmax, false);
                case "Sigmoid" when Mirrored(producers, node.Inputs[0]) is { } logit:
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
    private static string? Mirrored(Dictionary<string, OnnxNode> producers, string value) =>
        producers.GetValueOrDefault(value) is { Type: "Concat", Inputs: [var negative, var logit] }
        && producers.GetValueOrDefault(negative) is { Type: "Neg" } neg
        && neg.Inputs[0] == logit
            ? logit
            : null;
}

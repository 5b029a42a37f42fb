using EmotionMLNet.Layers;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Trainer.Training;

/// <summary>A saved model as the start of a new run.</summary>
internal static class WarmStart
{
    /// <summary>What the options ask of the network that a saved one cannot give, or null.</summary>
    public static string? Conflict(TrainingOptions options, ImagePreprocessing model)
    {
        if (options.Widths.Count > 0 || options.Dropout >= 0) return "--widths and --dropout belong to the model that --from names: leave them away.";
        bool same = (options.Width == 0 || options.Width == model.Width) && (options.Height == 0 || options.Height == model.Height)
            && (options.Channels == 0 || options.Channels == model.Channels) && (options.Resize == ResizeMode.Stretch || options.Resize == model.Resize);
        return same ? null : $"--width, --height, --channels and --resize belong to the model that --from names ({model.Width} x {model.Height} x {model.Channels}): leave them away.";
    }

    /// <summary>With the same labels in the same order, the network as it was saved; otherwise with a newly drawn last layer of the right width.</summary>
    /// <param name="start">The model.</param>
    /// <param name="labels">Labels of the new data.</param>
    /// <param name="seed">Of the new layer.</param>
    /// <param name="output">Told which of the two it was.</param>
    public static Network From(ModelZip start, IReadOnlyList<string> labels, int seed, TextWriter output)
    {
        if (start.Manifest.Labels.SequenceEqual(labels))
        {
            output.WriteLine("starting from all weights of the model: its labels are those of the data");
            return start.Network;
        }
        IReadOnlyList<Node> nodes = start.Network.Nodes;
        if (nodes[^1].Layer is not Linear last) throw new UserException($"The model's last layer is {nodes[^1].Layer}: only a linear one can be exchanged for other labels.");
        var builder = new NetworkBuilder(start.Network.InputShape);
        foreach (Node node in nodes.SkipLast(1)) builder.Add(node.Name, node.Layer, [.. node.Inputs]);
        OutputHead head = start.Network.Head == OutputHead.Sigmoid && labels.Count == 2 ? OutputHead.Sigmoid : OutputHead.Softmax;
        var fresh = new Linear(last.InFeatures, head == OutputHead.Sigmoid ? 1 : labels.Count, last.Bias is not null);
        fresh.Initialise(new Random(seed));
        builder.Add(nodes[^1].Name, fresh, [.. nodes[^1].Inputs]);
        output.WriteLine($"starting from all weights of the model but '{nodes[^1].Name}', which is drawn anew: the data's labels ({string.Join(", ", labels)}) are not the model's ({string.Join(", ", start.Manifest.Labels)})");
        return builder.Build(head);
    }
}

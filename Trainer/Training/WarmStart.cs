using EmotionMLNet.Layers;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Trainer.Training;

/// <summary>A saved model, ours or any ONNX classifier, as the start of a new run.</summary>
internal static class WarmStart
{
    /// <summary>Reads a model zip or an ONNX file, at the input size and with the treatment of the aspect ratio that the options ask for.</summary>
    /// <exception cref="UserException">The network does not exist at that size.</exception>
    public static ModelZip Load(string path, TrainingOptions options)
    {
        if (IsZip(path)) return Resized(ModelZip.Load(path), path, options);
        int width = options.Width > 0 ? options.Width : options.Height, height = options.Height > 0 ? options.Height : width;
        return new OnnxSource { Width = width > 0 ? width : null, Height = height > 0 ? height : null }.Read(path);
    }

    // Convolutions and global pooling do not mind the size: a small network's filters find faces of the size that they learned in larger pictures.
    private static ModelZip Resized(ModelZip model, string path, TrainingOptions options)
    {
        ImagePreprocessing old = model.Manifest.Preprocessing;
        ImagePreprocessing preprocessing = old with
        {
            Width = options.Width > 0 ? options.Width : old.Width,
            Height = options.Height > 0 ? options.Height : old.Height,
            Resize = options.Resize == ResizeMode.Stretch ? old.Resize : options.Resize,
        };
        if (preprocessing == old) return model;
        var builder = new NetworkBuilder(new Shape(preprocessing.Height, preprocessing.Width, preprocessing.Channels));
        try
        {
            foreach (Node node in model.Network.Nodes) builder.Add(node.Name, node.Layer, [.. node.Inputs]);
            return new ModelZip(builder.Build(model.Network.Head), model.Manifest with { Preprocessing = preprocessing, Quantisation = null }); // ranges were measured at the old size
        }
        catch (ArgumentException e)
        {
            throw new UserException($"{path} does not work at {preprocessing.Width} x {preprocessing.Height} pixels, only at its own {old.Width} x {old.Height}: {e.Message}");
        }
    }

    /// <summary>What the options ask of the network that a saved one cannot give, or null.</summary>
    public static string? Conflict(TrainingOptions options, ImagePreprocessing model)
    {
        string name = options.From is null ? "--backbone" : "--from";
        if (options.Widths.Count > 0 || options.WidthMultiplier != 1 || options.Dropout >= 0) return $"--widths, --width-multiplier and --dropout belong to the model that {name} names: leave them away.";
        if (!options.Blocks.AreDefault) return $"--blocks, --se, --depth and --stochastic-depth belong to the model that {name} names: leave them away.";
        bool same = (options.Width == 0 || options.Width == model.Width) && (options.Height == 0 || options.Height == model.Height)
            && (options.Channels == 0 || options.Channels == model.Channels) && (options.Resize == ResizeMode.Stretch || options.Resize == model.Resize);
        return same ? null : $"--width, --height, --channels and --resize belong to the model that {name} names ({model.Width} x {model.Height} x {model.Channels}): leave them away.";
    }

    /// <summary>With the same labels in the same order, the network as it was saved; otherwise with a newly drawn last layer of the right width.</summary>
    /// <param name="start">The model.</param>
    /// <param name="labels">Labels of the new data.</param>
    /// <param name="newHead">Draw the last layer in any case.</param>
    /// <param name="seed">Of the new layer.</param>
    /// <param name="output">Told which of the two it was.</param>
    public static Network From(ModelZip start, IReadOnlyList<string> labels, bool newHead, int seed, TextWriter output)
    {
        if (!newHead && start.Manifest.Labels.SequenceEqual(labels))
        {
            output.WriteLine("starting from all weights of the model: its labels are those of the data");
            return start.Network;
        }
        Network network = start.Network;
        int last = LastWithClasses(network);
        OutputHead head = network.Head == OutputHead.Sigmoid && labels.Count == 2 ? OutputHead.Sigmoid : OutputHead.Softmax;
        Layer fresh = Widened(network.Nodes[last].Layer, head == OutputHead.Sigmoid ? 1 : labels.Count);
        fresh.Initialise(new Random(seed));
        var builder = new NetworkBuilder(network.InputShape);
        for (int i = 0; i < network.Nodes.Count; i++) builder.Add(network.Nodes[i].Name, i == last ? fresh : network.Nodes[i].Layer, [.. network.Nodes[i].Inputs]);
        output.WriteLine($"starting from all weights of the model but '{network.Nodes[last].Name}', which is drawn anew{(newHead ? "" : $": the data's labels ({string.Join(", ", labels)}) are not the model's ({string.Join(", ", start.Manifest.Labels)})")}");
        return builder.Build(head);
    }

    // Behind the layer that makes the classes there may be activations and pooling, as in SqueezeNet, but nothing that mixes or joins channels.
    private static int LastWithClasses(Network network)
    {
        for (int i = network.Nodes.Count - 1; i >= 0;)
        {
            Node node = network.Nodes[i];
            if (node.Layer is Linear or Conv2D { Groups: 1 }) return i;
            bool passes = node.Layer is ReLU or ReLU6 or Clip or Sigmoid or SiLU or HardSwish or HardSigmoid or { TrainingOnly: true } or GlobalAveragePool or WindowPool && node.Inputs.Count == 1;
            if (!passes || node.Inputs[0] == Network.Input) throw new UserException($"The model's last layers end in {node.Layer} at '{node.Name}': only a linear layer or a convolution can be exchanged for other labels.");
            i = node.Inputs[0];
        }
        throw new UserException("The model has no layer that could be exchanged for other labels.");
    }

    private static Layer Widened(Layer layer, int outputs) => layer switch
    {
        Linear l => new Linear(l.InFeatures, outputs, l.Bias is not null),
        Conv2D c => new Conv2D(c.InChannels, outputs, c.Kernel, c.Stride, c.Padding, c.Dilation, c.Groups, c.Bias is not null),
        _ => throw new UserException($"{layer} cannot be exchanged for other labels."),
    };

    private static bool IsZip(string path)
    {
        using FileStream file = File.OpenRead(path);
        return file.ReadByte() == 'P' && file.ReadByte() == 'K';
    }
}

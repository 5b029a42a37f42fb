using EmotionMLNet.Formatting;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Transfer;
using EmotionMLNet.Training.Weights;

namespace EmotionMLNet.Training.Runs;

/// <summary>A saved model, ours, any ONNX classifier, or an ONNX graph that ends in features, as the start of a new run.</summary>
internal static class WarmStart
{
    /// <summary>
    /// Reads a model zip or an ONNX file, at the input size and with the treatment of the aspect ratio that the options ask for. One that
    /// ends in features has no labels: <see cref="From"/> gives it a head.
    /// </summary>
    /// <param name="path">A file, or the name of published weights that are a graph.</param>
    /// <param name="options">The sizes.</param>
    /// <exception cref="TrainingException">The network does not exist at that size, or weights of that name are not here.</exception>
    public static ModelZip Load(string path, TrainingOptions options)
    {
        path = WeightStore.Default.Locate(path);
        return Resized(IsZip(path) ? ModelFile.Load(path) : ReadOnnx(path, options), path, options);
    }

    // An ONNX file does not say how pictures were prepared for it. Of published ones it is known.
    private static ModelZip ReadOnnx(string path, TrainingOptions options)
    {
        PretrainedWeights? known = PretrainedWeights.FindGraph(path);
        return new OnnxSource
        {
            Width = options.Network.Width ?? options.Network.Height,
            Height = options.Network.Height ?? options.Network.Width,
            Mean = known?.Graph!.Mean,
            StandardDeviation = known?.Graph!.StandardDeviation,
            IsBgr = known?.Graph!.IsBgr ?? false,
            Licence = known?.Licence,
        }.ReadBackbone(path);
    }

    // Convolutions and global pooling do not mind the size: a small network's filters find faces of the size that they learned in larger
    // pictures.
    private static ModelZip Resized(ModelZip model, string path, TrainingOptions options)
    {
        ImagePreprocessing old = model.Manifest.Preprocessing;
        ImagePreprocessing preprocessing = old with
        {
            Width = options.Network.Width ?? old.Width,
            Height = options.Network.Height ?? old.Height,
            Resize = options.Network.Resize ?? old.Resize,
        };
        if (preprocessing == old) return model;
        try
        {
            return new ModelZip(
                model.Network.At(new Shape(preprocessing.Height, preprocessing.Width, preprocessing.Channels)),
                model.Manifest with
                {
                    Preprocessing = preprocessing,
                    Quantisation = null,
                }
            ); // ranges were measured at the old size
        }
        catch (ArgumentException e)
        {
            throw new TrainingException(
                $"{path} does not work at {preprocessing.Width} x {preprocessing.Height} pixels, only at its own {old.Width} x "
                    + $"{old.Height}: {e.Message}"
            );
        }
    }

    /// <summary>What the options ask of the network that a saved one cannot give, or null.</summary>
    public static string? Conflict(TrainingOptions options, ImagePreprocessing model)
    {
        string name = options.FineTuning.From is null ? "{fineTuning.backbone}" : "{fineTuning.from}";
        if (options.Network.ChangesConstruction)
        {
            const string names =
                "{network.widths}, {network.widthMultiplier}, {network.dropout}, {network.blocks}, {network.squeezeReduction}, "
                + "{network.depths} and {network.stochasticDepth}";
            return $"{names} belong to the model that {name} names: leave them away.";
        }
        bool fits = options.Network.Channels is null || options.Network.Channels == model.Channels;
        return fits ? null : $"{{network.channels}} belongs to the model that {name} names ({model.Channels}): leave it away.";
    }

    /// <summary>
    /// With the same labels in the same order, the network as it was saved; otherwise with a newly drawn last layer of the right width.
    /// </summary>
    /// <param name="start">The model.</param>
    /// <param name="labels">Labels of the new data.</param>
    /// <param name="newHead">Draw the last layer in any case.</param>
    /// <param name="head">What takes its place; null means a layer like it. Anything else is always drawn.</param>
    /// <param name="seed">The seed of the new layer.</param>
    /// <param name="reporter">Receives a message that says which of the two it was.</param>
    public static Network From(ModelZip start, IReadOnlyList<string> labels, bool newHead, HeadOptions? head, int seed, IReporter reporter)
    {
        if (!newHead && head is null && start.Manifest.Labels.SequenceEqual(labels))
        {
            reporter.Inform("starting from all weights of the model: its labels are those of the data");
            return start.Network;
        }
        Network network = start.Network;
        if (start.Manifest.Labels.Count == 0)
        {
            reporter.Inform(
                $"starting from all weights of {start.Manifest.Architecture}, which ends in {network.OutputShape.Channels} features; the "
                    + $"layer that makes classes of them is drawn{(head is null ? "" : $" as {head}")}"
            );
            return HeadReplacement.Append(network, labels.Count, OutputHead.Softmax, head, seed);
        }
        OutputHead kind = network.Head == OutputHead.Sigmoid && labels.Count == 2 ? OutputHead.Sigmoid : OutputHead.Softmax;
        string last = network.Nodes[HeadReplacement.FindFirst(network)].Name, asked = head is null ? "" : $" as {head}";
        string why = newHead || head is not null
            ? ""
            : $": the data's labels ({CellText.List(labels)}) are not the model's ({CellText.List(start.Manifest.Labels)})";
        reporter.Inform($"starting from all weights of the model but '{last}', which is drawn anew{asked}{why}");
        // The order alone would not take a new layer, and who has it that way has lost a trained one.
        if (
            !newHead
            && head is null
            && start.Manifest.Labels.Order(StringComparer.Ordinal).SequenceEqual(labels.Order(StringComparer.Ordinal))
        )
            reporter.Note(
                $"those are the same labels in another order; to keep that layer, give {{data.labels}} as "
                    + $"{string.Join(',', start.Manifest.Labels)}"
            );
        return HeadReplacement.Replace(network, kind == OutputHead.Sigmoid ? 1 : labels.Count, kind, head, seed);
    }

    private static bool IsZip(string path)
    {
        using FileStream file = File.OpenRead(path);
        return file.ReadByte() == 'P' && file.ReadByte() == 'K';
    }
}

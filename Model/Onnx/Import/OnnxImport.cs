using System.Globalization;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Onnx.Import;

/// <summary>An ONNX image classifier as a network of ours: it can be run, evaluated, trained further and saved again.</summary>
/// <param name="Network">Ends in logits; <see cref="Network.Head"/> says how the graph makes probabilities of them.</param>
/// <param name="Metadata">The file's metadata_props.</param>
/// <param name="IsOwn">
/// Whether our writer made the file: the metadata then tell labels and preprocessing, and the graph's own normalisation is not part of the
/// network.
/// </param>
/// <param name="HasHead">
/// Whether it ends in classes. Without a head the outputs are features [N, C], which a new head can be trained on: see
/// <see cref="HeadDetection"/>.
/// </param>
internal sealed record OnnxImport(Network Network, IReadOnlyDictionary<string, string> Metadata, bool IsOwn, bool HasHead)
{
    private const int LargestSide = 8192;

    // Before it, operators broadcast by attributes of their own.
    private const int OldestOpset = 7;

    // Of the layer that is put behind a map of features.
    private const string PooledName = "pooled";

    /// <summary>Reads opset 7 and newer; written against 21.</summary>
    /// <param name="model">The file; weights are copied out of it.</param>
    /// <param name="size">The size of the picture, where the graph leaves it free.</param>
    /// <param name="cancellationToken">Checked before each node.</param>
    /// <exception cref="UnsupportedOnnxException">Names the operator, the node and the opset.</exception>
    /// <exception cref="OnnxFormatException">
    /// The bytes are no ONNX, or no image classifier, or a weight is no number; the message says what was found.
    /// </exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public static OnnxImport Read(
        ReadOnlyMemory<byte> model,
        (int Height, int Width)? size = null,
        CancellationToken cancellationToken = default
    ) => Read(model, size, asBackbone: false, cancellationToken);

    /// <summary>
    /// Reads what a head can be trained on: a classifier, or a graph that ends in features. A map of features [N, C, H, W] is averaged over
    /// its places.
    /// </summary>
    /// <param name="model">The file; weights are copied out of it.</param>
    /// <param name="size">The size of the picture, where the graph leaves it free; not heeded where it does not.</param>
    /// <param name="cancellationToken">Checked before each node.</param>
    /// <exception cref="UnsupportedOnnxException">Names the operator, the node and the opset.</exception>
    /// <exception cref="OnnxFormatException">
    /// The bytes are no ONNX, or no network of pictures, or a weight is no number; the message says what was found.
    /// </exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public static OnnxImport ReadBackbone(
        ReadOnlyMemory<byte> model,
        (int Height, int Width)? size = null,
        CancellationToken cancellationToken = default
    ) => Read(model, size, asBackbone: true, cancellationToken);

    private static OnnxImport Read(
        ReadOnlyMemory<byte> model,
        (int Height, int Width)? size,
        bool asBackbone,
        CancellationToken cancellationToken
    )
    {
        try
        {
            OnnxGraph graph = OnnxGraph.Parse(model, cancellationToken);
            OnnxImport import = Interpret(graph, size, asBackbone, model.Length, cancellationToken);
            if (import.Network.NonFinite() is { } bad)
                throw new OnnxFormatException(
                    $"weights that are not finite numbers in tensor '{bad}': the file is damaged, or its training had diverged"
                );
            return import;
        }
        catch (Exception e) when (BrokenContent.Explains(e))
        {
            throw new OnnxFormatException($"a graph that contradicts itself: {e.Message}", e);
        }
    }

    private static OnnxImport Interpret(
        OnnxGraph graph,
        (int Height, int Width)? size,
        bool asBackbone,
        long fileLength,
        CancellationToken cancellationToken
    )
    {
        if (graph.Opset < OldestOpset)
            throw new OnnxFormatException(
                $"an ONNX graph of opset {graph.Opset}: {OldestOpset} and newer are read, so export the model again"
            );
        bool own = graph.Producer == GraphWriter.Producer && graph.Nodes.Any(n => n.Output == OnnxWriter.NormalisedName);
        string output = (graph.Outputs.Count > 0 ? graph.Outputs : throw new OnnxFormatException("an ONNX graph without an output"))[
            0
        ].Name;
        (string logits, OutputHead head, bool single) = OutputDetection.Find(graph, output);
        (string start, Shape shape, long batch, Layout layout) = own ? Own(graph) : Input(graph, size, asBackbone);
        if (!NetworkDraft.IsSound(shape)) throw new OnnxFormatException($"a graph that wants pictures of {shape}, more than can be held");
        var interpreter = new GraphInterpreter(graph, own, shape, batch, fileLength, cancellationToken);
        Feature feature = interpreter.Run(Needed(graph, logits, start), start, layout, logits);
        bool isVector = feature.Shape.Plane == 1;
        if (!isVector && !(asBackbone && logits == output))
            throw new OnnxFormatException(
                $"a graph whose output is [{string.Join(", ", feature.Dimensions)}], not one score a class: it is no classifier of "
                    + "whole pictures, but perhaps the backbone of one that is still to be trained"
            );
        if (single && feature.Shape.Channels != 1)
            throw new OnnxFormatException(
                $"a graph that ends in {feature.Shape.Channels} sigmoids: its labels do not exclude one another, so there is no one "
                    + "label to predict"
            );
        if (head == OutputHead.Softmax && feature.Shape.Channels < 2)
            throw new OnnxFormatException("a graph with a single output and no sigmoid: it is no classifier");
        int end = isVector ? feature.Node : interpreter.Draft.Add(PooledName, new GlobalAveragePool(), feature.Node);
        Network network = interpreter.Draft.Finish(end, head);
        bool hasHead = own || logits != output || (isVector && HeadDetection.EndsInClasses(network));
        return new OnnxImport(network, graph.Metadata, own, hasHead);
    }

    // Our own normalisation is done by ImagePreprocessing: the network begins behind it, at the size that the metadata tell.
    private static (string, Shape, long, Layout) Own(OnnxGraph graph)
    {
        string[] input = graph.Metadata.GetValueOrDefault(OnnxMetadata.Input, "").Split('x');
        if (input.Length == 3 && Side(input[0]) is int width && Side(input[1]) is int height && Side(input[2]) is int channels)
            return (OnnxWriter.NormalisedName, new Shape(height, width, channels), 1, Layout.ChannelsFirst);
        throw new OnnxFormatException($"a graph of EmotionMLNet without metadata '{OnnxMetadata.Input}' (width x height x channels)");
    }

    private static int? Side(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int side) && side is > 0 and <= LargestSide ? side : null;

    private static (string, Shape, long, Layout) Input(OnnxGraph graph, (int Height, int Width)? size, bool anySize)
    {
        if (graph.Inputs is not [(var name, { Length: 4 } dimensions)])
            throw new OnnxFormatException(
                "a graph with inputs "
                    + $"{string.Join(" and ", graph.Inputs.Select(i => $"'{i.Name}' [{string.Join(", ", i.Dimensions)}]"))}: one "
                    + "picture [N, C, H, W] or [N, H, W, C] is wanted"
            );
        bool last = dimensions[1] is not (1 or 3) && dimensions[3] is 1 or 3;
        long batch = dimensions[0] > 0 ? dimensions[0] : 1, channels = dimensions[last ? 3 : 1];
        int height = Extent(dimensions[last ? 1 : 2], size?.Height, anySize, "height"),
            width = Extent(dimensions[last ? 2 : 3], size?.Width, anySize, "width");
        if (channels is not (> 0 and <= 64) || batch > int.MaxValue)
            throw new OnnxFormatException($"an input [{string.Join(", ", dimensions)}] whose channels are not known");
        return (name, new Shape(height, width, (int)channels), batch, last ? Layout.ChannelsLast : Layout.ChannelsFirst);
    }

    private static int Extent(long inGraph, int? wanted, bool anySize, string what)
    {
        if (inGraph > LargestSide) throw new OnnxFormatException($"an input {what} of {inGraph} pixels");
        if (inGraph <= 0)
            return wanted ?? throw new OnnxFormatException($"a graph that leaves the {what} of the picture free: say which, in pixels");
        return wanted is null || wanted == inGraph || anySize
            ? (int)inGraph
            : throw new OnnxFormatException($"a graph whose {what} is {inGraph} pixels, not {wanted}");
    }

    // The nodes that the logits depend on, in order; what lies before the start is left out.
    private static List<OnnxNode> Needed(OnnxGraph graph, string logits, string start)
    {
        var wanted = new HashSet<string> { logits };
        var needed = new List<OnnxNode>();
        foreach (OnnxNode node in graph.Nodes.AsEnumerable().Reverse())
        {
            if (!node.Outputs.Any(o => o.Length > 0 && o != start && wanted.Contains(o))) continue;
            needed.Add(node);
            wanted.UnionWith(node.Inputs);
        }
        needed.Reverse();
        return needed;
    }
}

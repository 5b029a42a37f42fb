using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Onnx.Import;

/// <summary>
/// Runs through a graph once with values that are either known numbers or features, and drafts a layer for what is computed on features.
/// </summary>
/// <param name="graph">The graph.</param>
/// <param name="own">Whether our writer made it.</param>
/// <param name="input">The shape of one picture.</param>
/// <param name="batch">Images at once in the graph's own constants.</param>
/// <param name="fileLength">Bytes of the file: what is computed while it is read stays in proportion to them.</param>
/// <param name="cancellationToken">Checked before each node.</param>
internal sealed class GraphInterpreter(
    OnnxGraph graph,
    bool own,
    Shape input,
    long batch,
    long fileLength,
    CancellationToken cancellationToken
)
{
    // Weights are expanded, turned round and copied into layers: a few times as many values as the file has bytes, and shapes besides.
    private const long Free = 1 << 22;
    private const int PerByte = 4;

    private long budget = Free + PerByte * fileLength;
    private readonly Dictionary<string, Value> values = [];

    public OnnxGraph Graph => graph;

    /// <summary>Whether our writer made the graph: names are kept to the letter, and nothing is left out as needless.</summary>
    public bool Own => own;

    public long Opset => graph.Opset;

    public NetworkDraft Draft { get; } = new(input);

    /// <summary>Interprets the nodes in order.</summary>
    /// <returns>What <paramref name="output"/> stands for.</returns>
    /// <exception cref="UnsupportedOnnxException">An operator, or a use of one, that has no layer.</exception>
    /// <exception cref="OnnxFormatException">The graph contradicts itself.</exception>
    public Feature Run(IEnumerable<OnnxNode> nodes, string start, Layout layout, string output)
    {
        values[start] = new Feature(Network.Input, input, batch, layout);
        foreach (OnnxNode node in nodes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                Apply(node);
            }
            catch (Exception e) when (BrokenContent.Explains(e))
            {
                throw new OnnxFormatException($"operator {node.Type} at node '{node.Label}': {e.Message.ReplaceLineEndings(" ")}", e);
            }
        }
        return values.GetValueOrDefault(output) as Feature
            ?? throw new OnnxFormatException($"the output '{output}' does not depend on the input '{start}'");
    }

    /// <summary>Takes note of values that were computed or copied: a graph of a few kilobytes could ask for any number of them.</summary>
    /// <exception cref="OnnxFormatException">They are out of proportion to the file.</exception>
    public void ChargeValues(long count)
    {
        if ((budget -= count) < 0)
            throw new OnnxFormatException($"a graph that makes many times more values than its {fileLength} bytes hold: it is refused");
    }

    /// <summary>An input that must be there.</summary>
    public Value GetInput(OnnxNode node, int index)
        => FindInput(node, index) ?? throw new OnnxFormatException($"operator {node.Type} at node '{node.Label}' has no input {index}");

    /// <summary>An input that may be left out.</summary>
    public Value? FindInput(OnnxNode node, int index)
    {
        if (index >= node.Inputs.Count || node.Inputs[index].Length == 0) return null;
        string name = node.Inputs[index];
        if (values.TryGetValue(name, out Value? value)) return value;
        if (!graph.Initialisers.TryGetValue(name, out OnnxTensor? tensor))
            throw new OnnxFormatException($"node '{node.Label}' reads '{name}', which no node before it writes");
        return values[name] = new Constant(tensor);
    }

    public Feature GetFeature(OnnxNode node, int index)
        => GetInput(node, index) as Feature ?? throw Unsupported(node, $"input {index} must depend on the picture");

    /// <summary>A picture [N, C, H, W].</summary>
    public Feature GetPicture(OnnxNode node, int index = 0)
    {
        Feature x = GetFeature(node, index);
        if (x.Layout == Layout.ChannelsFirst) return x;
        throw Unsupported(
            node,
            x.Layout is Layout.Rows or Layout.Plane ? "only two-dimensional ones are" : $"it is given [{string.Join(", ", x.Dimensions)}]"
        );
    }

    public Constant GetConstant(OnnxNode node, int index, string what)
        => GetInput(node, index) as Constant ?? throw Unsupported(node, $"{what} must be constant");

    public Constant? FindConstant(OnnxNode node, int index, string what)
        => FindInput(node, index) is { } value ? value as Constant ?? throw Unsupported(node, $"{what} must be constant") : null;

    public void Set(OnnxNode node, Value value, int output = 0)
    {
        if (output < node.Outputs.Count) values[node.Outputs[output]] = value;
    }

    /// <summary>Drafts a layer and sets the node's output to it.</summary>
    /// <param name="node">Names the layer.</param>
    /// <param name="layer">The layer that computes it.</param>
    /// <param name="from">Its inputs.</param>
    /// <param name="layout">The layout of the output; by default that of the first input.</param>
    public Feature Emit(OnnxNode node, Layer layer, Feature[] from, Layout? layout = null)
    {
        int added = Draft.Add(NameOf(node, layer), layer, [.. from.Select(f => f.Node)]);
        var feature = new Feature(added, Draft.ShapeOf(added), batch, layout ?? from[0].Layout);
        Set(node, feature);
        return feature;
    }

    public Feature Emit(OnnxNode node, Layer layer, Feature from, Layout? layout = null) => Emit(node, layer, [from], layout);

    /// <summary>y = scale · x + shift a channel.</summary>
    public Feature EmitAffine(OnnxNode node, Feature x, float[] scale, float[] shift)
    {
        ChargeValues(2L * scale.Length);
        int added = Draft.AddAffine(NameOf(node), x.Node, scale, shift);
        var feature = new Feature(added, x.Shape, batch, x.Layout);
        Set(node, feature);
        return feature;
    }

    public UnsupportedOnnxException Unsupported(OnnxNode node, string why) => new(node, graph.Opset, why);

    private void Apply(OnnxNode node)
    {
        if (node.Domain is not ("" or "ai.onnx")) throw Unsupported(node, "its operator set is not ONNX's own");
        Value?[] inputs = [.. Enumerable.Range(0, node.Inputs.Count).Select(i => FindInput(node, i))];
        if (inputs.All(v => v is null or Constant) && ConstantOperators.TryApply(this, node)) return;
        if (node.Type is "Shape" or "Size") ConstantOperators.Apply(this, node);
        else if (LayerOperators.Find(node.Type) is { } layer) layer(this, node);
        else if (ArithmeticOperators.Find(node.Type) is { } arithmetic) arithmetic(this, node);
        else if (LayoutOperators.Find(node.Type) is { } arrangement) arrangement(this, node);
        else throw Unsupported(node, "there is no layer for it");
    }

    /// <summary>
    /// PyTorch's module names survive in the names of the weights; other layers are called like their node, with dots kept for parameters.
    /// </summary>
    public string NameOf(OnnxNode node, Layer? layer = null)
    {
        if (own) return node.Output;
        if (layer is { Parameters.Count: > 0 } && node.Inputs.Count > 1 && node.Inputs[1].EndsWith(".weight", StringComparison.Ordinal))
            return node.Inputs[1][..^".weight".Length];
        string name = node.Label.Trim('/').Replace('.', '_');
        return name is "" or OnnxWriter.OutputName or "input" or "ImageSource" ? $"layer_{name}" : name;
    }
}

using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Onnx.Import;

/// <summary>The network while it is being read: layers that later nodes may still merge, and some that nobody reads in the end.</summary>
internal sealed class NetworkDraft(Shape input)
{
    /// <summary>Most layers: an ONNX node makes one or two.</summary>
    private const int MostLayers = 40_000;

    /// <summary>Longest side, and most values, of what a layer gives for one picture: half a gigabyte.</summary>
    private const int LongestSide = 1 << 17, MostValues = 1 << 27;

    private readonly List<Entry> entries = [];
    private readonly Dictionary<string, int> names = [];
    private readonly HashSet<int> affine = [];

    /// <exception cref="ArgumentException">The layer does not fit its inputs, or gives more than any picture's network.</exception>
    public int Add(string name, Layer layer, params ReadOnlySpan<int> inputs)
    {
        var shapes = new Shape[inputs.Length];
        long channels = 0;
        for (int i = 0; i < shapes.Length; i++) channels += (shapes[i] = ShapeOf(inputs[i])).Channels;
        if (channels > MostValues)
            throw new ArgumentException($"{layer} takes {channels} channels, more than the network of any picture"); // Concat adds them up
        if (entries.Count == MostLayers) throw new OnnxFormatException($"a graph of more than {MostLayers} layers");
        Shape shape = layer.OutputShape(shapes);
        if (!IsSound(shape)) throw new ArgumentException($"{layer} gives {shape}, more than the network of any picture");
        entries.Add(new Entry(Free(name), layer, inputs.ToArray(), shape));
        return entries.Count - 1;
    }

    /// <summary>Whether a picture or a feature of that shape can be held.</summary>
    public static bool IsSound(Shape shape) =>
        shape.Height is > 0 and <= LongestSide
        && shape.Width is > 0 and <= LongestSide
        && shape.Channels is > 0 and <= MostValues
        && (Int128)shape.Height * shape.Width * shape.Channels <= MostValues;

    // The name, with the next number behind it that is free where it is taken.
    private string Free(string name)
    {
        string free = name;
        int next = names.GetValueOrDefault(name, 1);
        while (!names.TryAdd(free, 1)) free = $"{name}_{++next}";
        if (free != name) names[name] = next;
        return free;
    }

    /// <summary>
    /// y = scale · x + shift a channel, as a 1x1 depthwise convolution that <see cref="Finish"/> folds into the layer before where it can.
    /// </summary>
    public int AddAffine(string name, int from, float[] scale, float[] shift)
    {
        int channels = scale.Length;
        var layer = new Conv2D(channels, channels, kernel: 1, groups: channels);
        scale.CopyTo(layer.Weight.Values, 0);
        shift.CopyTo(layer.Bias!.Values, 0);
        int node = Add(name, layer, from);
        affine.Add(node);
        return node;
    }

    public Shape ShapeOf(int node) => node == Network.Input ? input : entries[node].Shape;

    public Layer? LayerOf(int node) => node == Network.Input ? null : entries[node].Layer;

    public int InputOf(int node, int index = 0) => entries[node].Inputs[index];

    /// <summary>Whether the node is y = scale · x + shift with the same two numbers for all channels.</summary>
    public bool IsAffine(int node, out float scale, out float shift)
    {
        (scale, shift) = (1, 0);
        if (!affine.Contains(node)) return false;
        var layer = (Conv2D)entries[node].Layer;
        (scale, shift) = (layer.Weight.Values[0], layer.Bias!.Values[0]);
        return layer.Weight.Values.AsSpan().IndexOfAnyExcept(scale) < 0 && layer.Bias.Values.AsSpan().IndexOfAnyExcept(shift) < 0;
    }

    /// <summary>The network up to a node.</summary>
    /// <exception cref="ArgumentException">It does not end in a vector.</exception>
    public Network Finish(int output, OutputHead head)
    {
        bool[] live = Live(output);
        int[] readers = Readers(live);
        foreach (int node in affine.Where(n => live[n]).Order()) Fold(node, output, readers);
        live = Live(Through(output));
        var builder = new NetworkBuilder(input);
        var index = new Dictionary<int, int> { [Network.Input] = Network.Input };
        for (int i = 0; i < entries.Count; i++)
            if (live[i]) index[i] = builder.Add(entries[i].Name, entries[i].Layer, [.. entries[i].Inputs.Select(j => index[Through(j)])]);
        return builder.Build(head);
    }

    // A folded node keeps its place and stands for its input: see Through.
    private void Fold(int node, int output, int[] readers)
    {
        int before = Through(entries[node].Inputs[0]);
        if (before == Network.Input || before == output || readers[before] != 1) return;
        var step = (Conv2D)entries[node].Layer;
        (float[] scale, float[] shift) = (step.Weight.Values, step.Bias!.Values);
        Layer? folded = entries[before].Layer switch
        {
            Linear l => Scaled(new Linear(l.InFeatures, l.OutFeatures), l, scale, shift),
            Conv2D c => Scaled(
                new Conv2D(c.InChannels, c.OutChannels, c.Kernel, c.Stride, c.Padding, c.Dilation, c.Groups, bias: true),
                c,
                scale,
                shift
            ),
            _ => null,
        };
        if (folded is null) return;
        entries[before] = entries[before] with { Layer = folded };
        entries[node] = entries[node] with { Gone = true, Inputs = [before] };
        readers[before] = readers[node];
    }

    private static Layer Scaled(Layer to, Layer from, float[] scale, float[] shift)
    {
        ReadOnlySpan<float> weight = from.Parameters[0].Values;
        int length = weight.Length / scale.Length;
        for (int i = 0; i < weight.Length; i++) to.Parameters[0].Values[i] = weight[i] * scale[i / length];
        for (int c = 0; c < scale.Length; c++)
            to.Parameters[1].Values[c] = (from.Parameters.Count > 1 ? from.Parameters[1].Values[c] * scale[c] : 0) + shift[c];
        return to;
    }

    // A folded node's input is one that stands for itself: nodes are folded in order.
    private int Through(int node) => node != Network.Input && entries[node].Gone ? entries[node].Inputs[0] : node;

    // How often each node is read by those that are needed, before any is folded.
    private int[] Readers(bool[] live)
    {
        var readers = new int[entries.Count];
        for (int i = 0; i < entries.Count; i++)
            foreach (int input in live[i] ? entries[i].Inputs : [])
                if (input != Network.Input) readers[input]++;
        return readers;
    }

    private bool[] Live(int output)
    {
        var live = new bool[entries.Count];
        var todo = new Stack<int>([output]);
        while (todo.TryPop(out int node))
        {
            if (node == Network.Input || live[node]) continue;
            live[node] = true;
            foreach (int i in entries[node].Inputs) todo.Push(Through(i));
        }
        return live;
    }

    private sealed record Entry(string Name, Layer Layer, int[] Inputs, Shape Shape, bool Gone = false);
}

using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Onnx.Import;

/// <summary>The network while it is being read: layers that later nodes may still merge, and some that nobody reads in the end.</summary>
internal sealed class Draft(Shape input)
{
    private readonly List<Entry> entries = [];
    private readonly HashSet<string> names = [];
    private readonly HashSet<int> affine = [];

    /// <exception cref="ArgumentException">The layer does not fit its inputs.</exception>
    public int Add(string name, Layer layer, params ReadOnlySpan<int> inputs)
    {
        var shapes = new Shape[inputs.Length];
        for (int i = 0; i < shapes.Length; i++) shapes[i] = ShapeOf(inputs[i]);
        string free = name;
        for (int k = 2; !names.Add(free); k++) free = $"{name}_{k}";
        entries.Add(new Entry(free, layer, inputs.ToArray(), layer.OutputShape(shapes)));
        return entries.Count - 1;
    }

    /// <summary>y = scale · x + shift a channel, as a 1x1 depthwise convolution that <see cref="Finish"/> folds into the layer before where it can.</summary>
    public int AddAffine(string name, int from, float[] scale, float[] shift)
    {
        int channels = scale.Length;
        var layer = new Conv2D(channels, channels, kernel: 1, groups: channels);
        scale.CopyTo(layer.Weight.Value, 0);
        shift.CopyTo(layer.Bias!.Value, 0);
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
        (scale, shift) = (layer.Weight.Value[0], layer.Bias!.Value[0]);
        return layer.Weight.Value.AsSpan().IndexOfAnyExcept(scale) < 0 && layer.Bias.Value.AsSpan().IndexOfAnyExcept(shift) < 0;
    }

    /// <summary>The network up to a node.</summary>
    /// <exception cref="ArgumentException">It does not end in a vector.</exception>
    public Network Finish(int output, OutputHead head)
    {
        bool[] live = Live(output);
        foreach (int node in affine.Where(n => live[n]).Order()) Fold(node, output, live);
        live = Live(Through(output));
        var builder = new NetworkBuilder(input);
        var index = new Dictionary<int, int> { [Network.Input] = Network.Input };
        for (int i = 0; i < entries.Count; i++)
            if (live[i]) index[i] = builder.Add(entries[i].Name, entries[i].Layer, [.. entries[i].Inputs.Select(j => index[Through(j)])]);
        return builder.Build(head);
    }

    // A folded node keeps its place and stands for its input: see Through.
    private void Fold(int node, int output, bool[] live)
    {
        int before = Through(entries[node].Inputs[0]);
        if (before == Network.Input || before == output || Readers(before, live) != 1) return;
        var step = (Conv2D)entries[node].Layer;
        (float[] scale, float[] shift) = (step.Weight.Value, step.Bias!.Value);
        Layer? folded = entries[before].Layer switch
        {
            Linear l => Scaled(new Linear(l.InFeatures, l.OutFeatures), l, scale, shift),
            Conv2D c => Scaled(new Conv2D(c.InChannels, c.OutChannels, c.Kernel, c.Stride, c.Padding, c.Dilation, c.Groups, bias: true), c, scale, shift),
            _ => null,
        };
        if (folded is null) return;
        entries[before] = entries[before] with { Layer = folded };
        entries[node] = entries[node] with { Gone = true };
    }

    private static Layer Scaled(Layer to, Layer from, float[] scale, float[] shift)
    {
        ReadOnlySpan<float> weight = from.Parameters[0].Values;
        int length = weight.Length / scale.Length;
        for (int i = 0; i < weight.Length; i++) to.Parameters[0].Value[i] = weight[i] * scale[i / length];
        for (int c = 0; c < scale.Length; c++) to.Parameters[1].Value[c] = (from.Parameters.Count > 1 ? from.Parameters[1].Value[c] * scale[c] : 0) + shift[c];
        return to;
    }

    private int Through(int node) => node != Network.Input && entries[node].Gone ? Through(entries[node].Inputs[0]) : node;

    private int Readers(int node, bool[] live)
        => Enumerable.Range(0, entries.Count).Where(i => live[i] && !entries[i].Gone).Sum(i => entries[i].Inputs.Count(j => Through(j) == node));

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

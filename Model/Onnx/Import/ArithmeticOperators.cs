using EmotionMLNet.Layers;

namespace EmotionMLNet.Onnx.Import;

/// <summary>
/// Sums, products and limits, of features with constants or with each other; the activations that graphs spell with them are recognised.
/// </summary>
internal static class ArithmeticOperators
{
    private static readonly Dictionary<string, Action<GraphInterpreter, OnnxNode>> Operators = new()
    {
        ["Add"] = Sum,
        ["Sum"] = Sum,
        ["Sub"] = Difference,
        ["Mul"] = Product,
        ["Div"] = Quotient,
        ["Neg"] = (g, n) => Affine(g, n, g.GetFeature(n, 0), -1, 0),
        ["Clip"] = Clip,
        ["Log"] = Logarithm,
        ["Min"] = (g, n) => Limit(g, n, lower: false),
        ["Max"] = (g, n) => Limit(g, n, lower: true),
    };

    public static Action<GraphInterpreter, OnnxNode>? Find(string type) => Operators.GetValueOrDefault(type);

    private static void Sum(GraphInterpreter g, OnnxNode n)
    {
        Value[] values = [.. Enumerable.Range(0, n.Inputs.Count).Select(i => g.GetInput(n, i))];
        Feature[] features = [.. values.OfType<Feature>()];
        if (values.Length == 2 && features.Length == 1)
        {
            float[] shift = PerChannel(g, n, features[0], values.OfType<Constant>().Single());
            Affine(g, n, features[0], Filled(shift.Length, 1), shift);
            return;
        }
        if (
            features.Length != values.Length
            || features.Any(f => !f.Dimensions.SequenceEqual(features[0].Dimensions) || f.Layout != features[0].Layout)
        )
            throw g.Unsupported(n, $"it adds {string.Join(" and ", values.Select(v => $"[{string.Join(", ", v.Dimensions)}]"))}");
        if (features.Length == 1) g.Set(n, features[0]);
        else g.Emit(n, new Add(), features);
    }

    private static void Difference(GraphInterpreter g, OnnxNode n)
    {
        Value a = g.GetInput(n, 0), b = g.GetInput(n, 1);
        if (a is Feature x && b is Constant c)
        {
            float[] shift = PerChannel(g, n, x, c);
            Affine(g, n, x, Filled(shift.Length, 1), [.. shift.Select(v => -v)]);
        }
        else if (a is Constant from && b is Feature y)
        {
            float[] shift = PerChannel(g, n, y, from);
            Affine(g, n, y, Filled(shift.Length, -1), shift);
        }
        else Difference(g, n, (Feature)a, (Feature)b);
    }

    // a + (-1) b, and the -1 goes into the layer that makes b where it can.
    private static void Difference(GraphInterpreter g, OnnxNode n, Feature a, Feature b)
    {
        if (!a.Dimensions.SequenceEqual(b.Dimensions) || a.Layout != b.Layout)
            throw g.Unsupported(n, $"it subtracts [{string.Join(", ", b.Dimensions)}] from [{string.Join(", ", a.Dimensions)}]");
        Feature negative = g.EmitAffine(n, b, Filled(b.Shape.Channels, -1), new float[b.Shape.Channels]);
        g.Emit(n, new Add(), [a, negative]);
    }

    private static void Product(GraphInterpreter g, OnnxNode n)
    {
        Value a = g.GetInput(n, 0), b = g.GetInput(n, 1);
        if (a is Feature x && b is Feature y) Product(g, n, x, y);
        else
        {
            Feature feature = a as Feature ?? (Feature)b;
            float[] scale = PerChannel(g, n, feature, a as Constant ?? (Constant)b);
            Affine(g, n, feature, scale, new float[scale.Length]);
        }
    }

    private static void Product(GraphInterpreter g, OnnxNode n, Feature a, Feature b)
    {
        if (a.Shape.Plane < b.Shape.Plane) (a, b) = (b, a); // squeeze-and-excitation often names the gate first
        bool gate = b.Shape.Plane == 1 && a.Shape.Channels == b.Shape.Channels && a.Layout == b.Layout;
        if (a.Shape != b.Shape ? !gate : a.Layout != b.Layout)
            throw g.Unsupported(n, $"it multiplies [{string.Join(", ", a.Dimensions)}] and [{string.Join(", ", b.Dimensions)}]");
        if (Gated(g, a, b) is { } activation) g.Emit(n, activation, a);
        else if (a.Shape == b.Shape && Gated(g, b, a) is { } other) g.Emit(n, other, b);
        else g.Emit(n, new Multiply(), [a, b]);
    }

    // x · sigmoid(x), x · hardsigmoid(x)
    private static Layer? Gated(GraphInterpreter g, Feature x, Feature gate)
    {
        Layer? layer = g.Draft.LayerOf(gate.Node);
        if (layer is not (Sigmoid or HardSigmoid) || g.Draft.InputOf(gate.Node) != x.Node) return null;
        return layer is Sigmoid ? new SiLU() : IsStandard((HardSigmoid)layer) ? new HardSwish() : null;
    }

    private static bool IsStandard(HardSigmoid h) => Math.Abs(h.Alpha - 1f / 6) < 1e-6f && h.Beta == 0.5f;

    private static void Quotient(GraphInterpreter g, OnnxNode n)
    {
        Feature x = g.GetFeature(n, 0);
        float[] scale = [.. PerChannel(g, n, x, g.GetConstant(n, 1, "the divisor")).Select(v => 1 / v)];
        Affine(g, n, x, scale, new float[scale.Length]);
    }

    private static void Affine(GraphInterpreter g, OnnxNode n, Feature x, float scale, float shift)
        => Affine(g, n, x, Filled(x.Shape.Channels, scale), Filled(x.Shape.Channels, shift));

    private static void Affine(GraphInterpreter g, OnnxNode n, Feature x, float[] scale, float[] shift)
    {
        g.ChargeValues(2L * scale.Length);
        bool sixth = scale.All(s => Math.Abs(s - 1f / 6) < 1e-6f) && shift.All(s => s == 0);
        if (scale.All(s => s == 1) && shift.All(s => s == 0)) g.Set(n, x);
        else if (sixth && ClippedShift(g, x.Node) is int from)
            g.Emit(n, new HardSigmoid(), At(g, x, from)); // min(max(x + 3, 0), 6) / 6
        else if (sixth && g.Draft.LayerOf(x.Node) is Multiply && Swish(g, x.Node) is int source)
            g.Emit(n, new HardSwish(), At(g, x, source)); // x · min(max(x + 3, 0), 6) / 6
        else
            g.EmitAffine(n, x, scale, shift);
    }

    // The node x if the given one is min(max(x + 3, 0), 6).
    private static int? ClippedShift(GraphInterpreter g, int node)
    {
        if (g.Draft.LayerOf(node) is not ReLU6) return null;
        int shifted = g.Draft.InputOf(node);
        return g.Draft.IsAffine(shifted, out float scale, out float shift) && scale == 1 && shift == 3 ? g.Draft.InputOf(shifted) : null;
    }

    private static int? Swish(GraphInterpreter g, int product)
    {
        (int a, int b) = (g.Draft.InputOf(product, 0), g.Draft.InputOf(product, 1));
        return ClippedShift(g, a) == b ? b : ClippedShift(g, b) == a ? a : null;
    }

    private static Feature At(GraphInterpreter g, Feature like, int node) => new(node, g.Draft.ShapeOf(node), like.Batch, like.Layout);

    private static void Clip(GraphInterpreter g, OnnxNode n)
    {
        float low = n.Floats.TryGetValue("min", out float min)
            ? min
            : g.FindConstant(n, 1, "its lower limit")?.Floats[0] ?? float.NegativeInfinity;
        float high = n.Floats.TryGetValue("max", out float max)
            ? max
            : g.FindConstant(n, 2, "its upper limit")?.Floats[0] ?? float.PositiveInfinity;
        Between(g, n, g.GetFeature(n, 0), low, high);
    }

    // A limit in front of it that keeps 0 away is a part of our layer.
    private static void Logarithm(GraphInterpreter g, OnnxNode n)
    {
        Feature x = g.GetFeature(n, 0);
        if (g.Draft.LayerOf(x.Node) is Clip { Low: >= Log.SmallestFloor, High: float.PositiveInfinity } clip)
            g.Emit(n, new Log(clip.Low), At(g, x, g.Draft.InputOf(x.Node)));
        else
            g.Emit(n, new Log(), x);
    }

    private static void Limit(GraphInterpreter g, OnnxNode n, bool lower)
    {
        Value[] values = [.. Enumerable.Range(0, n.Inputs.Count).Select(i => g.GetInput(n, i))];
        if (values.OfType<Feature>().ToArray() is not [var x] || values.OfType<Constant>().ToArray() is not [{ Length: 1 } limit])
            throw g.Unsupported(n, "only a feature and one number can be compared");
        Between(g, n, x, lower ? limit.Floats[0] : float.NegativeInfinity, lower ? float.PositiveInfinity : limit.Floats[0]);
    }

    private static void Between(GraphInterpreter g, OnnxNode n, Feature x, float low, float high)
    {
        if (low <= -float.MaxValue) low = float.NegativeInfinity; // how older opsets spell it
        if (high >= float.MaxValue) high = float.PositiveInfinity;
        if (low <= 0 && high >= 0 && g.Draft.LayerOf(x.Node) is ReLU)
            (x, low) = (At(g, x, g.Draft.InputOf(x.Node)), 0); // PyTorch writes relu6 as Clip(Relu(x))
        if ((low, high) == (0, 1) && g.Draft.IsAffine(x.Node, out float scale, out float shift))
            g.Emit(n, new HardSigmoid(scale, shift), At(g, x, g.Draft.InputOf(x.Node)));
        else if ((low, high) == (0, 6))
            g.Emit(n, new ReLU6(), x);
        else if ((low, high) == (0, float.PositiveInfinity))
            g.Emit(n, new ReLU(), x);
        else
            g.Emit(n, new Clip(low, high), x);
    }

    // One value a channel, from a constant that is broadcast over everything else.
    private static float[] PerChannel(GraphInterpreter g, OnnxNode n, Feature x, Constant c)
    {
        int channels = x.Shape.Channels, rank = x.Dimensions.Length, missing = rank - c.Dimensions.Length;
        if (c.Length == 1 && missing >= 0) return Filled(channels, c.Floats[0]);
        bool broadcast = missing >= 0 && x.ChannelAxis >= 0;
        for (int i = 0; broadcast && i < c.Dimensions.Length; i++)
            broadcast = c.Dimensions[i] == (i + missing == x.ChannelAxis ? channels : 1);
        return broadcast
            ? c.Floats
            : throw g.Unsupported(
                n,
                $"a constant [{string.Join(", ", c.Dimensions)}] for [{string.Join(", ", x.Dimensions)}] is not one value a channel"
            );
    }

    private static float[] Filled(int length, float value)
    {
        var values = new float[length];
        values.AsSpan().Fill(value);
        return values;
    }
}

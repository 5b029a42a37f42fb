using EmotionMLNet.Layers;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Onnx.Import;

/// <summary>The operators that are a layer each: convolution, pooling, normalisation, matrices, activations.</summary>
internal static class LayerOperators
{
    private static readonly Dictionary<string, Action<GraphInterpreter, OnnxNode>> Operators = new()
    {
        ["Conv"] = Convolution,
        ["BatchNormalization"] = Normalisation,
        ["MaxPool"] = (g, n) => Pool(g, n, mean: false),
        ["AveragePool"] = (g, n) => Pool(g, n, mean: true),
        ["GlobalAveragePool"] = (g, n) => g.Emit(n, new GlobalAveragePool(), g.GetPicture(n)),
        ["GlobalMaxPool"] = (g, n) => g.Emit(n, WholePicture(g.GetPicture(n).Shape), g.GetPicture(n)),
        ["ReduceMean"] = Mean,
        ["Gemm"] = Gemm,
        ["MatMul"] = MatrixProduct,
        ["Relu"] = (g, n) => g.Emit(n, new ReLU(), g.GetFeature(n, 0)),
        ["Sigmoid"] = (g, n) => g.Emit(n, new Sigmoid(), g.GetFeature(n, 0)),
        ["HardSigmoid"] = (g, n) =>
            g.Emit(
                n,
                new HardSigmoid(n.Floats.GetValueOrDefault("alpha", 0.2f), n.Floats.GetValueOrDefault("beta", 0.5f)),
                g.GetFeature(n, 0)
            ),
        ["HardSwish"] = (g, n) => g.Emit(n, new HardSwish(), g.GetFeature(n, 0)),
        ["Softmax"] = Softmax,
        ["Dropout"] = Drop,
    };

    /// <summary>Largest kernel, stride and dilation: the product of two of them is still a whole number of 32 bits.</summary>
    private const int LargestWindow = short.MaxValue;

    public static Action<GraphInterpreter, OnnxNode>? Find(string type) => Operators.GetValueOrDefault(type);

    private static void Convolution(GraphInterpreter g, OnnxNode n)
    {
        Feature x = g.GetPicture(n);
        Constant weight = g.GetConstant(n, 1, "its weights");
        Constant? bias = g.FindConstant(n, 2, "its bias");
        if (weight.Dimensions is not [var outputs, var inputs, var height, var width])
            throw g.Unsupported(n, "only two-dimensional ones are");
        int groups = checked((int)n.Int("group", 1));
        if (outputs < 1 || inputs < 1 || height is < 1 or > LargestWindow || width is < 1 or > LargestWindow)
            throw g.Unsupported(n, $"weights of [{string.Join(", ", weight.Dimensions)}]");
        g.ChargeValues(weight.Floats.Length + outputs); // reads the weights, so that no layer is made for more of them than there are
        (int, int) kernel = ((int)height, (int)width), stride = Pair(g, n, "strides"), dilation = Pair(g, n, "dilations");
        (int Top, int Left, int Bottom, int Right) pads = Window.Pads(g, n, x.Shape, kernel, stride, dilation);
        (int, int) padding = (pads.Top, pads.Left);
        if (pads.Top != pads.Bottom || pads.Left != pads.Right)
        {
            int bordered = g.Draft.Add($"{g.NameOf(n)}_pad", new Pad(pads), x.Node);
            x = new Feature(bordered, g.Draft.ShapeOf(bordered), x.Batch, x.Layout);
            padding = (0, 0);
        }
        var conv = new Conv2D(checked((int)inputs * groups), (int)outputs, kernel, stride, padding, dilation, groups, bias is not null);
        Fill(conv.Weight, weight);
        if (bias is not null) Fill(conv.Bias!, bias);
        g.Emit(n, conv, x);
    }

    private static void Normalisation(GraphInterpreter g, OnnxNode n)
    {
        Feature x = g.GetFeature(n, 0);
        if (x.Layout is not (Layout.ChannelsFirst or Layout.Vector))
            throw g.Unsupported(n, $"it is given [{string.Join(", ", x.Dimensions)}]");
        if (n.Int("training_mode", 0) != 0) throw g.Unsupported(n, "it is in training mode: export the model for inference");
        Constant[] parameters = [.. Enumerable.Range(1, 4).Select(i => g.GetConstant(n, i, "its parameters"))];
        if (parameters.Any(p => p.Floats.Length != parameters[0].Length))
            throw new OnnxFormatException($"operator BatchNormalization at node '{n.Label}' has parameters of different sizes");
        g.ChargeValues(4L * parameters[0].Length);
        float epsilon = n.Floats.GetValueOrDefault("epsilon", 1e-5f);
        if (parameters[3].Floats.Any(v => !(v + epsilon > 0)))
            throw new OnnxFormatException(
                $"operator BatchNormalization at node '{n.Label}' divides by the root of a variance that is not above 0"
            );
        var norm = new BatchNorm(parameters[0].Length, epsilon, MathF.Round(1 - n.Floats.GetValueOrDefault("momentum", 0.9f), 6));
        for (int i = 0; i < 4; i++) Fill(norm.Parameters[i], parameters[i]);
        g.Emit(n, norm, x);
    }

    private static void Pool(GraphInterpreter g, OnnxNode n, bool mean)
    {
        Feature x = g.GetPicture(n);
        if (n.Ints.GetValueOrDefault("kernel_shape") is not { Length: 2 }) throw g.Unsupported(n, "only two-dimensional ones are");
        (int Height, int Width) kernel = Pair(g, n, "kernel_shape"), stride = Pair(g, n, "strides");
        if (Pair(g, n, "dilations") != (1, 1)) throw g.Unsupported(n, "its windows are dilated");
        bool ceiling = n.Int("ceil_mode", 0) != 0, countPadding = n.Int("count_include_pad", 0) != 0;
        (int Top, int Left, int Bottom, int Right) pads = Window.Pads(g, n, x.Shape, kernel, stride, (1, 1));
        if (ceiling)
        {
            (int Top, int Left, int Bottom, int Right) wider = Window.Ceiling(x.Shape, kernel, stride, pads);
            if (mean && countPadding && (wider.Bottom > pads.Bottom || wider.Right > pads.Right))
                throw g.Unsupported(n, "ceil_mode together with count_include_pad");
            pads = wider;
        }
        bool whole = mean && kernel == (x.Shape.Height, x.Shape.Width) && pads == default; // at any size, where the graph says one
        if (!g.Own && kernel == (1, 1) && stride == (1, 1) && pads == default) g.Set(n, x);
        else if (!g.Own && whole) g.Emit(n, new GlobalAveragePool(), x);
        else g.Emit(n, mean ? new AveragePool(kernel, stride, pads, countPadding) : new MaxPool(kernel, stride, pads), x);
    }

    private static MaxPool WholePicture(Shape x) => new((x.Height, x.Width), (1, 1), default);

    private static void Mean(GraphInterpreter g, OnnxNode n)
    {
        Feature x = g.GetFeature(n, 0);
        int rank = x.Dimensions.Length;
        long[] axes =
        [
            .. (n.Ints.GetValueOrDefault("axes") ?? g.FindConstant(n, 1, "its axes")?.Ints ?? throw g.Unsupported(n, "it has no axes"))
                .Select(a => a < 0 ? a + rank : a)
                .Order(),
        ];
        bool keep = n.Int("keepdims", 1) != 0;
        long[] spatial = x.Layout switch { Layout.ChannelsFirst => [2, 3], Layout.ChannelsLast => [1, 2], Layout.Rows => [2], _ => [] };
        if (spatial.Length > 0 && axes.SequenceEqual(spatial))
        {
            g.Emit(n, new GlobalAveragePool(), x, keep ? x.Layout : Layout.Vector);
            return;
        }
        // One axis at a time, as x.mean(3).mean(2) is exported.
        if (x.Layout != Layout.ChannelsFirst || axes is not [2 or 3])
            throw g.Unsupported(n, $"axes [{string.Join(", ", axes)}] of [{string.Join(", ", x.Dimensions)}]");
        (int, int) window = axes[0] == 3 ? (1, x.Shape.Width) : (x.Shape.Height, 1);
        g.Emit(n, new AveragePool(window, (1, 1), default, countPadding: false), x, keep ? x.Layout : Layout.Rows);
    }

    private static void Gemm(GraphInterpreter g, OnnxNode n)
    {
        Feature x = VectorOf(g, n);
        Constant weight = g.GetConstant(n, 1, "its weights");
        Constant? bias = g.FindConstant(n, 2, "its bias");
        if (n.Int("transA", 0) != 0 || weight.Dimensions.Length != 2) throw g.Unsupported(n, "its first input is transposed");
        float alpha = n.Floats.GetValueOrDefault("alpha", 1), beta = n.Floats.GetValueOrDefault("beta", 1);
        var linear = Matrix(g, weight, n.Int("transB", 0) != 0, bias is not null);
        if (alpha != 1) for (int i = 0; i < linear.Weight.Length; i++) linear.Weight.Values[i] *= alpha;
        if (bias is not null)
        {
            if (bias.Length != 1 && bias.Length != linear.OutFeatures)
                throw g.Unsupported(n, $"a bias of [{string.Join(", ", bias.Dimensions)}]");
            for (int i = 0; i < linear.OutFeatures; i++) linear.Bias!.Values[i] = beta * bias.Floats[bias.Length == 1 ? 0 : i];
        }
        g.Emit(n, linear, x, Layout.Vector);
    }

    private static void MatrixProduct(GraphInterpreter g, OnnxNode n)
    {
        Feature x = g.GetFeature(n, 0);
        Constant weight = g.GetConstant(n, 1, "the matrix on the right");
        if (weight.Dimensions.Length != 2) throw g.Unsupported(n, "the matrix on the right has more than two axes");
        if (x.Layout == Layout.ChannelsLast)
        {
            Linear matrix = Matrix(g, weight, transposed: false, bias: false);
            var conv = new Conv2D(matrix.InFeatures, matrix.OutFeatures, kernel: 1, bias: false);
            matrix.Weight.Values.CopyTo(conv.Weight.Values, 0);
            g.Emit(n, conv, x);
        }
        else g.Emit(n, Matrix(g, weight, transposed: false, bias: false), VectorOf(g, n), Layout.Vector);
    }

    // [In, Out], or [Out, In] if transposed, which is how the layer keeps it.
    private static Linear Matrix(GraphInterpreter g, Constant weight, bool transposed, bool bias)
    {
        g.ChargeValues(weight.Floats.Length);
        (int rows, int columns) = ((int)weight.Dimensions[0], (int)weight.Dimensions[1]);
        var linear = new Linear(transposed ? columns : rows, transposed ? rows : columns, bias);
        if (transposed) weight.Floats.CopyTo(linear.Weight.Values, 0);
        else
            for (int i = 0; i < rows; i++)
                for (int o = 0; o < columns; o++) linear.Weight.Values[o * rows + i] = weight.Floats[i * columns + o];
        return linear;
    }

    private static Feature VectorOf(GraphInterpreter g, OnnxNode n)
    {
        Feature x = g.GetFeature(n, 0);
        return x.Layout == Layout.Vector
            ? x
            : throw g.Unsupported(n, $"its first input is [{string.Join(", ", x.Dimensions)}], not [N, C]");
    }

    // Before opset 13 it ran over everything from its axis on, which is the same where only channels are left.
    private static void Softmax(GraphInterpreter g, OnnxNode n)
    {
        Feature x = g.GetFeature(n, 0);
        int rank = x.Dimensions.Length, axis = (int)n.Int("axis", g.Opset < 13 ? 1 : -1);
        if (axis < 0) axis += rank;
        if (axis != x.ChannelAxis || (g.Opset < 13 && x.Shape.Plane > 1)) throw g.Unsupported(n, "it does not run over the channels");
        g.Emit(n, new Softmax(), x);
    }

    private static void Drop(GraphInterpreter g, OnnxNode n)
    {
        float rate = n.Floats.TryGetValue("ratio", out float given) ? given : g.FindConstant(n, 1, "its ratio")?.Floats[0] ?? 0.5f;
        g.Emit(n, n.Documentation switch
        {
            LayerWriter.SpatialMark => new SpatialDropout(rate),
            LayerWriter.ImageMark => new StochasticDepth(rate),
            _ => new Dropout(rate),
        }, g.GetFeature(n, 0));
    }

    private static (int, int) Pair(GraphInterpreter g, OnnxNode n, string name) => n.Ints.GetValueOrDefault(name) switch
    {
        null or [] => (1, 1),
        [var height and > 0 and <= LargestWindow, var width and > 0 and <= LargestWindow] => ((int)height, (int)width),
        _ => throw g.Unsupported(n, $"its {name} are not two positive numbers"),
    };

    private static void Fill(Parameter parameter, Constant values)
    {
        if (values.Length != parameter.Length)
            throw new OnnxFormatException(
                $"{values.Length} values where {parameter.Name} of [{string.Join(", ", parameter.Dimensions)}] belongs"
            );
        values.Floats.CopyTo(parameter.Values, 0);
    }
}

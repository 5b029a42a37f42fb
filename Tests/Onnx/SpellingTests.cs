using System.Runtime.InteropServices;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Onnx.Import;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Onnx;

/// <summary>
/// Forms of an operator that torch.onnx does not write (other opsets, defaults, automatic padding, other ways to store weights) give the
/// scores of the form that <see cref="OperatorTests"/> compares with PyTorch, or that follows from the operator's definition.
/// </summary>
public sealed class SpellingTests
{
    private const int Channels = 4, Height = 7, Width = 8, Length = Channels * Height * Width;

    private static readonly float[] Weights = [.. RandomValues.Uniform(6 * Channels * 4 * 2, seed: 1).Select(v => (float)(Half)v)];

    private static readonly float[] Scale = [0.5f, -1.25f, 2, 0.75f], Shift = [0.25f, 1, -0.5f, 0];

    // Name -> (opset and body of one graph from x to y, and of the other)
    private static readonly Dictionary<string, (int Opset, Action<HandMadeGraph> Body, int OtherOpset, Action<HandMadeGraph> Other)> Pairs =
        new()
        {
            ["convolution padded SAME_UPPER"] = (
                11,
                g => Conv(g, ("auto_pad", "SAME_UPPER"), ("strides", Longs(2, 1))),
                11,
                g => Conv(g, ("pads", Longs(1, 0, 2, 1)), ("strides", Longs(2, 1)))
            ),
            ["convolution padded SAME_LOWER"] = (
                11,
                g => Conv(g, ("auto_pad", "SAME_LOWER"), ("strides", Longs(2, 1))),
                11,
                g => Conv(g, ("pads", Longs(2, 1, 1, 0)), ("strides", Longs(2, 1)))
            ),
            ["convolution padded VALID"] = (11, g => Conv(g, ("auto_pad", "VALID")), 11, g => Conv(g, ("pads", Longs(0, 0, 0, 0)))),
            ["convolution padded NOTSET"] = (
                11,
                g => Conv(g, ("auto_pad", "NOTSET"), ("pads", Longs(1, 1, 0, 0))),
                11,
                g => Conv(g, ("pads", Longs(1, 1, 0, 0)))
            ),
            ["convolution padded SAME_UPPER and dilated"] = (
                11,
                g => Conv(g, ("auto_pad", "SAME_UPPER"), ("dilations", Longs(2, 3))),
                11,
                g => Conv(g, ("pads", Longs(3, 1, 3, 2)), ("dilations", Longs(2, 3)))
            ),
            ["convolution with its kernel's shape"] = (7, g => Conv(g, ("kernel_shape", Longs(4, 2)), ("group", 1)), 21, g => Conv(g)),
            ["convolution with uneven pads"] = (
                11,
                g => Conv(g, ("pads", Longs(1, 0, 2, 1))),
                11,
                g => Conv(g.Ints("p", 0, 0, 1, 0, 0, 0, 2, 1).Node("Pad", "x p", "padded"), "padded")
            ),
            ["maximum padded SAME_UPPER"] = (
                12,
                g => Pool(g, "MaxPool", 3, 2, ("auto_pad", "SAME_UPPER")),
                12,
                g => Pool(g, "MaxPool", 3, 2, ("pads", Longs(1, 0, 1, 1)))
            ),
            ["mean padded SAME_LOWER"] = (
                11,
                g => Pool(g, "AveragePool", 2, 1, ("auto_pad", "SAME_LOWER")),
                11,
                g => Pool(g, "AveragePool", 2, 1, ("pads", Longs(1, 1, 0, 0)))
            ),
            ["mean that counts its padding"] = (
                19,
                g => Pool(g, "AveragePool", 3, 2, ("pads", Longs(1, 1, 1, 1)), ("count_include_pad", 1)),
                11,
                g => Pool(g.Ints("p", 0, 0, 1, 1, 0, 0, 1, 1).Node("Pad", "x p", "padded"), "AveragePool", 3, 2, "padded")
            ),
            ["maximum with default stride"] = (
                11,
                g => g.Node("MaxPool", "x", "y", ("kernel_shape", Longs(2, 3))),
                11,
                g => g.Node("MaxPool", "x", "y", ("kernel_shape", Longs(2, 3)), ("strides", Longs(1, 1)))
            ),
            ["mean over axes as an input"] = (
                18,
                g => g.Ints("axes", 2, 3).Node("ReduceMean", "x axes", "y", ("keepdims", 0)),
                13,
                g => g.Node("ReduceMean", "x", "y", ("keepdims", 0), ("axes", Longs(2, 3)))
            ),
            ["mean over axes from the end"] = (
                18,
                g => g.Ints("axes", -1, -2).Node("ReduceMean", "x axes", "y"),
                7,
                g => g.Node("GlobalAveragePool", "x", "y")
            ),
            ["squeeze of everything"] = (
                11,
                g => g.Node("GlobalAveragePool", "x", "p").Node("Squeeze", "p", "y"),
                11,
                g => g.Node("GlobalAveragePool", "x", "p").Node("Flatten", "p", "y")
            ),
            ["squeeze and unsqueeze"] = (
                13,
                g =>
                    g.Node("GlobalAveragePool", "x", "p")
                        .Ints("a", -2, 3)
                        .Node("Squeeze", "p a", "v")
                        .Node("Unsqueeze", "v a", "u")
                        .Node("Mul", "u x", "y"),
                13,
                g => g.Node("GlobalAveragePool", "x", "p").Node("Mul", "x p", "y")
            ),
            ["reshape that keeps the batch"] = (
                14,
                g => g.Ints("s", 0, -1).Node("Reshape", "x s", "y"),
                13,
                g => g.Node("Flatten", "x", "y")
            ),
            ["reshape to a known length"] = (
                7,
                g => g.Ints("s", -1, Length).Node("Reshape", "x s", "y"),
                13,
                g => g.Node("Flatten", "x", "y", ("axis", 1))
            ),
            ["reshape by part of a shape"] = (
                15,
                g =>
                    g.Node("Shape", "x", "n", ("start", 0), ("end", 1))
                        .Ints("rest", -1)
                        .Node("Concat", "n rest", "s", ("axis", 0))
                        .Node("Reshape", "x s", "y"),
                13,
                g => g.Node("Flatten", "x", "y")
            ),
            ["flatten from the end"] = (13, g => g.Node("Flatten", "x", "y", ("axis", -3)), 13, g => g.Node("Flatten", "x", "y")),
            ["split into equal parts"] = (
                13,
                g => g.Node("Split", "x", "a b", ("axis", 1)).Node("Mul", "b a", "y"),
                13,
                g => g.Ints("s", 2, 2).Node("Split", "x s", "a b", ("axis", 1)).Node("Mul", "a b", "y")
            ),
            ["split into a number of parts"] = (
                18,
                g => g.Node("Split", "x", "a b", ("axis", -3), ("num_outputs", 2)).Node("Concat", "b a", "y", ("axis", 1)),
                7,
                g => g.Node("Split", "x", "a b", ("axis", 1), ("split", Longs(2, 2))).Node("Concat", "b a", "y", ("axis", 1))
            ),
            ["slice by attributes"] = (
                7,
                g => g.Node("Slice", "x", "y", ("axes", Longs(1)), ("starts", Longs(1)), ("ends", Longs(-1))),
                13,
                g => g.Ints("b", 1).Ints("e", 3).Ints("a", -3).Node("Slice", "x b e a", "y")
            ),
            ["slice of every axis"] = (
                10,
                g => g.Ints("b", 0, 2, 0, 0).Ints("e", int.MaxValue, 4, int.MaxValue, int.MaxValue).Node("Slice", "x b e", "y"),
                13,
                g => g.Ints("b", 2).Ints("e", 9).Ints("a", 1).Node("Slice", "x b e a", "y")
            ),
            ["sum of three"] = (
                8,
                g => g.Node("Relu", "x", "r").Node("Sum", "x r x", "y"),
                13,
                g => g.Node("Relu", "x", "r").Node("Add", "x r", "s").Node("Add", "x s", "y")
            ),
            ["sum of one"] = (13, g => g.Node("Sum", "x", "y"), 13, g => g.Node("Identity", "x", "y")),
            ["hard sigmoid of default slope"] = (
                6 + 1,
                g => g.Node("HardSigmoid", "x", "y"),
                13,
                g =>
                    g.Floats("a", [], 0.2f)
                        .Floats("b", [1], 0.5f)
                        .Floats("lo", [], 0)
                        .Floats("hi", [], 1)
                        .Node("Mul", "x a", "m")
                        .Node("Add", "b m", "s")
                        .Node("Clip", "s lo hi", "y")
            ),
            ["hard swish"] = (
                14,
                g => g.Node("HardSwish", "x", "y"),
                13,
                g => g.Node("HardSigmoid", "x", "h", ("alpha", 1 / 6f), ("beta", 0.5f)).Node("Mul", "h x", "y")
            ),
            ["clip by attributes"] = (
                7,
                g => g.Node("Clip", "x", "y", ("min", -0.5f), ("max", 0.25f)),
                13,
                g => g.Floats("lo", [], -0.5f).Floats("hi", [1], 0.25f).Node("Clip", "x lo hi", "y")
            ),
            ["clip without bounds"] = (13, g => g.Node("Clip", "x", "y"), 13, g => g.Node("Identity", "x", "y")),
            ["clip by constants"] = (
                13,
                g =>
                    g.Node("Constant", "", "lo", ("value_float", -0.5f))
                        .Node("Constant", "", "hi", ("value", Scalar(0.25f)))
                        .Node("Clip", "x lo hi", "y"),
                7,
                g => g.Node("Clip", "x", "y", ("min", -0.5f), ("max", 0.25f))
            ),
            ["normalisation of old"] = (7, g => Norm(g, ("spatial", 1)), 15, Affine),
            ["normalisation"] = (15, g => Norm(g, ("training_mode", 0), ("momentum", 0.5f)), 7, Affine),
            ["scale of one value"] = (
                13,
                g => g.Floats("a", [1, 1, 1, 1], -0.5f).Node("Mul", "a x", "y"),
                13,
                g => g.Floats("a", [], -2).Node("Div", "x a", "y")
            ),
            ["limits by maximum and minimum"] = (
                13,
                g => g.Floats("lo", [], -0.5f).Floats("hi", [1], 0.25f).Node("Max", "x lo", "m").Node("Min", "hi m", "y"),
                7,
                g => g.Node("Clip", "x", "y", ("min", -0.5f), ("max", 0.25f))
            ),
            ["pad along given axes"] = (
                18,
                g => g.Ints("p", 1, 2).Ints("a", -1).Floats("v", [], 0.5f).Node("Pad", "x p v a", "y"),
                7,
                g => g.Node("Pad", "x", "y", ("pads", Longs(0, 0, 0, 1, 0, 0, 0, 2)), ("value", 0.5f), ("mode", "constant"))
            ),
            ["there and back"] = (
                13,
                g =>
                    g.Node("Transpose", "x", "t", ("perm", Longs(0, 2, 3, 1)))
                        .Node("Relu", "t", "r")
                        .Node("Transpose", "r", "y", ("perm", Longs(0, 3, 1, 2))),
                13,
                g => g.Node("Relu", "x", "y")
            ),
            ["dropout of old"] = (7, g => g.Node("Dropout", "x", "y"), 13, g => g.Node("Identity", "x", "y")),
            ["dropout with its mask"] = (
                13,
                g => g.Floats("r", [], 0.9f).Node("Dropout", "x r", "y mask"),
                13,
                g => g.Node("Identity", "x", "y")
            ),
            ["branch that nobody reads"] = (
                13,
                g => g.Node("Einsum", "x x", "dead", ("equation", "nchw,nchw->n")).Node("Relu", "x", "y"),
                13,
                g => g.Node("Relu", "x", "y")
            ),

            ["weights in float_data"] = (13, g => Weighted(g, HandMadeGraph.Float, t => Each(t, 4, Weights)), 13, g => Conv(g)),
            ["weights in packed float_data"] = (
                13,
                g => Weighted(g, HandMadeGraph.Float, t => HandMadeGraph.Raw(t, 4, Weights)),
                13,
                g => Conv(g)
            ),
            ["weights of half precision"] = (
                13,
                g => Cast(g, HandMadeGraph.Half, t => t.Bytes(9, MemoryMarshal.AsBytes(Halves.AsSpan()))),
                13,
                g => Conv(g)
            ),
            ["weights of half precision in int32_data"] = (
                13,
                g =>
                    Cast(
                        g,
                        HandMadeGraph.Half,
                        t => HandMadeGraph.Repeated(t, 5, [.. Halves.Select(h => (long)BitConverter.HalfToUInt16Bits(h))])
                    ),
                13,
                g => Conv(g)
            ),
            ["weights of double precision"] = (
                13,
                g => Cast(g, HandMadeGraph.Double, t => t.Bytes(9, MemoryMarshal.AsBytes(Doubles.AsSpan()))),
                13,
                g => Conv(g)
            ),
            ["weights of double precision in double_data"] = (
                13,
                g => Cast(g, HandMadeGraph.Double, t => t.Bytes(10, MemoryMarshal.AsBytes(Doubles.AsSpan()))),
                13,
                g => Conv(g)
            ),
            ["weights of eight bits"] = (
                13,
                g => Quantised(g).Node("DequantizeLinear", "q s z", "w", ("axis", 0)).Node("Conv", "x w", "y"),
                13,
                g =>
                    Quantised(g)
                        .Node("Cast", "q", "f", ("to", HandMadeGraph.Float))
                        .Node("Cast", "z", "fz", ("to", HandMadeGraph.Float))
                        .Ints("column", 6, 1, 1, 1)
                        .Node("Reshape", "s column", "cs")
                        .Node("Reshape", "fz column", "cz")
                        .Node("Sub", "f cz", "d")
                        .Node("Mul", "d cs", "w")
                        .Node("Conv", "x w", "y")
            ),
            ["weights that a Constant holds"] = (
                13,
                g =>
                    g.Node(
                            "Constant",
                            "",
                            "w",
                            (
                                "value",
                                HandMadeGraph.TensorOf([6, Channels, 4, 2], HandMadeGraph.Float, t => HandMadeGraph.Raw(t, 9, Weights))
                            )
                        )
                        .Node("Conv", "x w", "y"),
                13,
                g => Conv(g)
            ),
            ["weights that are made by reshaping"] = (
                13,
                g =>
                    g.Node("Constant", "", "flat", ("value_floats", Weights))
                        .Node("Constant", "", "s", ("value_ints", Longs(6, -1, 4, 2)))
                        .Node("Reshape", "flat s", "w")
                        .Node("Conv", "x w", "y"),
                13,
                g => Conv(g)
            ),
            ["bias of zeros that a ConstantOfShape makes"] = (
                9,
                g => g.Ints("n", 6).Node("ConstantOfShape", "n", "b").Floats("w", [6, Channels, 4, 2], Weights).Node("Conv", "x w b", "y"),
                13,
                g => Conv(g)
            ),

            ["gemm without bias"] = (11, g => Dense(g).Node("Gemm", "v w", "y"), 7, g => Dense(g).Node("MatMul", "v w", "y")),
            ["gemm with one bias"] = (
                13,
                g => Dense(g).Floats("b", [], 0.5f).Node("Gemm", "v w b", "y"),
                13,
                g => Dense(g).Floats("b", [2], 0.5f, 0.5f).Node("MatMul", "v w", "m").Node("Add", "b m", "y")
            ),
            ["gemm with a row of biases"] = (
                13,
                g => Dense(g).Floats("b", [1, 2], 0.5f, -1).Node("Gemm", "v w b", "y", ("beta", 2f)),
                13,
                g => Dense(g).Floats("b", [2], 1, -2).Node("MatMul", "v w", "m").Node("Add", "m b", "y")
            ),
            ["gemm scaled and transposed"] = (
                13,
                g => Dense(g, transposed: true).Node("Gemm", "v w", "y", ("alpha", 0.5f), ("transB", 1)),
                13,
                g => Dense(g).Floats("a", [], 0.5f).Node("MatMul", "v w", "m").Node("Mul", "m a", "y")
            ),
        };

    private static Half[] Halves => [.. Weights.Select(w => (Half)w)];

    private static double[] Doubles => [.. Weights.Select(w => (double)w)];

    public static TheoryData<string> Names => [.. Pairs.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Two_spellings_give_the_same_scores(string name)
    {
        (int opset, Action<HandMadeGraph> body, int otherOpset, Action<HandMadeGraph> other) = Pairs[name];
        float[] scores = Logits(OnnxImport.Read(Model(opset, body)).Network),
            others = Logits(OnnxImport.Read(Model(otherOpset, other)).Network);
        Assert.True(scores.Max() - scores.Min() > 0.1f);
        Assert.Equal(others.Length, scores.Length);
        for (int i = 0; i < scores.Length; i++) Assert.Equal(others[i], scores[i], 2e-5f);
    }

    [Theory]
    [InlineData("Softmax", 7, null)]
    [InlineData("Softmax", 11, null)]
    [InlineData("Softmax", 13, null)]
    [InlineData("Softmax", 13, 1)]
    [InlineData("Softmax", 21, -1)]
    [InlineData("LogSoftmax", 13, 1)]
    public void A_softmax_at_the_end_becomes_the_head_that_our_networks_have(string type, int opset, int? axis)
    {
        Network plain = OnnxImport.Read(Model(opset, g => Dense(g).Node("MatMul", "v w", "y"))).Network;
        (string, object)[] attributes = axis is { } a ? [("axis", a)] : [];
        Network ended = OnnxImport
            .Read(Model(opset, g => Dense(g).Node("MatMul", "v w", "z").Node(type, "z", "y", attributes), flatten: false))
            .Network;
        Assert.Equal(OutputHead.Softmax, ended.Head);
        Assert.Equal(Logits(plain), Logits(ended));
    }

    [Fact]
    public void A_sigmoid_of_one_score_at_the_end_becomes_the_head_of_two_classes()
    {
        Network ended = OnnxImport
            .Read(
                Model(
                    13,
                    g =>
                        g.Node("Flatten", "x", "v")
                            .Floats("w", [Length, 1], RandomValues.Uniform(Length, seed: 5))
                            .Node("MatMul", "v w", "z")
                            .Node("Sigmoid", "z", "y"),
                    flatten: false
                )
            )
            .Network;
        Assert.Equal((OutputHead.Sigmoid, 2), (ended.Head, ended.Classes));
    }

    [Fact]
    public void The_name_of_the_standard_domain_may_be_written_out() =>
        Assert.Equal(
            Logits(OnnxImport.Read(Model(13, g => Conv(g))).Network),
            Logits(OnnxImport.Read(Model(13, g => Conv(g), domain: "ai.onnx")).Network)
        );

    private static byte[] Model(int opset, Action<HandMadeGraph> body, bool flatten = true, string domain = "")
    {
        var graph = new HandMadeGraph(opset, domain);
        graph.Input("x", -1, Channels, Height, Width).Output(flatten ? "scores" : "y", -1, -1);
        body(graph);
        if (flatten) graph.Node("Flatten", "y", "scores");
        return graph.ToArray();
    }

    private static void Conv(HandMadeGraph graph, params (string, object)[] attributes) => Conv(graph, "x", attributes);

    private static void Conv(HandMadeGraph graph, string input, params (string, object)[] attributes)
        => graph.Floats("w", [6, Channels, 4, 2], Weights).Node("Conv", $"{input} w", "y", attributes);

    // Quantised weights q with a scale s and a zero point z an output channel.
    private static HandMadeGraph Quantised(HandMadeGraph graph) =>
        graph
            .Tensor(
                "q",
                [6, Channels, 4, 2],
                HandMadeGraph.UInt8,
                t => t.Bytes(9, Enumerable.Range(0, Weights.Length).Select(i => (byte)(i * 37)).ToArray())
            )
            .Tensor("z", [6], HandMadeGraph.UInt8, t => t.Bytes(9, [100, 120, 128, 131, 140, 150]))
            .Floats("s", [6], 0.001f, 0.002f, 0.003f, 0.004f, 0.005f, 0.006f);

    private static void Weighted(HandMadeGraph graph, int type, Action<ProtobufWriter> data) =>
        graph.Tensor("w", [6, Channels, 4, 2], type, data).Node("Conv", "x w", "y");

    private static void Cast(HandMadeGraph graph, int type, Action<ProtobufWriter> data) =>
        graph
            .Tensor("stored", [6, Channels, 4, 2], type, data)
            .Node("Cast", "stored", "w", ("to", HandMadeGraph.Float))
            .Node("Conv", "x w", "y");

    private static void Pool(HandMadeGraph graph, string type, long kernel, long stride, params (string, object)[] attributes) =>
        Pool(graph, type, kernel, stride, "x", attributes);

    private static void Pool(HandMadeGraph graph, string type, long kernel, long stride, string input, params (string, object)[] attributes)
        => graph.Node(type, input, "y", [("kernel_shape", Longs(kernel, kernel)), ("strides", Longs(stride, stride)), .. attributes]);

    private static void Norm(HandMadeGraph graph, params (string, object)[] attributes) =>
        graph
            .Floats("scale", [Channels], Scale)
            .Floats("shift", [Channels], Shift)
            .Floats("mean", [Channels], 1, 0, -1, 0.5f)
            .Floats("variance", [Channels], 3.75f, 0.75f, 8.75f, 0)
            .Node("BatchNormalization", "x scale shift mean variance", "y", [("epsilon", 0.25f), .. attributes]);

    // What Norm comes to: y = scale (x - mean) / sqrt(variance + epsilon) + shift, the roots being 2, 1, 3 and 0.5.
    private static void Affine(HandMadeGraph graph) =>
        graph
            .Floats("a", [1, Channels, 1, 1], 0.25f, -1.25f, 2 / 3f, 1.5f)
            .Floats("b", [Channels, 1, 1], 0, 1, 2 / 3f - 0.5f, -0.75f)
            .Node("Mul", "x a", "m")
            .Node("Add", "m b", "y");

    private static HandMadeGraph Dense(HandMadeGraph graph, bool transposed = false)
    {
        float[] w = RandomValues.Uniform(Length * 2, seed: 3);
        float[] t = [.. Enumerable.Range(0, w.Length).Select(i => w[i % Length * 2 + i / Length])];
        return graph.Node("Flatten", "x", "v").Floats("w", transposed ? [2, Length] : [Length, 2], transposed ? t : w);
    }

    private static void Each(ProtobufWriter writer, int field, float[] values)
    {
        foreach (float value in values) writer.Float(field, value);
    }

    private static Action<ProtobufWriter> Scalar(float value) =>
        HandMadeGraph.TensorOf([], HandMadeGraph.Float, t => HandMadeGraph.Raw(t, 9, [value]));

    private static long[] Longs(params long[] values) => values;

    private static float[] Logits(Network network)
    {
        using var team = new ThreadTeam(1);
        var session = new InferenceSession(InferencePlan.Compile(network), batch: 3, team);
        RandomValues.Uniform(session.Input.Span.Length, seed: 2).CopyTo(session.Input.Span);
        session.Run();
        return session.Logits.Span.ToArray();
    }
}

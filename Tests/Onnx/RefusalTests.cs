using EmotionMLNet.Onnx;
using EmotionMLNet.Onnx.Import;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Onnx;

/// <summary>What no network can be made of is refused with one line that says where and why, never read as something else.</summary>
public sealed class RefusalTests
{
    // Square, and as many channels as columns: what mixes axes up has the right extents all the same.
    private const int Side = 4, Length = Side * Side * Side;

    // Name -> opset, nodes from x to y, the operator that must be named
    private static readonly Dictionary<string, (int Opset, Action<HandMadeGraph> Body, string Operator)> Unsupported = new()
    {
        ["an operator of another set"] = (13, g => g.Node("com.microsoft::Gelu", "x", "y"), "com.microsoft.Gelu"),
        ["a branch"] = (13, g => g.Tensor("c", [], HandMadeGraph.UInt8, t => t.Bytes(9, [1])).Node("If", "c", "y"), "If"),
        ["a loop over the picture"] = (13, g => g.Node("Loop", "_ _ x", "y"), "Loop"),
        ["one value a column"] = (13, g => g.Floats("c", [Side], 1, 2, 3, 4).Node("Mul", "x c", "y"), "Mul"),
        ["one value a row"] = (13, g => g.Floats("c", [Side, 1], 1, 2, 3, 4).Node("Add", "x c", "y"), "Add"),
        ["a shift a pixel"] = (13, g => g.Floats("c", [1, 1, Side, Side], new float[Side * Side]).Node("Sub", "x c", "y"), "Sub"),
        ["a quotient of pictures"] = (13, g => g.Node("Sigmoid", "x", "s").Node("Div", "x s", "y"), "Div"),
        ["the transposed picture"] = (13, g => g.Node("Transpose", "x", "y", ("perm", (long[])[0, 1, 3, 2])), "Transpose"),
        ["every axis reversed"] = (13, g => g.Node("Transpose", "x", "y"), "Transpose"),
        ["channels taken for rows"] = (13, g => g.Ints("s", 0, Side * Side, Side, 1).Node("Reshape", "x s", "y"), "Reshape"),
        ["half a flattening"] = (13, g => g.Node("Flatten", "x", "y", ("axis", 2)), "Flatten"),
        ["rows joined"] = (13, g => g.Node("Concat", "x x", "y", ("axis", 2)), "Concat"),
        ["rows left out"] = (13, g => g.Ints("b", 1).Ints("e", 4).Ints("a", 2).Node("Slice", "x b e a", "y"), "Slice"),
        ["every second channel"] = (
            13,
            g => g.Ints("b", 0).Ints("e", 4).Ints("a", 1).Ints("s", 2).Node("Slice", "x b e a s", "y"),
            "Slice"
        ),
        ["channels split by columns"] = (13, g => g.Node("Split", "x", "y z", ("axis", 3)), "Split"),
        ["channels in another order"] = (13, g => g.Ints("i", 3, 0, 1, 2).Node("Gather", "x i", "y", ("axis", 1)), "Gather"),
        ["the mean channel"] = (13, g => g.Node("ReduceMean", "x", "y", ("axes", (long[])[1])), "ReduceMean"),
        ["the mean picture"] = (13, g => g.Node("ReduceMean", "x", "y", ("axes", (long[])[0])), "ReduceMean"),
        ["a softmax over columns"] = (13, g => g.Node("Softmax", "x", "s", ("axis", 3)).Node("Relu", "s", "y"), "Softmax"),
        ["a softmax over everything, as it was before opset 13"] = (
            11,
            g => g.Node("Softmax", "x", "s", ("axis", 1)).Node("Relu", "s", "y"),
            "Softmax"
        ),
        ["dilated windows"] = (
            13,
            g => g.Node("MaxPool", "x", "y", ("kernel_shape", (long[])[2, 2]), ("dilations", (long[])[2, 2])),
            "MaxPool"
        ),
        ["windows of three dimensions"] = (13, g => g.Node("MaxPool", "x", "y", ("kernel_shape", (long[])[2, 2, 2])), "MaxPool"),
        ["a convolution of one dimension"] = (
            13,
            g => g.Floats("w", [Side, Side, 1], new float[Side * Side]).Node("Conv", "x w", "y"),
            "Conv"
        ),
        ["weights that depend on the picture"] = (13, g => g.Node("Conv", "x x", "y"), "Conv"),
        ["negative pads"] = (13, g => g.Ints("p", 0, 0, -1, 0, 0, 0, 0, 0).Node("Pad", "x p", "y"), "Pad"),
        ["added channels"] = (13, g => g.Ints("p", 0, 1, 0, 0, 0, 1, 0, 0).Node("Pad", "x p", "y"), "Pad"),
        ["repeated edges"] = (13, g => g.Ints("p", 0, 0, 1, 1, 0, 0, 1, 1).Node("Pad", "x p", "y", ("mode", "edge")), "Pad"),
        ["a norm that learns"] = (
            14,
            g => g.Floats("c", [Side], 1, 2, 3, 4).Node("BatchNormalization", "x c c c c", "y", ("training_mode", 1)),
            "BatchNormalization"
        ),
        ["a matrix of pictures"] = (13, g => g.Floats("w", [Side, Side], new float[Side * Side]).Node("MatMul", "x w", "y"), "MatMul"),
        ["a transposed batch"] = (
            13,
            g => g.Node("Flatten", "x", "v").Floats("w", [1, Side], 1, 2, 3, 4).Node("Gemm", "v w", "y", ("transA", 1)),
            "Gemm"
        ),
        ["whole numbers of a picture"] = (13, g => g.Node("Cast", "x", "y", ("to", HandMadeGraph.Int64)), "Cast"),
    };

    private static readonly Dictionary<string, (HandMadeGraph Graph, string Reason)> Broken = new()
    {
        ["an opset of long ago"] = (Graph(6, g => g.Node("Relu", "x", "y")), "opset 6"),
        ["no opset"] = (Graph(0, g => g.Node("Relu", "x", "y")), "opset 0"),
        ["a name that nobody writes"] = (Graph(13, g => g.Node("Add", "x nothing", "y")), "'nothing'"),
        ["an input left out"] = (Graph(13, g => g.Node("Conv", "x", "y")), "Conv"),
        ["weights for other channels"] = (Graph(13, g => g.Floats("w", [2, 3, 1, 1], 1, 2, 3, 4, 5, 6).Node("Conv", "x w", "y")), "Conv"),
        ["weights that are cut off"] = (Graph(13, g => g.Floats("w", [2, Side, 1, 1], 1, 2, 3).Node("Conv", "x w", "y")), "'w'"),
        ["weights beside the file"] = (
            Graph(13, g => g.Tensor("w", [2, Side, 1, 1], HandMadeGraph.Float, t => t.Int(14, 1)).Node("Conv", "x w", "y")),
            "file of its own"
        ),
        ["a kernel larger than the picture"] = (Graph(13, g => g.Node("MaxPool", "x", "y", ("kernel_shape", (long[])[5, 5]))), "MaxPool"),
        ["nodes in a circle"] = (Graph(13, g => g.Node("Add", "x z", "w").Node("Relu", "w", "z").Node("Relu", "z", "y")), "'z'"),
        ["an output that nobody writes"] = (Graph(13, g => g.Node("Relu", "x", "z"), flatten: false), "'y'"),
        ["an output that is always the same"] = (
            Graph(13, g => g.Floats("c", [2], 1, 2).Node("Identity", "c", "y"), flatten: false),
            "'y'"
        ),
        ["a picture for a picture"] = (Graph(13, g => g.Node("Relu", "x", "y"), flatten: false), "no classifier"),
        ["labels that do not exclude one another"] = (
            Graph(13, g => g.Node("Flatten", "x", "v").Node("Sigmoid", "v", "y"), flatten: false),
            "sigmoids"
        ),
        ["one score"] = (
            Graph(
                13,
                g => g.Floats("w", [Length, 1], new float[Length]).Node("Flatten", "x", "v").Node("MatMul", "v w", "y"),
                flatten: false
            ),
            "no classifier"
        ),
        ["an unknown side"] = (new HandMadeGraph(13).Input("x", -1, 3, -1, 4).Output("y", -1, -1).Node("Flatten", "x", "y"), "height"),
        ["unknown channels"] = (new HandMadeGraph(13).Input("x", -1, -1, 4, 4).Output("y", -1, -1).Node("Flatten", "x", "y"), "channels"),
        ["an input that is no picture"] = (new HandMadeGraph(13).Input("x", -1, 3).Output("y", -1, -1).Node("Relu", "x", "y"), "'x'"),
        ["two inputs"] = (
            new HandMadeGraph(13).Input("x", -1, 3, 4, 4).Input("mask", -1, 3, 4, 4).Output("y", -1, -1).Node("Mul", "x mask", "y"),
            "'mask'"
        ),
        ["no output"] = (new HandMadeGraph(13).Input("x", -1, 3, 4, 4).Node("Flatten", "x", "y"), "output"),
        ["nothing"] = (new HandMadeGraph(13), "without nodes"),
    };

    public static TheoryData<string> UnsupportedNames => [.. Unsupported.Keys];

    public static TheoryData<string> BrokenNames => [.. Broken.Keys];

    [Theory]
    [MemberData(nameof(UnsupportedNames))]
    public void A_use_of_an_operator_that_has_no_layer_is_named(string name)
    {
        (int opset, Action<HandMadeGraph> body, string type) = Unsupported[name];
        var refused = Assert.Throws<UnsupportedOnnxException>(() => OnnxImport.Read(Graph(opset, body).ToArray()));
        Assert.Contains($"operator {type} at node 'node of ", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"opset {opset}", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [MemberData(nameof(BrokenNames))]
    public void A_graph_that_is_no_classifier_of_pictures_is_refused_with_the_reason(string name)
    {
        (HandMadeGraph graph, string reason) = Broken[name];
        var refused = Assert.Throws<OnnxFormatException>(() => OnnxImport.Read(graph.ToArray()));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void A_size_other_than_the_graphs_own_is_refused()
    {
        byte[] model = Graph(13, g => g.Node("Relu", "x", "y")).ToArray();
        Assert.Equal(Side, OnnxImport.Read(model, (Side, Side)).Network.InputShape.Width);
        Assert.Contains(
            "width",
            Assert.Throws<OnnxFormatException>(() => OnnxImport.Read(model, (Side, 9))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Broken_files_of_others_end_in_one_of_two_exceptions()
    {
        byte[] whole = Everything().ToArray();
        Assert.NotNull(OnnxImport.Read(whole).Network);
        var random = new Random(1);
        int read = 0;
        for (int i = 0; i < 6000; i++)
        {
            byte[] broken = i % 4 == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
            for (int k = 0; k < 1 + i % 3 && broken.Length > 0; k++) broken[random.Next(broken.Length)] = (byte)random.Next(256);
            try
            {
                OnnxImport.Read(broken);
                read++;
            }
            catch (Exception e) when (e is OnnxFormatException or UnsupportedOnnxException)
            {
                Assert.NotEmpty(e.Message);
            }
        }
        Assert.InRange(read, 10, 5000); // some bytes are names or weights
    }

    // One graph with most operators in it, small enough that a random byte is often one that matters.
    private static HandMadeGraph Everything() =>
        Graph(
            13,
            g =>
                g.Floats("w", [4, 2, 2, 2], RandomValues.Uniform(32, seed: 1))
                    .Floats("c", [Side], 1, 2, 3, 4)
                    .Node("Conv", "x w c", "a", ("group", 2), ("pads", (long[])[0, 0, 1, 1]), ("strides", (long[])[1, 1]))
                    .Node("BatchNormalization", "a c c c c", "b")
                    .Node("Relu", "b", "r")
                    .Node("GlobalAveragePool", "r", "p")
                    .Node("HardSigmoid", "p", "h")
                    .Node("Mul", "h r", "m")
                    .Node("Shape", "m", "s")
                    .Ints("zero", 0)
                    .Ints("two", 2)
                    .Ints("rest", 2, 4, 4)
                    .Node("Gather", "s zero", "n")
                    .Node("Concat", "n two rest", "grouped", ("axis", 0))
                    .Node("Reshape", "m grouped", "g")
                    .Node("Transpose", "g", "t", ("perm", (long[])[0, 2, 1, 3, 4]))
                    .Ints("back", 0, 4, 4, 4)
                    .Node("Reshape", "t back", "f")
                    .Node("Split", "f", "f1 f2", ("axis", 1))
                    .Node("Concat", "f2 f1", "j", ("axis", 1))
                    .Node("Add", "j x", "q")
                    .Ints("borders", 0, 0, 1, 0, 0, 0, 0, 1)
                    .Node("Pad", "q borders", "u")
                    .Node("MaxPool", "u", "y", ("kernel_shape", (long[])[2, 2]), ("strides", (long[])[2, 2]), ("ceil_mode", 1))
        );

    private static HandMadeGraph Graph(int opset, Action<HandMadeGraph> body, bool flatten = true)
    {
        HandMadeGraph graph = new HandMadeGraph(opset).Input("x", -1, Side, Side, Side).Output(flatten ? "scores" : "y", -1, -1);
        body(graph);
        return flatten ? graph.Node("Flatten", "y", "scores") : graph;
    }
}

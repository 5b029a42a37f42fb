using EmotionMLNet.Training.Options;
using EmotionMLNet.Onnx;

namespace EmotionMLNet.Benchmarks.Fuzzing.Families;

/// <summary>Small classifiers as other programs spell them: each operator that is read stands in one of them.</summary>
internal static class ForeignGraphs
{
    private const string OtherProducer = "Other tool .";

    public static IEnumerable<byte[]> All()
    {
        yield return Plain();
        yield return Mobile();
        yield return Shaped();
        yield return LastChannels();
        yield return Packed();
    }

    private static byte[] Plain()
    {
        GraphWriter g = Start(13, "x", 3);
        g.Tensor("conv.weight", [4, 3, 3, 3], Values(108));
        g.Tensor("conv.bias", [4], Values(4));
        foreach (string name in new[] { "scale", "shift", "mean", "var" }) g.Tensor(name, [4], [1, 0.5f, 0.25f, 2]);
        g.Tensor("fc.weight", [3, 36], Values(108));
        g.Tensor("fc.bias", [3], Values(3));
        g.Node(
            "Conv",
            ["x", "conv.weight", "conv.bias"],
            "c",
            new("kernel_shape", 3, 3),
            new("pads", 1, 1, 1, 1),
            new("strides", 1, 1),
            new("dilations", 1, 1),
            new("group", 1)
        );
        g.Node("BatchNormalization", ["c", "scale", "shift", "mean", "var"], "n", new OnnxAttribute("epsilon", 1e-5f));
        g.Node("Relu", ["n"], "r");
        g.Node("MaxPool", ["r"], "m", new("kernel_shape", 3, 3), new("strides", 3, 3), new OnnxAttribute("auto_pad", "SAME_UPPER"));
        g.Node("Flatten", ["m"], "f", new OnnxAttribute("axis", 1));
        g.Node("Dropout", ["f"], "d");
        g.Node("Gemm", ["d", "fc.weight", "fc.bias"], "logits", new("alpha", 1f), new("beta", 1f), new("transB", 1));
        g.Node("Softmax", ["logits"], "y", new OnnxAttribute("axis", 1));
        return Finish(g, 3);
    }

    private static byte[] Mobile()
    {
        GraphWriter g = Start(13, "x", 3);
        g.Tensor("w1", [4, 3, 1, 1], Values(12));
        g.Tensor("w2", [4, 1, 3, 3], Values(36));
        g.Tensor("w3", [4, 4, 1, 1], Values(16));
        g.Tensor("w4", [4, 3], Values(12));
        g.Tensor("b4", [3], Values(3));
        g.Tensor("affine", [1, 3, 1, 1], [0.5f, 0.4f, 0.3f]);
        g.Scalar("low", 0);
        g.Scalar("high", 6);
        g.Scalar("three", 3);
        g.Tensor("axes", 2L, 3L);
        g.Node("Sub", ["x", "affine"], "s");
        g.Node("Div", ["s", "affine"], "v");
        g.Node("Conv", ["v", "w1"], "c1");
        g.Node("Clip", ["c1", "low", "high"], "k");
        g.Node("Conv", ["k", "w2"], "c2", new("group", 4), new("pads", 1, 1, 1, 1), new("strides", 2, 2));
        g.Node("Add", ["c2", "three"], "p");
        g.Node("Max", ["p", "low"], "p0");
        g.Node("Min", ["p0", "high"], "p6");
        g.Node("Mul", ["c2", "p6"], "h0");
        g.Node("Div", ["h0", "high"], "h");
        g.Node("GlobalAveragePool", ["h"], "q");
        g.Node("Conv", ["q", "w3"], "e");
        g.Node("HardSigmoid", ["e"], "a", new("alpha", 0.1666667f), new("beta", 0.5f));
        g.Node("Mul", ["h", "a"], "g");
        g.Node("HardSwish", ["g"], "gs");
        g.Node("Sigmoid", ["gs"], "sg");
        g.Node("Mul", ["gs", "sg"], "silu");
        g.Node("ReduceMean", ["silu"], "mean", new("axes", 2, 3), new("keepdims", 0));
        g.Node("MatMul", ["mean", "w4"], "mm");
        g.Node("Add", ["mm", "b4"], "logits");
        g.Node("Neg", ["logits"], "neg");
        g.Node("Neg", ["neg"], "again");
        g.Node("Softmax", ["again"], "y", new OnnxAttribute("axis", -1));
        return Finish(g, 3);
    }

    private static byte[] Shaped()
    {
        GraphWriter g = Start(13, "x", 3);
        g.Tensor("w0", [4, 3, 1, 1], Values(12));
        g.Tensor("zero", 0L);
        g.Tensor("one", 1L);
        g.Tensor("end", 99L);
        g.Tensor("minus", -1L);
        g.Tensor("halves", 2L, 2L);
        g.Tensor("two", 2L);
        g.Tensor("pads", 0L, 0L, 1L, 1L, 0L, 0L, 1L, 1L);
        g.Tensor("groups", 0L, 2L, 2L, 10L, 10L);
        g.Tensor("back", 0L, 4L, 10L, 10L);
        g.Tensor("w", [16, 2], Values(32));
        g.Scalar("fill", 0.1f);
        g.Node("Conv", ["x", "w0"], "wide");
        g.Node("Pad", ["wide", "pads", "fill"], "padded", new OnnxAttribute("mode", "constant"));
        g.Node("Reshape", ["padded", "groups"], "grouped");
        g.Node("Transpose", ["grouped"], "dealt", new OnnxAttribute("perm", 0, 2, 1, 3, 4));
        g.Node("Reshape", ["dealt", "back"], "shuffled");
        g.Node("Split", ["shuffled", "halves"], "a", new OnnxAttribute("axis", 1));
        g.Node("Slice", ["shuffled", "zero", "two", "one", "one"], "front");
        g.Node("Slice", ["shuffled", "two", "end", "one", "one"], "behind");
        g.Node("Concat", ["behind", "front"], "joined", new OnnxAttribute("axis", 1));
        g.Node("AveragePool", ["joined"], "mean", new("kernel_shape", 5, 5), new("strides", 5, 5), new("count_include_pad", 1));
        g.Node("Shape", ["mean"], "shape");
        g.Node("Gather", ["shape", "zero"], "n", new OnnxAttribute("axis", 0));
        g.Node("Cast", ["n"], "n64", new OnnxAttribute("to", 7));
        g.Node("Unsqueeze", ["minus", "zero"], "u");
        g.Node("Squeeze", ["u", "zero"], "rest");
        g.Node("Add", ["rest", "zero"], "rest0");
        g.Node("Concat", ["n64", "rest0"], "target", new OnnxAttribute("axis", 0));
        g.Node("Reshape", ["mean", "target"], "flat");
        g.Node("ConstantOfShape", ["one"], "zeros");
        g.Node("Expand", ["zeros", "one"], "more");
        g.Node("Identity", ["flat"], "same");
        g.Node("Add", ["same", "more"], "moved");
        g.Node("Gemm", ["moved", "w"], "logits");
        g.Node("Identity", ["logits"], "y");
        return Finish(g, 2);
    }

    private static byte[] LastChannels()
    {
        var g = new GraphWriter(11);
        g.Input("x", ElementType.Float, "N", 8, 8, 3);
        g.Tensor("w", [4, 3, 3, 3], Values(108));
        g.Tensor("fc", [4, 1], Values(4));
        g.Tensor("b", [1], [0.1f]);
        g.Scalar("scale", 0.0078f);
        g.Scalar("two", 2);
        g.Node("Mul", ["x", "scale"], "scaled");
        g.Node("Transpose", ["scaled"], "first", new OnnxAttribute("perm", 0, 3, 1, 2));
        g.Node("Conv", ["first", "w"], "c", new("strides", 2, 2), new OnnxAttribute("auto_pad", "VALID"));
        g.Node("Relu", ["c"], "r");
        g.Node("GlobalMaxPool", ["r"], "m");
        g.Node("Squeeze", ["m"], "q", new OnnxAttribute("axes", 2, 3));
        g.Node("Pow", ["scale", "two"], "p");
        g.Node("Sqrt", ["p"], "s");
        g.Node("Reciprocal", ["s"], "i");
        g.Node("Floor", ["i"], "fl");
        g.Node("Mul", ["q", "fl"], "z");
        g.Node("Gemm", ["z", "fc", "b"], "l");
        g.Node("Sigmoid", ["l"], "y");
        return Finish(g, 1);
    }

    private static byte[] Packed()
    {
        GraphWriter g = Start(13, "x", 1);
        g.Tensor("q", ElementType.Int8, [2, 1, 3, 3], [.. Enumerable.Range(0, 18).Select(i => (byte)(i * 13))]);
        g.Tensor("qs", [2], [0.1f, 0.2f]);
        g.Tensor("qz", ElementType.Int8, [2], [0, 0]);
        g.Constant("half", ElementType.Float16, [2, 2], [0, 0x3C, 0, 0x40, 0, 0xBC, 0, 0x38]);
        g.Tensor("start", 0L);
        g.Tensor("two", 2L);
        g.Node("DequantizeLinear", ["q", "qs", "qz"], "w", new OnnxAttribute("axis", 0));
        g.Node("Conv", ["x", "w"], "c");
        g.Node("Cast", ["half"], "wide", new OnnxAttribute("to", 1));
        g.Node("Transpose", ["wide"], "turned", new OnnxAttribute("perm", 1, 0));
        g.Node("ReduceMean", ["c"], "m", new("axes", -2, -1), new("keepdims", 1));
        g.Node("Reshape", ["m", "two2"], "v");
        g.Tensor("two2", -1L, 2L);
        g.Node("MatMul", ["v", "turned"], "l");
        g.Node("Where", ["yes", "turned", "wide"], "unused");
        g.Node("Softmax", ["l"], "soft", new OnnxAttribute("axis", 1));
        g.Node("Log", ["soft"], "y");
        g.Tensor("yes", ElementType.Bool, [1], [1]);
        return Finish(g, 2);
    }

    private static GraphWriter Start(int opset, string input, int channels)
    {
        var g = new GraphWriter(opset);
        g.Input(input, ElementType.Float, "N", channels, TinyNetworks.Side, TinyNetworks.Side);
        return g;
    }

    private static float[] Values(int count) => [.. Enumerable.Range(0, count).Select(i => (i * 37 % 101 - 50) / 100f)];

    // The producer tells whose file it is; both names have twelve letters, so no length changes.
    private static byte[] Finish(GraphWriter g, int classes)
    {
        g.Output("y", ElementType.Float, "N", classes);
        byte[] file = g.Build([], []).ToArray();
        System.Text.Encoding.ASCII.GetBytes(OtherProducer).CopyTo(file.AsSpan(file.AsSpan().IndexOf("EmotionMLNet"u8)));
        return file;
    }
}

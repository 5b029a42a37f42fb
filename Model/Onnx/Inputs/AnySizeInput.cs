using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Onnx.Inputs;

/// <summary>
/// "input", uint8 [N, H, W, 3] of any size, RGB: the resize is inside the graph, by Resize with antialias, which filters as Pillow does.
/// </summary>
/// <remarks>Needs opset 18. Two free dimensions rule ML.NET out; its zip has a front of its own, <see cref="FixedSizeInput"/>.</remarks>
internal sealed class AnySizeInput() : InputStage("input")
{
    public override int Opset => 18;

    public override string Write(GraphWriter graph, ImagePreprocessing preprocessing)
    {
        (long height, long width) = (preprocessing.Height, preprocessing.Width);
        graph.Input(Name, ElementType.UInt8, "N", "H", "W", 3);
        string planes = Planes(graph, Name, preprocessing.Channels);
        // As bytes, so that each of the two passes rounds as it does in Pillow; without what lies outside, as Pillow weighs its borders.
        string bytes = graph.Node("Cast", [planes], "preprocess.planes.bytes", new OnnxAttribute("to", (long)ElementType.UInt8));
        string policy = preprocessing.Resize switch
        {
            ResizeMode.CentreCrop => "not_smaller",
            ResizeMode.Pad => "not_larger",
            _ => "stretch",
        };
        graph.Node(
            "Resize",
            [bytes, "", "", graph.Tensor("preprocess.sizes", height, width)],
            "preprocess.bytes",
            new("mode", "linear"),
            new("antialias", 1),
            new("exclude_outside", 1),
            new("coordinate_transformation_mode", "half_pixel"),
            new("axes", [2, 3]),
            new("keep_aspect_ratio_policy", policy)
        );
        string resized = graph.Node(
            "Cast",
            ["preprocess.bytes"],
            "preprocess.resized.samples",
            new OnnxAttribute("to", (long)ElementType.Float)
        );
        return policy == "stretch" ? resized : Centre(graph, resized, height, width, preprocessing.PadValue, pad: policy == "not_larger");
    }

    // Half of what is too much or too little goes to each side, rounded to even as Pillow's ImageOps does.
    private static string Centre(GraphWriter graph, string from, long height, long width, byte value, bool pad)
    {
        graph.Tensor("preprocess.wanted", height, width);
        graph.Node("Shape", [from], "preprocess.actual", new OnnxAttribute("start", 2));
        string[] between = pad ? ["preprocess.wanted", "preprocess.actual"] : ["preprocess.actual", "preprocess.wanted"];
        string surplus = graph.Node("Sub", between, "preprocess.surplus");
        string fraction = graph.Node(
            "Mul",
            [
                graph.Node("Cast", [surplus], "preprocess.surplus.float", new OnnxAttribute("to", (long)ElementType.Float)),
                graph.Scalar("preprocess.half", 0.5f),
            ],
            "preprocess.share"
        );
        string before = graph.Node(
            "Cast",
            [graph.Node("Round", [fraction], "preprocess.share.whole")],
            "preprocess.before",
            new OnnxAttribute("to", (long)ElementType.Int64)
        );
        graph.Tensor("preprocess.axes", 2, 3);
        if (!pad)
        {
            string end = graph.Node("Add", [before, "preprocess.wanted"], "preprocess.end");
            return graph.Node("Slice", [from, before, end, "preprocess.axes"], "preprocess.resized");
        }
        string behind = graph.Node("Sub", [surplus, before], "preprocess.behind");
        string borders = graph.Node("Concat", [before, behind], "preprocess.borders", new OnnxAttribute("axis", 0));
        return graph.Node("Pad", [from, borders, graph.Scalar("preprocess.value", value), "preprocess.axes"], "preprocess.resized");
    }
}

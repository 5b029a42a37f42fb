using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Onnx.Inputs;

/// <summary>
/// What ML.NET's pixel extractor hands over: uint8 [N, scale·H, scale·W, 3], RGB, brought to network size by the same triangle filter
/// that <see cref="ImagePreprocessing"/> uses.
/// </summary>
/// <remarks>
/// ML.NET's own resize takes the nearest pixel, so reducing a photograph to network size there loses the label of one in eight. It is
/// therefore asked for a larger picture, and the reduction is done here. A picture that had network size before comes as blocks of
/// scale x scale equal pixels: a channel in which every block is constant is taken as it is, so that such pictures are not blurred.
/// docs/model-zip.md has the measured agreement.
/// </remarks>
internal sealed class FixedSizeInput : InputStage
{
    /// <summary>ML.NET's side of the resize is at most this many pixels: larger costs time there and brings no agreement.</summary>
    private const int LargestSide = 1024;

    private readonly int scale;

    /// <param name="name">The name of the input.</param>
    /// <param name="scale">The scale from <see cref="ScaleFor"/>, or 1 for pictures at network size.</param>
    public FixedSizeInput(string name, int scale) : base(name) => this.scale = scale;

    /// <summary>
    /// The largest power of two that keeps both sides within 1024; 1 for crop and pad, whose ML.NET counterparts filter by themselves.
    /// </summary>
    public static int ScaleFor(ImagePreprocessing preprocessing)
    {
        int side = Math.Max(preprocessing.Width, preprocessing.Height), scale = 1;
        while (preprocessing.Resize == ResizeMode.Stretch && 2 * scale * side <= LargestSide) scale *= 2;
        return scale;
    }

    public override string Write(GraphWriter graph, ImagePreprocessing preprocessing)
    {
        int channels = preprocessing.Channels;
        graph.Input(Name, ElementType.UInt8, "N", scale * preprocessing.Height, scale * preprocessing.Width, 3);
        string planes = Planes(graph, Name, channels);
        if (scale == 1) return planes;

        string blocks = graph.Node(
            "MaxPool",
            [planes],
            "preprocess.blocks",
            new("kernel_shape", scale, scale),
            new("strides", scale, scale)
        );
        string negative = graph.Node("Neg", [planes], "preprocess.negative");
        string lowest = graph.Node(
            "MaxPool",
            [negative],
            "preprocess.lowest",
            new("kernel_shape", scale, scale),
            new("strides", scale, scale)
        ); // -min
        string range = graph.Node("GlobalMaxPool", [graph.Node("Add", [blocks, lowest], "preprocess.ranges")], "preprocess.range");
        string constant = graph.Node("Equal", [range, graph.Scalar("preprocess.zero", 0)], "preprocess.constant");

        graph.Scalar("preprocess.half", 0.5f);
        string columns = Reduce(graph, planes, "preprocess.columns", channels, preprocessing.Width, horizontal: true);
        string rows = Reduce(graph, columns, "preprocess.rows", channels, preprocessing.Height, horizontal: false);
        return graph.Node("Where", [constant, blocks, rows], "preprocess.resized");
    }

    /// <summary>
    /// A triangle of half-width scale around the middle of each output pixel, normalised over what lies inside, rounded half up: Pillow's
    /// BILINEAR.
    /// </summary>
    private string Reduce(GraphWriter graph, string from, string name, int channels, int size, bool horizontal)
    {
        // Samples j + 1/2 against the centre (i + 1/2) · scale: with an even scale, 2 · scale of them, the first scale / 2 before the
        // block.
        var kernel = new float[2 * scale];
        for (int j = 0; j < kernel.Length; j++) kernel[j] = (float)((scale - Math.Abs(j + 0.5 - scale)) / (scale * (double)scale));
        long[] window = horizontal ? [1, 2 * scale] : [2 * scale, 1], step = horizontal ? [1, scale] : [scale, 1];
        long half = scale / 2;
        graph.Tensor($"{name}.kernel", [channels, 1, .. window], [.. Enumerable.Repeat(kernel, channels).SelectMany(k => k)]);
        graph.Node("Conv", [from, $"{name}.kernel"], $"{name}.sum", new("kernel_shape", window), new("strides", step),
            new("pads", horizontal ? [0, half, 0, half] : [half, 0, half, 0]), new("group", channels));

        // At the borders the part of the triangle that lies outside is missing, and the rest counts for more.
        float inside = kernel.Skip((int)half).Sum();
        var share = new float[size];
        for (int i = 0; i < size; i++) share[i] = 1 / (1 - (i == 0 ? 1 - inside : 0) - (i == size - 1 ? 1 - inside : 0));
        graph.Tensor($"{name}.share", horizontal ? [1, 1, 1, size] : [1, 1, size, 1], share);
        string whole = graph.Node("Mul", [$"{name}.sum", $"{name}.share"], $"{name}.whole");
        return graph.Node("Floor", [graph.Node("Add", [whole, "preprocess.half"], $"{name}.up")], name);
    }
}

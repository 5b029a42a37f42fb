using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Onnx.Inputs;

/// <summary>
/// What ML.NET's stock steps can hand over of a picture of any size: its nearest pixels (their <c>Fill</c>), uint8 [N, 4, S, S], alpha and
/// red, green and blue multiplied with it. The graph lays them over white, finds the picture's own columns and rows among them
/// (<see cref="SampledGrid"/>) and reduces these with the triangle filter of <see cref="Imaging.Resize"/>.
/// </summary>
/// <remarks>
/// A picture with at most S columns and rows comes out as <see cref="ImagePreprocessing"/> makes it, but for a rounding now and then.
/// docs/model-zip.md has the measured agreement, and what S costs.
/// </remarks>
/// <param name="name">The name of the input.</param>
internal sealed class SampledPictureInput(string name) : InputStage(name)
{
    // S of all networks but very large ones. ML.NET's and our time grow with its square; a smaller one loses pixels of more pictures.
    private const int UsualSide = 768;

    // Rows are taken a band at a time, so that floats stay in the cache between the nodes.
    private const int Band = 64;

    /// <summary>S: never smaller than the network, so that a picture of its size comes through.</summary>
    public static int SideFor(ImagePreprocessing preprocessing)
        => Math.Max(UsualSide, (Math.Max(preprocessing.Width, preprocessing.Height) + Band - 1) / Band * Band);

    public override string Write(GraphWriter graph, ImagePreprocessing preprocessing)
    {
        int side = SideFor(preprocessing);
        graph.Input(Name, ElementType.UInt8, "N", 4, side, side);
        (string[] bands, string columnSums, string rowSums) = Luma(graph, side);
        var grid = new SampledGrid(graph, side);
        (string width, string height) = grid.Count(columnSums, rowSums);

        // Columns first, rounded to whole samples, then rows: as Pillow does.
        string columns = grid.Weights("preprocess.columns", width, preprocessing.Width);
        string across = graph.Node("Transpose", [columns], "preprocess.columns.across", new OnnxAttribute("perm", 0, 1, 3, 2));
        graph.Scalar("preprocess.half", 0.5f);
        var narrow = new string[bands.Length];
        for (int i = 0; i < bands.Length; i++)
        {
            string band = preprocessing.Channels == 1 ? bands[i] : Colours(graph, i);
            narrow[i] = Round(graph, graph.Node("MatMul", [band, across], $"preprocess.narrow.{i}.sum"), $"preprocess.narrow.{i}");
        }
        string whole = graph.Node("Concat", narrow, "preprocess.narrow", new OnnxAttribute("axis", 2)); // [N, C, S, W]
        string rows = grid.Weights("preprocess.rows", height, preprocessing.Height);
        return Round(graph, graph.Node("MatMul", [rows, whole], "preprocess.small"), "preprocess.resized");
    }

    /// <summary>
    /// The luma of the samples over white, in bands [N, 1, Band, S], and weighted sums over its columns and rows, [N, 1, 1, S].
    /// </summary>
    private (string[] Bands, string ColumnSums, string RowSums) Luma(GraphWriter graph, int side)
    {
        // Over white, a sample multiplied with its alpha has 255 - alpha more. All are multiples of 2^-16 below 2^8: floats hold products
        // and sums exactly, in any order. Rounded to nearest, as Imaging.Luma does.
        graph.Tensor("preprocess.luma.weights", [1, 4], [-1, 19595f / 65536, 38470f / 65536, 7471f / 65536]);
        graph.Scalar("preprocess.luma.white", 255.5f);
        graph.Tensor("preprocess.flat", 0, 4, -1);
        graph.Tensor("preprocess.band", 0, 1, Band, side);
        graph.Tensor("preprocess.line", 0, 1, 1, side);
        graph.Tensor("preprocess.row.axis", 2);
        float[] weights = SampledGrid.SumWeights(side);
        graph.Tensor("preprocess.sum.columns", [side, 1], weights);
        string[] bands = new string[side / Band], columnSums = new string[bands.Length], rowSums = new string[bands.Length];
        for (int i = 0; i < bands.Length; i++)
        {
            string name = $"preprocess.luma.{i}";
            string flat = graph.Node("Reshape", [Samples(graph, i, "samples"), "preprocess.flat"], $"{name}.flat");
            string sum = graph.Node("MatMul", ["preprocess.luma.weights", flat], $"{name}.sum"); // a convolution takes ten times as long
            string luma = graph.Node("Floor", [graph.Node("Add", [sum, "preprocess.luma.white"], $"{name}.up")], $"{name}.line");
            bands[i] = graph.Node("Reshape", [luma, "preprocess.band"], name);
            graph.Tensor($"preprocess.sum.rows.{i}", [1, Band], weights[(i * Band)..((i + 1) * Band)]);
            columnSums[i] = graph.Node("MatMul", [$"preprocess.sum.rows.{i}", bands[i]], $"{name}.columns"); // [N, 1, 1, S]
            rowSums[i] = graph.Node("MatMul", [bands[i], "preprocess.sum.columns"], $"{name}.rows"); // [N, 1, Band, 1]
        }
        string rows = graph.Node("Concat", rowSums, "preprocess.sums.rows.column", new OnnxAttribute("axis", 2));
        string line = graph.Node("Reshape", [rows, "preprocess.line"], "preprocess.sums.rows");
        return (bands, graph.Node("Sum", columnSums, "preprocess.sums.columns"), line);
    }

    // A band of the colours over white, [N, 3, Band, S].
    private string Colours(GraphWriter graph, int band)
    {
        string name = $"preprocess.colours.{band}", samples = Samples(graph, band, "band");
        string alpha = Channels("alpha", 0, 1), multiplied = Channels("multiplied", 1, 4);
        string clear = graph.Node("Sub", [graph.Scalar($"{name}.opaque", 255), alpha], $"{name}.clear");
        return graph.Node("Add", [multiplied, clear], name);

        string Channels(string what, long first, long end) => graph.Node(
            "Slice",
            [
                samples,
                graph.Tensor($"{name}.{what}.first", first),
                graph.Tensor($"{name}.{what}.end", end),
                graph.Tensor($"{name}.{what}.axis", 1),
            ],
            $"{name}.{what}"
        );
    }

    // A band of the input in floats, [N, 4, Band, S].
    private string Samples(GraphWriter graph, int band, string name)
    {
        name = $"preprocess.{name}.{band}";
        graph.Tensor($"{name}.first", band * Band);
        graph.Tensor($"{name}.end", (band + 1) * Band);
        string bytes = graph.Node("Slice", [Name, $"{name}.first", $"{name}.end", "preprocess.row.axis"], $"{name}.bytes");
        return graph.Node("Cast", [bytes], name, new OnnxAttribute("to", (long)ElementType.Float));
    }

    private static string Round(GraphWriter graph, string value, string name)
        => graph.Node("Floor", [graph.Node("Add", [value, "preprocess.half"], $"{name}.up")], name);
}

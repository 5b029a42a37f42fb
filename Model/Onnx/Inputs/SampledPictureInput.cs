using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Onnx.Inputs;

/// <summary>
/// What ML.NET's stock steps can hand over of a picture of any size: its nearest pixels (their <c>Fill</c>), uint8 [N, 3, S, S], red,
/// green and blue with premultiplied alpha, and the alpha itself, uint8 [N, 1, A, A]. The graph lays them over white, finds the picture's
/// own columns and rows among them (<see cref="SampledGrid"/>) and reduces these with the triangle filter of <see cref="Imaging.Resize"/>.
/// </summary>
/// <remarks>
/// A picture with at most S columns and rows comes out as <see cref="ImagePreprocessing"/> makes it, but for a rounding now and then; of a
/// transparent one, at most A. docs/model-zip.md has the measured agreement, and what S and A cost.
/// </remarks>
/// <param name="name">The name of the input for the colours; that of the alpha is <see cref="AlphaName"/>.</param>
internal sealed class SampledPictureInput(string name) : InputStage(name)
{
    // S of all networks but very large ones. ML.NET's and our time grow with its square; a smaller one loses pixels of more pictures.
    private const int UsualSide = 768;

    // A likewise. Few pictures are transparent, and an alpha as large as the colours would cost a fifth more.
    private const int UsualAlphaSide = 512;

    /// <summary>The name of the input for the alpha.</summary>
    public string AlphaName => AlphaNameOf(Name);

    /// <summary>S: never smaller than the network, so that a picture of its size comes through.</summary>
    public static int SideFor(ImagePreprocessing preprocessing)
        => Math.Max(UsualSide, (Math.Max(preprocessing.Width, preprocessing.Height) + Band - 1) / Band * Band);

    /// <summary>A.</summary>
    public static int AlphaSideFor(ImagePreprocessing preprocessing)
        => Math.Max(UsualAlphaSide, Math.Max(preprocessing.Width, preprocessing.Height));

    // Rows are taken a band at a time, so that floats stay in the cache between the nodes.
    private const int Band = 64;

    /// <summary>The name of the input for the alpha beside one for the colours.</summary>
    public static string AlphaNameOf(string name) => name + "Alpha";

    public override string Write(GraphWriter graph, ImagePreprocessing preprocessing)
    {
        int side = SideFor(preprocessing), alphaSide = AlphaSideFor(preprocessing);
        graph.Input(Name, ElementType.UInt8, "N", 3, side, side);
        graph.Input(AlphaName, ElementType.UInt8, "N", 1, alphaSide, alphaSide);
        int channels = preprocessing.Channels;
        (string[] bands, string columnSums, string rowSums) = Luma(graph, side);
        var grid = new SampledGrid(graph, "preprocess.grid", side);
        (string width, string height) = grid.Count(columnSums, rowSums);

        // Columns first, rounded to whole samples, then rows: as Pillow does.
        string across = Across(graph, "preprocess.columns", grid.Weights("preprocess.columns", width, preprocessing.Width));
        graph.Scalar("preprocess.half", 0.5f);
        var narrow = new string[bands.Length];
        for (int i = 0; i < bands.Length; i++)
        {
            string band = channels == 1 ? bands[i] : Samples(graph, i, "colours");
            string sum = graph.Node("MatMul", [band, across], $"preprocess.narrow.{i}.sum");
            narrow[i] = Round(graph, sum, $"preprocess.narrow.{i}");
        }
        string whole = graph.Node("Concat", narrow, "preprocess.narrow", new OnnxAttribute("axis", 2)); // [N, C, S, W]
        string rows = grid.Weights("preprocess.rows", height, preprocessing.Height);
        string small = graph.Node("MatMul", [rows, whole], "preprocess.small");
        string white = graph.Node("Add", [small, White(graph, alphaSide, width, height, preprocessing)], "preprocess.white");
        return Round(graph, white, "preprocess.resized");
    }

    /// <summary>The luma of the samples, in bands [N, 1, Band, S], and weighted sums over its columns and rows, [N, 1, 1, S].</summary>
    private (string[] Bands, string ColumnSums, string RowSums) Luma(GraphWriter graph, int side)
    {
        // Multiples of 2^-16 below 2^8: floats hold products and sums exactly, in any order. Rounded to nearest, as Imaging.Luma does.
        graph.Tensor("preprocess.luma.weights", [1, 3], [19595f / 65536, 38470f / 65536, 7471f / 65536]);
        graph.Scalar("preprocess.luma.half", 0.5f);
        graph.Tensor("preprocess.flat", 0, 3, -1);
        graph.Tensor("preprocess.band", 0, 1, Band, side);
        graph.Tensor("preprocess.line", 0, 1, 1, side);
        graph.Tensor("preprocess.channel.axis", 2);
        float[] weights = SampledGrid.SumWeights(side);
        graph.Tensor("preprocess.sum.columns", [side, 1], weights);
        string[] bands = new string[side / Band], columnSums = new string[bands.Length], rowSums = new string[bands.Length];
        for (int i = 0; i < bands.Length; i++)
        {
            string name = $"preprocess.luma.{i}";
            string flat = graph.Node("Reshape", [Samples(graph, i, "samples"), "preprocess.flat"], $"{name}.flat");
            string sum = graph.Node("MatMul", ["preprocess.luma.weights", flat], $"{name}.sum"); // a convolution takes ten times as long
            string luma = graph.Node("Floor", [graph.Node("Add", [sum, "preprocess.luma.half"], $"{name}.up")], $"{name}.line");
            bands[i] = graph.Node("Reshape", [luma, "preprocess.band"], name);
            graph.Tensor($"preprocess.sum.rows.{i}", [1, Band], weights[(i * Band)..((i + 1) * Band)]);
            columnSums[i] = graph.Node("MatMul", [$"preprocess.sum.rows.{i}", bands[i]], $"{name}.columns"); // [N, 1, 1, S]
            rowSums[i] = graph.Node("MatMul", [bands[i], "preprocess.sum.columns"], $"{name}.rows"); // [N, 1, Band, 1]
        }
        string rows = graph.Node("Concat", rowSums, "preprocess.sums.rows.column", new OnnxAttribute("axis", 2));
        string line = graph.Node("Reshape", [rows, "preprocess.line"], "preprocess.sums.rows");
        return (bands, graph.Node("Sum", columnSums, "preprocess.sums.columns"), line);
    }

    // A band of the input in floats, [N, 3, Band, S].
    private string Samples(GraphWriter graph, int band, string name)
    {
        name = $"preprocess.{name}.{band}";
        graph.Tensor($"{name}.first", band * Band);
        graph.Tensor($"{name}.end", (band + 1) * Band);
        string bytes = graph.Node("Slice", [Name, $"{name}.first", $"{name}.end", "preprocess.channel.axis"], $"{name}.bytes");
        return graph.Node("Cast", [bytes], name, new OnnxAttribute("to", (long)ElementType.Float));
    }

    /// <summary>What a white background adds at network size, [N, 1, H, W]: 255 minus the alpha, reduced; 0 of what is opaque.</summary>
    private string White(GraphWriter graph, int side, string width, string height, ImagePreprocessing preprocessing)
    {
        string alpha = graph.Node("Cast", [AlphaName], "preprocess.alpha", new OnnxAttribute("to", (long)ElementType.Float));
        string clear = graph.Node("Sub", [graph.Scalar("preprocess.alpha.opaque", 255), alpha], "preprocess.alpha.clear");
        var grid = new SampledGrid(graph, "preprocess.alpha.grid", side);
        graph.Scalar("preprocess.alpha.side", side);
        string columns = graph.Node("Min", [width, "preprocess.alpha.side"], "preprocess.alpha.width");
        string rows = graph.Node("Min", [height, "preprocess.alpha.side"], "preprocess.alpha.height");
        string across = Across(graph, "preprocess.alpha.columns", grid.Weights("preprocess.alpha.columns", columns, preprocessing.Width));
        string narrow = graph.Node("MatMul", [clear, across], "preprocess.alpha.narrow");
        string down = grid.Weights("preprocess.alpha.rows", rows, preprocessing.Height);
        return graph.Node("MatMul", [down, narrow], "preprocess.alpha.white");
    }

    private static string Across(GraphWriter graph, string name, string weights)
        => graph.Node("Transpose", [weights], $"{name}.across", new OnnxAttribute("perm", 0, 1, 3, 2));

    private static string Round(GraphWriter graph, string value, string name)
        => graph.Node("Floor", [graph.Node("Add", [value, "preprocess.half"], $"{name}.up")], name);
}

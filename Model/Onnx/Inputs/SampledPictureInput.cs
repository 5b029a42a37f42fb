using System.Runtime.InteropServices;
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
    private const int UsualSide = 768, Step = 64;

    // Rows are taken a band at a time, so that floats stay in the cache between the nodes.
    private const int Band = 192;

    /// <summary>S: never smaller than the network, so that a picture of its size comes through.</summary>
    public static int SideFor(ImagePreprocessing preprocessing)
        => Math.Max(UsualSide, (Math.Max(preprocessing.Width, preprocessing.Height) + Step - 1) / Step * Step);

    public override string Write(GraphWriter graph, ImagePreprocessing preprocessing)
    {
        int side = SideFor(preprocessing);
        graph.Input(Name, ElementType.UInt8, "N", 4, side, side);
        var grid = new SampledGrid(graph, side);
        (string width, string height) = grid.Count(Sums(graph, side));
        string columns = grid.Weights("preprocess.columns", width, preprocessing.Width, some: null);

        // Samples of a row that another one has too have no weight: they are left out, which of a small picture are nearly all.
        string some = grid.Firsts("preprocess.rows.some", height);
        string rows = grid.Weights("preprocess.rows", height, preprocessing.Height, some);
        string across = graph.Node("Transpose", [columns], "preprocess.columns.across", new OnnxAttribute("perm", 0, 1, 3, 2));
        graph.Scalar("preprocess.half", 0.5f);
        graph.Tensor("preprocess.row.axis", 0);
        graph.Tensor("preprocess.flat", 0, 4, -1);
        graph.Tensor("preprocess.band", 0, 1, -1, side);
        int count = (side + Band - 1) / Band;
        var narrow = new string[count];
        for (int i = 0; i < count; i++)
        {
            string samples = Samples(graph, some, i);
            string band = preprocessing.Channels == 1 ? Luma(graph, samples, i) : Colours(graph, samples, i);
            narrow[i] = Round(graph, graph.Node("MatMul", [band, across], $"preprocess.narrow.{i}.sum"), $"preprocess.narrow.{i}");
        }
        // Columns first, rounded to whole samples, then rows: as Pillow does.
        string whole = graph.Node("Concat", narrow, "preprocess.narrow", new OnnxAttribute("axis", 2)); // [N, C, R, W]
        return Round(graph, graph.Node("MatMul", [rows, whole], "preprocess.small"), "preprocess.resized");
    }

    /// <summary>Weighted sums over each column and each row of samples, of all channels, int32 [N, 1, 2, S].</summary>
    private string Sums(GraphWriter graph, int side)
    {
        // In integers, straight from the bytes: floats of all of them would take longer than all that follows.
        byte[] weights = SampledGrid.SumWeights(side);
        string down = graph.Tensor("preprocess.sums.down", ElementType.UInt8, [1, side], weights);
        string columns = graph.Node("MatMulInteger", [down, Name], "preprocess.sums.columns"); // [N, 4, 1, S]
        // As signed ones, which ONNX Runtime multiplies twice as fast here.
        string along = graph.Tensor("preprocess.sums.along", ElementType.Int8, [side, 1], weights);
        string upright = graph.Node("MatMulInteger", [Name, along], "preprocess.sums.rows.upright"); // [N, 4, S, 1]
        string rows = graph.Node("Reshape", [upright, graph.Tensor("preprocess.sums.shape", 0, 4, 1, side)], "preprocess.sums.rows");
        string both = graph.Node("Concat", [columns, rows], "preprocess.sums.both", new OnnxAttribute("axis", 2));
        byte[] odd = MemoryMarshal.AsBytes<int>([1, 3, 5, 7]).ToArray();
        string shares = graph.Tensor("preprocess.sums.shares", ElementType.Int32, [1, 4, 1, 1], odd);
        string weighted = graph.Node("Mul", [both, shares], "preprocess.sums.weighted"); // 16 · 255 · 63 · S is below 2^31
        return graph.Node("ReduceSum", [weighted, graph.Tensor("preprocess.sums.axis", 1)], "preprocess.sums");
    }

    // A band of the luma of the samples over white, [N, 1, rows, S].
    private static string Luma(GraphWriter graph, string samples, int band)
    {
        // Over white, a sample multiplied with its alpha has 255 - alpha more. All are multiples of 2^-16 below 2^8: floats hold products
        // and sums exactly, in any order. Rounded to nearest, as Imaging.Luma does.
        if (band == 0)
        {
            graph.Tensor("preprocess.luma.weights", [1, 4], [-1, 19595f / 65536, 38470f / 65536, 7471f / 65536]);
            graph.Scalar("preprocess.luma.white", 255.5f);
        }
        string name = $"preprocess.luma.{band}";
        string flat = graph.Node("Reshape", [samples, "preprocess.flat"], $"{name}.flat");
        string sum = graph.Node("MatMul", ["preprocess.luma.weights", flat], $"{name}.sum"); // a convolution takes ten times as long
        string luma = graph.Node("Floor", [graph.Node("Add", [sum, "preprocess.luma.white"], $"{name}.up")], $"{name}.line");
        return graph.Node("Reshape", [luma, "preprocess.band"], name);
    }

    // A band of the colours over white, [N, 3, rows, S].
    private static string Colours(GraphWriter graph, string samples, int band)
    {
        string name = $"preprocess.colours.{band}";
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

    // A band of the chosen rows of the input in floats, [N, 4, rows, S]; behind the last of them it is empty.
    private string Samples(GraphWriter graph, string rows, int band)
    {
        string name = $"preprocess.samples.{band}";
        graph.Tensor($"{name}.first", band * Band);
        graph.Tensor($"{name}.end", (band + 1) * Band);
        string chosen = graph.Node("Slice", [rows, $"{name}.first", $"{name}.end", "preprocess.row.axis"], $"{name}.rows");
        string bytes = graph.Node("Gather", [Name, chosen], $"{name}.bytes", new OnnxAttribute("axis", 2));
        return graph.Node("Cast", [bytes], name, new OnnxAttribute("to", (long)ElementType.Float));
    }

    private static string Round(GraphWriter graph, string value, string name)
        => graph.Node("Floor", [graph.Node("Add", [value, "preprocess.half"], $"{name}.up")], name);
}

using System.Runtime.InteropServices;

namespace EmotionMLNet.Onnx.Inputs;

/// <summary>
/// Finds the columns or rows of a picture among S samples that were taken of them by the nearest pixel, and the weights of the samples
/// by which the triangle filter brings the picture to network size.
/// </summary>
/// <remarks>
/// Sample i is column floor((2i + 1) W / 2S) of W. With W at most S every column is sampled, some several times, and where two neighbouring
/// samples differ a new column begins. So W is the smallest number whose columns begin wherever samples differ. Weights are given to one
/// sample of each column: the result is that of the picture itself. Of a larger picture, S columns are seen and taken for all.
/// <para>
/// Few differences fit few columns by chance: two plain areas are not a picture of two pixels. K differences all lie where W columns begin
/// with the probability ((W - 1) / (S - 1))^K. Unless that is small, or so many columns are found that it does not matter, S are taken.
/// </para>
/// </remarks>
internal sealed class SampledGrid
{
    // Begins the names of the nodes that the axes share.
    private const string Prefix = "preprocess.grid";

    // Of the natural logarithm of the chance, negative: one in 500 million, where 768 numbers of columns are tried.
    private const float Evidence = 20;

    private readonly GraphWriter graph;
    private readonly int side;

    /// <param name="graph">Receives the nodes.</param>
    /// <param name="side">S.</param>
    public SampledGrid(GraphWriter graph, int side)
    {
        this.graph = graph;
        this.side = side;
        float[] odd = [.. Enumerable.Range(0, side).Select(i => 2f * i + 1)];
        graph.Tensor($"{Prefix}.odd", [side], odd);
        graph.Tensor($"{Prefix}.odd.before", [side], [.. odd.Select(v => v - 2)]);
        graph.Scalar($"{Prefix}.double", 2 * side);
        graph.Tensor($"{Prefix}.line.axis", 2);
        graph.Tensor($"{Prefix}.last.axis", 3);
    }

    /// <summary>
    /// Weights of a sum over a column or row that tells different ones apart: 32 to 63, unlike those of neighbours. Larger ones overflow
    /// where a processor adds two products in 16 bits.
    /// </summary>
    public static byte[] SumWeights(int count)
        => [.. Enumerable.Range(0, count).Select(i => (byte)(32 + (int)(32 * (i * 0.6180339887498949 % 1))))]; // of the golden ratio

    /// <summary>How many columns and rows the picture has, at most S.</summary>
    /// <param name="sums">Over each column of samples, then over each row, with <see cref="SumWeights"/>: int32 [N, 1, 2, S].</param>
    /// <returns>Names of two values, [N, 1, 1, 1].</returns>
    public (string Width, string Height) Count(string sums)
    {
        // For each number W, 1 to S: 1 at the samples where no new column begins. Made of constants only, so once a session.
        graph.Tensor($"{Prefix}.numbers", [side, 1], [.. Enumerable.Range(1, side).Select(i => (float)i)]);
        graph.Scalar($"{Prefix}.one", 1);
        string begins = Columns($"{Prefix}.candidates", $"{Prefix}.numbers").Begins;
        string inside = graph.Node("Sub", [$"{Prefix}.one", begins], $"{Prefix}.inside");
        string bytes = Cast(inside, $"{Prefix}.inside.bytes", ElementType.UInt8);
        string upright = graph.Node("Transpose", [bytes], $"{Prefix}.inside.upright", new OnnxAttribute("perm", 1, 0));

        string later = Part("later", 1, side), earlier = Part("earlier", 0, side - 1);
        string step = graph.Node("Sub", [later, earlier], $"{Prefix}.step");
        string differs = Cast(step, $"{Prefix}.differs", ElementType.Bool);
        string whole = Cast(differs, $"{Prefix}.differs.float", ElementType.Float);
        // [N, 1, 2, S]
        string all = graph.Node("Pad", [whole, graph.Tensor($"{Prefix}.pads", 0, 0, 0, 1, 0, 0, 0, 0)], $"{Prefix}.changes");

        string changes = Cast(all, $"{Prefix}.changes.bytes", ElementType.UInt8);
        string contradictions = graph.Node("MatMulInteger", [changes, upright], $"{Prefix}.contradictions"); // [N, 1, 2, S]
        string fewest = graph.Node("ArgMin", [contradictions], $"{Prefix}.fewest", new("axis", 3), new("keepdims", 1)); // the first of them
        string index = Cast(fewest, $"{Prefix}.index", ElementType.Float);
        string found = graph.Node("Add", [index, $"{Prefix}.one"], $"{Prefix}.found"); // [N, 1, 2, 1]
        string counts = graph.Node("Where", [IsSure(all, index, found), found, graph.Scalar($"{Prefix}.side", side)], $"{Prefix}.counts");
        return (CountAt("width", 0), CountAt("height", 1));

        string Part(string name, long first, long end) => graph.Node(
            "Slice",
            [sums, graph.Tensor($"{Prefix}.{name}.first", first), graph.Tensor($"{Prefix}.{name}.end", end), $"{Prefix}.last.axis"],
            $"{Prefix}.{name}"
        );

        string CountAt(string name, long at) => graph.Node(
            "Slice",
            [counts, graph.Tensor($"{Prefix}.{name}.at", at), graph.Tensor($"{Prefix}.{name}.end", at + 1), $"{Prefix}.line.axis"],
            $"{Prefix}.{name}"
        );
    }

    private string IsSure(string changes, string before, string found)
    {
        string number = graph.Node("ReduceSum", [changes, $"{Prefix}.last.axis"], $"{Prefix}.changes.number"); // [N, 1, 2, 1]
        string begun = graph.Node("Max", [before, $"{Prefix}.one"], $"{Prefix}.begun");
        string share = graph.Node("Div", [graph.Scalar($"{Prefix}.boundaries", side - 1), begun], $"{Prefix}.share");
        string evidence = graph.Node("Mul", [number, graph.Node("Log", [share], $"{Prefix}.share.log")], $"{Prefix}.evidence");
        string enough = graph.Node("Greater", [evidence, graph.Scalar($"{Prefix}.evidence.least", Evidence)], $"{Prefix}.evidence.enough");
        string many = graph.Node("Greater", [found, graph.Scalar($"{Prefix}.many", side / 2f)], $"{Prefix}.found.many");
        return graph.Node("Or", [enough, many], $"{Prefix}.found.sure");
    }

    /// <summary>Which samples are the first of their column in any picture of a batch.</summary>
    /// <param name="name">Begins the names of the nodes.</param>
    /// <param name="count">How many columns there are among the samples, [N, 1, 1, 1].</param>
    /// <returns>Name of their numbers, int64 [R], ascending.</returns>
    public string Firsts(string name, string count)
    {
        string any = graph.Node("ReduceMax", [Columns(name, count).Begins], $"{name}.any", new("axes", [0, 1, 2]), new("keepdims", 0));
        string places = graph.Node("NonZero", [any], $"{name}.places"); // [1, R]
        return graph.Node("Reshape", [places, graph.Tensor($"{name}.shape", -1)], name);
    }

    /// <summary>The weights of each sample, as <see cref="Imaging.Resize"/> gives them to the columns of the picture.</summary>
    /// <param name="name">Begins the names of the nodes.</param>
    /// <param name="count">How many columns there are among the samples, [N, 1, 1, 1].</param>
    /// <param name="size">Columns that are wanted.</param>
    /// <param name="some">Numbers of the samples that are given weights, with all <see cref="Firsts"/> among them; null is all.</param>
    /// <returns>Name of the weights, [N, 1, size, R] or [N, 1, size, S]; those of one wanted column have the sum 1.</returns>
    public string Weights(string name, string count, int size, string? some)
    {
        // In doubles and then to 22 bits behind the point, as Imaging.TriangleFilter has them: sums near a half round the same way.
        (string column, string begins) = Columns(name, count);
        if (some is not null)
        {
            column = graph.Node("Gather", [column, some], $"{name}.column.some", new OnnxAttribute("axis", 3));
            begins = graph.Node("Gather", [begins, some], $"{name}.begins.some", new OnnxAttribute("axis", 3));
        }
        double[] middles = [.. Enumerable.Range(0, size).Select(i => (i + 0.5) / size)];
        string exact = Cast(count, $"{name}.count.double", ElementType.Double);
        string centres = graph.Node("Mul", [exact, Doubles($"{name}.middles", [size, 1], middles)], $"{name}.centres"); // [N, 1, size, 1]
        string scale = graph.Node("Mul", [exact, Doubles($"{name}.share", [], 1.0 / size)], $"{name}.scale");
        string support = graph.Node("Max", [scale, Doubles($"{name}.one", [], 1)], $"{name}.support");
        string columns = Cast(column, $"{name}.columns.double", ElementType.Double);
        string middle = graph.Node("Add", [columns, Doubles($"{name}.half", [], 0.5)], $"{name}.middle");
        // Other samples of a column lie out of reach.
        string first = Cast(begins, $"{name}.first", ElementType.Bool);
        string place = graph.Node("Where", [first, middle, Doubles($"{name}.away", [], 1e6)], $"{name}.place");
        string distance = graph.Node("Abs", [graph.Node("Sub", [place, centres], $"{name}.offset")], $"{name}.distance");
        string weights = graph.Node("Relu", [graph.Node("Sub", [support, distance], $"{name}.near")], $"{name}.triangle");
        string sum = graph.Node("ReduceSum", [weights, $"{Prefix}.last.axis"], $"{name}.sum");
        string unit = graph.Node("Div", [Doubles($"{name}.fixed", [], 1 << Imaging.TriangleFilter.PrecisionBits), sum], $"{name}.unit");
        string fixedPoint = graph.Node("Add", [graph.Node("Mul", [weights, unit], $"{name}.normalised"), $"{name}.half"], $"{name}.up");
        string whole = Cast(graph.Node("Floor", [fixedPoint], $"{name}.whole"), $"{name}.whole.float", ElementType.Float);
        string point = graph.Scalar($"{name}.point", 1f / (1 << Imaging.TriangleFilter.PrecisionBits));
        return graph.Node("Mul", [whole, point], $"{name}.final");

        string Doubles(string tensor, ReadOnlySpan<long> dimensions, params ReadOnlySpan<double> values)
            => graph.Tensor(tensor, ElementType.Double, dimensions, MemoryMarshal.AsBytes(values).ToArray());
    }

    private string Cast(string value, string name, ElementType type)
        => graph.Node("Cast", [value], name, new OnnxAttribute("to", (long)type));

    // Of so many columns: which of them each sample is, and 1 where it is the first sample of it. Quotients of whole numbers below 2^24 by
    // less than 2^12: no rounding reaches the next whole number.
    private (string Column, string Begins) Columns(string name, string count)
    {
        string column = Floored("column", $"{Prefix}.odd"), before = Floored("before", $"{Prefix}.odd.before");
        return (column, graph.Node("Sub", [column, before], $"{name}.begins"));

        string Floored(string what, string odd)
        {
            string product = graph.Node("Mul", [count, odd], $"{name}.{what}.product");
            return graph.Node("Floor", [graph.Node("Div", [product, $"{Prefix}.double"], $"{name}.{what}.quotient")], $"{name}.{what}");
        }
    }
}

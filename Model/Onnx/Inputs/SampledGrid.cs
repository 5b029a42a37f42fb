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

    // Sums over a column are compared: rounding stays below, one grey level in one pixel, which has the weight 0.5 at least, is above.
    private const float Tolerance = 0.25f;

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
        graph.Tensor($"{Prefix}.last.axis", 3);
    }

    /// <summary>
    /// Weights of a sum over a column or row that tells different ones apart: no two alike, spread evenly over 0.5 to 1.
    /// </summary>
    public static float[] SumWeights(int side)
        => [.. Enumerable.Range(0, side).Select(i => (float)(0.5 + 0.5 * (i * 0.6180339887498949 % 1)))]; // multiples of the golden ratio

    /// <summary>How many columns and rows the picture has, at most S.</summary>
    /// <param name="columns">Sums over each column of samples, [N, 1, 1, S].</param>
    /// <param name="rows">Sums over each row of samples, [N, 1, 1, S].</param>
    /// <returns>Names of two values, [N, 1, 1, 1].</returns>
    public (string Width, string Height) Count(string columns, string rows)
    {
        // For each number W, 1 to S: 1 at the samples where no new column begins. Made of constants only, so once a session.
        graph.Tensor($"{Prefix}.numbers", [side, 1], [.. Enumerable.Range(1, side).Select(i => (float)i)]);
        graph.Scalar($"{Prefix}.one", 1);
        string begins = Columns($"{Prefix}.candidates", $"{Prefix}.numbers").Begins;
        string inside = graph.Node("Sub", [$"{Prefix}.one", begins], $"{Prefix}.inside");

        string both = graph.Node("Concat", [columns, rows], $"{Prefix}.sums", new OnnxAttribute("axis", 2)); // [N, 1, 2, S]
        string later = Part("later", 1, side), earlier = Part("earlier", 0, side - 1);
        string change = graph.Node("Abs", [graph.Node("Sub", [later, earlier], $"{Prefix}.step")], $"{Prefix}.change");
        string differs = graph.Node("Greater", [change, graph.Scalar($"{Prefix}.tolerance", Tolerance)], $"{Prefix}.differs");
        string whole = graph.Node("Cast", [differs], $"{Prefix}.differs.float", new OnnxAttribute("to", (long)ElementType.Float));
        string all = graph.Node("Pad", [whole, graph.Tensor($"{Prefix}.pads", 0, 0, 0, 1, 0, 0, 0, 0)], $"{Prefix}.changes");
        string upright = graph.Node("Transpose", [all], $"{Prefix}.changes.upright", new OnnxAttribute("perm", 0, 1, 3, 2)); // [N, 1, S, 2]

        string contradictions = graph.Node("MatMul", [inside, upright], $"{Prefix}.contradictions");
        string fewest = graph.Node("ArgMin", [contradictions], $"{Prefix}.fewest", new("axis", 2), new("keepdims", 1)); // the first of them
        string index = graph.Node("Cast", [fewest], $"{Prefix}.index", new OnnxAttribute("to", (long)ElementType.Float));
        string found = graph.Node("Add", [index, $"{Prefix}.one"], $"{Prefix}.found"); // [N, 1, 1, 2]
        string counts = graph.Node("Where", [IsSure(all, index, found), found, graph.Scalar($"{Prefix}.side", side)], $"{Prefix}.counts");
        return (CountAt("width", 0), CountAt("height", 1));

        string Part(string name, long first, long end) => graph.Node(
            "Slice",
            [both, graph.Tensor($"{Prefix}.{name}.first", first), graph.Tensor($"{Prefix}.{name}.end", end), $"{Prefix}.last.axis"],
            $"{Prefix}.{name}"
        );

        string CountAt(string name, long at) => graph.Node(
            "Slice",
            [counts, graph.Tensor($"{Prefix}.{name}.at", at), graph.Tensor($"{Prefix}.{name}.end", at + 1), $"{Prefix}.last.axis"],
            $"{Prefix}.{name}"
        );
    }

    private string IsSure(string changes, string before, string found)
    {
        string number = graph.Node("ReduceSum", [changes, $"{Prefix}.last.axis"], $"{Prefix}.changes.number"); // [N, 1, 2, 1]
        string beside = graph.Node("Transpose", [number], $"{Prefix}.changes.beside", new OnnxAttribute("perm", 0, 1, 3, 2));
        string begun = graph.Node("Max", [before, $"{Prefix}.one"], $"{Prefix}.begun");
        string share = graph.Node("Div", [graph.Scalar($"{Prefix}.boundaries", side - 1), begun], $"{Prefix}.share");
        string evidence = graph.Node("Mul", [beside, graph.Node("Log", [share], $"{Prefix}.share.log")], $"{Prefix}.evidence");
        string enough = graph.Node("Greater", [evidence, graph.Scalar($"{Prefix}.evidence.least", Evidence)], $"{Prefix}.evidence.enough");
        string many = graph.Node("Greater", [found, graph.Scalar($"{Prefix}.many", side / 2f)], $"{Prefix}.found.many");
        return graph.Node("Or", [enough, many], $"{Prefix}.found.sure");
    }

    /// <summary>The weights of each sample, as <see cref="Imaging.Resize"/> gives them to the columns of the picture.</summary>
    /// <param name="name">Begins the names of the nodes.</param>
    /// <param name="count">How many columns there are among the samples, [N, 1, 1, 1].</param>
    /// <param name="size">Columns that are wanted.</param>
    /// <returns>Name of the weights, [N, 1, size, S]; those of one wanted column have the sum 1.</returns>
    public string Weights(string name, string count, int size)
    {
        // In doubles and then to 22 bits behind the point, as Imaging.TriangleFilter has them: sums near a half round the same way.
        (string column, string begins) = Columns(name, count);
        double[] middles = [.. Enumerable.Range(0, size).Select(i => (i + 0.5) / size)];
        string exact = ToDouble(count, "count");
        string centres = graph.Node("Mul", [exact, Doubles($"{name}.middles", [size, 1], middles)], $"{name}.centres"); // [N, 1, size, 1]
        string scale = graph.Node("Mul", [exact, Doubles($"{name}.share", [], 1.0 / size)], $"{name}.scale");
        string support = graph.Node("Max", [scale, Doubles($"{name}.one", [], 1)], $"{name}.support");
        string middle = graph.Node("Add", [ToDouble(column, "columns"), Doubles($"{name}.half", [], 0.5)], $"{name}.middle");
        string distance = graph.Node("Abs", [graph.Node("Sub", [middle, centres], $"{name}.offset")], $"{name}.distance");
        string far = graph.Node("Div", [distance, support], $"{name}.far");
        string triangle = graph.Node("Relu", [graph.Node("Sub", [$"{name}.one", far], $"{name}.near")], $"{name}.triangle");
        string weights = graph.Node("Mul", [triangle, ToDouble(begins, "first")], $"{name}.weights");
        string sum = graph.Node("ReduceSum", [weights, $"{Prefix}.last.axis"], $"{name}.sum");
        string unit = Doubles($"{name}.fixed", [], 1 << Imaging.TriangleFilter.PrecisionBits);
        string fixedPoint = graph.Node(
            "Mul", [graph.Node("Div", [weights, sum], $"{name}.normalised"), unit], $"{name}.normalised.fixed");
        string whole = graph.Node("Floor", [graph.Node("Add", [fixedPoint, $"{name}.half"], $"{name}.up")], $"{name}.whole");
        string quotient = graph.Node("Div", [whole, unit], $"{name}.quotient");
        return graph.Node("Cast", [quotient], $"{name}.final", new OnnxAttribute("to", (long)ElementType.Float));

        string ToDouble(string value, string what)
            => graph.Node("Cast", [value], $"{name}.{what}.double", new OnnxAttribute("to", (long)ElementType.Double));

        string Doubles(string tensor, ReadOnlySpan<long> dimensions, params ReadOnlySpan<double> values)
            => graph.Tensor(tensor, ElementType.Double, dimensions, MemoryMarshal.AsBytes(values).ToArray());
    }

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

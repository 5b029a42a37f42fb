using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Onnx.Inputs;

/// <summary>
/// Turns what another stage makes of a picture upright, by the orientation in the picture's file (Exif 2.32, tag 0x0112), whose bytes are
/// an input too: uint8 [N, L]. ML.NET's own steps ignore it.
/// </summary>
/// <remarks>
/// The twelve bytes of the tag's entry are looked for, in either byte order, in the first and last <see cref="Searched"/> bytes: in a JPEG
/// and mostly in a PNG it stands in front of the picture, in a WebP behind. A network that is not square turns by half turns only, since
/// for others the columns and rows that it is reduced to would have to change places.
/// </remarks>
/// <param name="inner">Makes [N, C, H, W] of the stored picture.</param>
/// <param name="encoded">The name of the input for the file's bytes.</param>
internal sealed class UprightInput(InputStage inner, string encoded) : InputStage(inner.Name)
{
    /// <summary>Bytes at each end of the file.</summary>
    public const int Searched = 16384;

    // What an entry is made of: tag, type (3, a short), count (1), value. 256 stands for the value itself, which is free.
    private const int Free = 256, ValueAt = 8;
    private static readonly int[] Little = [0x12, 0x01, 3, 0, 1, 0, 0, 0, Free, 0], Big = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, Free];

    public override int Opset => inner.Opset;

    public override string Write(GraphWriter graph, ImagePreprocessing preprocessing)
    {
        string stored = inner.Write(graph, preprocessing);
        string orientation = Orientation(graph);
        if (preprocessing.Width != preprocessing.Height)
        {
            string turned = graph.Node("Greater", [orientation, graph.Tensor("preprocess.half.turns", 4)], "preprocess.orientation.turned");
            orientation = graph.Node("Where", [turned, "preprocess.upright", orientation], "preprocess.orientation.half");
        }

        // Orientations 0 to 8, where the first stored row and column lie: see Imaging.Exif.
        string flat = Where(graph, "flat", orientation, [2, 3, 7, 8], stored, Reversed(graph, "flat", stored, axis: 3));
        string flipped = Where(graph, "flipped", orientation, [3, 4, 6, 7], flat, Reversed(graph, "flipped", flat, axis: 2));
        if (preprocessing.Width != preprocessing.Height) return flipped;
        string across = graph.Node("Transpose", [flipped], "preprocess.turned.across", new OnnxAttribute("perm", 0, 1, 3, 2));
        return Where(graph, "turned", orientation, [5, 6, 7, 8], flipped, across);
    }

    /// <summary>1 to 8, int64 [N, 1]; 1 where there is none.</summary>
    private string Orientation(GraphWriter graph)
    {
        graph.Input(encoded, ElementType.UInt8, "N", "L");
        graph.Tensor("preprocess.upright", 1);
        graph.Tensor("preprocess.file.axis", 1);
        string head = Slice("head", 0, Searched), tail = Slice("tail", -Searched, long.MaxValue);
        string both = graph.Node("Concat", [head, tail], "preprocess.file.ends", new OnnxAttribute("axis", 1));
        string numbers = graph.Node("Cast", [both], "preprocess.file.numbers", new OnnxAttribute("to", (long)ElementType.Float));
        // A file that is missing or short is searched as well.
        string padded = graph.Node("Pad", [numbers, graph.Tensor("preprocess.file.pads", 0, 0, 0, Little.Length)], "preprocess.file");

        // Of bytes b and a pattern p, the sum of (b - p)² over what is not free: b² - 2bp as a convolution, p² as its bias. It is 0 where
        // they fit.
        string line = graph.Node("Unsqueeze", [padded, "preprocess.file.axis"], "preprocess.file.line");
        string squares = graph.Node("Mul", [line, line], "preprocess.file.squares");
        string pair = graph.Node("Concat", [squares, line], "preprocess.file.pair", new OnnxAttribute("axis", 1));
        int[][] patterns = [Little, Big];
        graph.Tensor("preprocess.entry.kernel", [2, 2, Little.Length], [.. patterns.SelectMany(Kernel)]);
        graph.Tensor("preprocess.entry.bias", [2], [.. patterns.Select(p => (float)p.Where(v => v != Free).Sum(v => v * v))]);
        string misses = graph.Node(
            "Conv",
            [pair, "preprocess.entry.kernel", "preprocess.entry.bias"],
            "preprocess.entry.misses",
            new OnnxAttribute("kernel_shape", [Little.Length])
        ); // [N, 2, L']
        string fewest = graph.Node("ReduceMin", [misses], "preprocess.entry.fewest", new("axes", [1]), new("keepdims", 0));
        string place = graph.Node("ArgMin", [fewest], "preprocess.entry.place", new("axis", 1), new("keepdims", 1)); // the first
        string least = graph.Node("GatherElements", [fewest, place], "preprocess.entry.least", new OnnxAttribute("axis", 1));
        string fits = graph.Node("Less", [least, graph.Scalar("preprocess.entry.fit", 0.5f)], "preprocess.entry.fits");

        // The value is one byte of two, the other of which is 0: their sum is it.
        string first = At(place, ValueAt), second = At(place, ValueAt + 1);
        string value = graph.Node("Add", [first, second], "preprocess.entry.value");
        string known = graph.Node("Less", [value, graph.Scalar("preprocess.entry.unknown", 8.5f)], "preprocess.entry.known");
        string whole = graph.Node("Cast", [value], "preprocess.entry.number", new OnnxAttribute("to", (long)ElementType.Int64));
        string good = graph.Node("And", [fits, known], "preprocess.entry.good");
        return graph.Node("Where", [good, whole, "preprocess.upright"], "preprocess.orientation");

        string Slice(string name, long from, long to) => graph.Node(
            "Slice",
            [
                encoded,
                graph.Tensor($"preprocess.file.{name}.first", from),
                graph.Tensor($"preprocess.file.{name}.end", to),
                "preprocess.file.axis",
            ],
            $"preprocess.file.{name}"
        );

        string At(string position, int offset)
        {
            string index = graph.Node(
                "Add", [position, graph.Tensor($"preprocess.entry.offset.{offset}", offset)], $"preprocess.entry.index.{offset}");
            return graph.Node("GatherElements", [padded, index], $"preprocess.entry.byte.{offset}", new OnnxAttribute("axis", 1));
        }

        // Weights of the squares, then of the bytes.
        static IEnumerable<float> Kernel(int[] pattern)
            => [.. pattern.Select(v => v == Free ? 0f : 1), .. pattern.Select(v => v == Free ? 0f : -2f * v)];
    }

    private static string Reversed(GraphWriter graph, string name, string from, long axis) => graph.Node(
        "Slice",
        [
            from,
            graph.Tensor($"preprocess.upright.{name}.first", -1),
            graph.Tensor($"preprocess.upright.{name}.end", long.MinValue),
            graph.Tensor($"preprocess.upright.{name}.axis", axis),
            graph.Tensor($"preprocess.upright.{name}.step", -1),
        ],
        $"preprocess.upright.{name}.reversed"
    );

    /// <summary>The changed picture for some orientations, else the given one.</summary>
    private static string Where(GraphWriter graph, string name, string orientation, int[] some, string otherwise, string changed)
    {
        name = $"preprocess.upright.{name}";
        float[] table = [.. Enumerable.Range(0, 9).Select(o => some.Contains(o) ? 1f : 0)];
        string chosen = graph.Node("Gather", [graph.Tensor($"{name}.table", [9], table), orientation], $"{name}.chosen"); // [N, 1]
        string shaped = graph.Node("Unsqueeze", [chosen, graph.Tensor($"{name}.axes", 2, 3)], $"{name}.shaped");
        string asked = graph.Node("Cast", [shaped], $"{name}.asked", new OnnxAttribute("to", (long)ElementType.Bool));
        return graph.Node("Where", [asked, changed, otherwise], name);
    }
}

using EmotionMLNet.Onnx;
using EmotionMLNet.Onnx.Import;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Onnx;

/// <summary>
/// Graphs of a few kilobytes that ask for gigabytes, go round in circles, or are made to be slow. The old reader hung or ran out of memory
/// on most of them.
/// </summary>
public sealed class HostileGraphTests
{
    private const int Side = 4, Length = Side * Side * Side;

    private static readonly Dictionary<string, (Action<HandMadeGraph> Body, string Cause, string[] Kept)> Amplified = new()
    {
        ["one constant of a billion"] = (
            g => g.Ints("s", 1 << 15, 1 << 15).Node("ConstantOfShape", "s", "c").Node("Add", "x c", "y"),
            "impossible size",
            []
        ),
        ["many of a million"] = (
            g => Repeat(g.Ints("s", 1 << 10, 1 << 10), 100, i => ("ConstantOfShape", "s", $"c{i}")).Node("Relu", "x", "y"),
            "many times more values",
            [.. Enumerable.Range(0, 100).Select(i => $"c{i}")]
        ),
        ["expanded again and again"] = (
            g => Repeat(g.Floats("one", [1], 1).Ints("s", 1 << 10, 1 << 10), 100, i => ("Expand", "one s", $"c{i}")).Node("Relu", "x", "y"),
            "many times more values",
            [.. Enumerable.Range(0, 100).Select(i => $"c{i}")]
        ),
        ["joined to more than there is"] = (
            g =>
                g.Ints("s", 1 << 20)
                    .Node("ConstantOfShape", "s", "c")
                    .Node("Concat", string.Join(' ', Enumerable.Repeat("c", 5000)), "d", ("axis", 0))
                    .Node("Add", "x d", "y"),
            "impossible size",
            []
        ),
        ["gathered from one place"] = (
            g =>
                g.Floats("one", [1], 1)
                    .Ints("s", 1 << 22)
                    .Node("ConstantOfShape", "s", "i")
                    .Node("Cast", "i", "j", ("to", HandMadeGraph.Int64))
                    .Node("Gather", "one j", "c")
                    .Node("Gather", "one j", "d")
                    .Node("Relu", "x", "y"),
            "many times more values",
            ["c", "d"]
        ),
        ["one kernel in thousands of layers"] = (
            g =>
                Chain(
                    g.Floats("w", [Side, Side, 15, 15], new float[Side * Side * 225]),
                    18_000,
                    (from, to) => ("Conv", $"{from} w", to),
                    ("pads", (long[])[7, 7, 7, 7])
                ),
            "many times more values",
            []
        ),
        ["a mean of much, thousands of times"] = (
            g =>
                Repeat(g.Ints("s", 1 << 20).Node("ConstantOfShape", "s", "c"), 5000, i => ("ReduceMean", "c", $"m{i}"))
                    .Node("Relu", "x", "y"),
            "many times more values",
            [.. Enumerable.Range(0, 5000).Select(i => $"m{i}")]
        ),
        ["borders without end"] = (
            g => Chain(g.Ints("p", 0, 0, 60_000, 0, 0, 0, 0, 0), 100, (from, to) => ("Pad", $"{from} p", to)),
            "more than the network of any picture",
            []
        ),
        ["channels without end"] = (
            g => Chain(g, 40, (from, to) => ("Concat", $"{from} {from}", to), ("axis", 1)),
            "more than the network of any picture",
            []
        ),
        ["a window beyond whole numbers"] = (
            g => g.Floats("w", [1, Side, 1, 1], 1, 2, 3, 4).Node("Conv", "x w", "y", ("dilations", (long[])[65_535, 65_535])),
            "dilations",
            []
        ),
        ["a tensor of a thousand axes"] = (
            g =>
                g.Tensor("c", [.. Enumerable.Repeat(1L, 1000)], HandMadeGraph.Float, t => HandMadeGraph.Raw(t, 9, [1]))
                    .Node("Add", "x c", "y"),
            "axes",
            []
        ),
        ["more axes than can be"] = (
            g =>
                g.Floats("c", [1], 1)
                    .Ints("a", [.. Enumerable.Range(0, 50_000).Select(i => (long)i)])
                    .Node("Unsqueeze", "c a", "d")
                    .Node("Add", "x d", "y"),
            "axes",
            []
        ),
        ["a name of a megabyte"] = (g => g.Node("Relu", "x", new string('n', 1 << 20)), "a name of", []),
        ["a place that does not exist"] = (
            g => g.Floats("c", [2, 2], 1, 2, 3, 4).Ints("i", 2).Node("Gather", "c i", "d", ("axis", 1)).Node("Relu", "x", "y"),
            "takes place 2 of 2",
            ["d"]
        ),
        ["a shape of negative sides"] = (
            g => g.Floats("c", [6], 1, 2, 3, 4, 5, 6).Ints("s", -2, -3).Node("Reshape", "c s", "d").Node("Relu", "x", "y"),
            "impossible size",
            ["d"]
        ),
        ["groups of none"] = (g => g.Floats("w", [1, Side, 1, 1], 1, 2, 3, 4).Node("Conv", "x w", "y", ("group", 0)), "Conv", []),
        ["a smallest whole number by -1"] = (
            g => g.Ints("a", long.MinValue).Ints("b", -1).Node("Div", "a b", "c").Node("Relu", "x", "y"),
            "Div",
            ["c"]
        ),
        ["a weight that is no number"] = (
            g => g.Floats("w", [2, Side, 1, 1], 1, 2, 3, float.NaN, 5, 6, 7, 8).Node("Conv", "x w", "y"),
            "not finite numbers in tensor",
            []
        ),
        ["an infinite half"] = (
            g => g.Tensor("w", [1, Side, 1, 1], HandMadeGraph.Half, t => t.Bytes(9, [0, 0x7C, 0, 0, 0, 0, 0, 0])).Node("Conv", "x w", "y"),
            "not finite numbers in tensor",
            []
        ),
        ["a variance below 0"] = (
            g => g.Floats("c", [Side], 1, 2, 3, 4).Floats("v", [Side], 1, -2, 3, 4).Node("BatchNormalization", "x c c c v", "y"),
            "variance",
            []
        ),
    };

    public static TheoryData<string> Names => [.. Amplified.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_refused_before_it_costs_anything(string name)
    {
        (Action<HandMadeGraph> body, string cause, string[] kept) = Amplified[name];
        byte[] model = Graph(body, kept).ToArray();
        Assert.InRange(model.Length, 1, 4_000_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.ThrowsAny<EmotionMLNetException>(() => OnnxImport.Read(model));
        Assert.True(e is OnnxFormatException or UnsupportedOnnxException, e.ToString());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Refusal.MostBytes);
        Assert.Contains(cause, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.InRange(e.Message.Length, 10, 5000);
    }

    // What is slow by the square or the cube of the number of nodes does not end here.
    [Fact]
    public void Thousands_of_folded_steps_make_one_layer() =>
        Assert.Equal(
            2,
            OnnxImport
                .Read(
                    Graph(g =>
                            Chain(
                                g.Floats("w", [Side, Side, 1, 1], new float[Side * Side])
                                    .Node("Conv", "x w", "start")
                                    .Floats("c", [1], 1.0001f),
                                15_000,
                                (from, to) => ("Mul", $"{from} c", to),
                                "start"
                            )
                        )
                        .ToArray()
                )
                .Network.Nodes.Count
        );

    [Fact]
    public void Thousands_of_layers_that_one_node_reads_are_no_hardship()
    {
        string[] names = [.. Enumerable.Range(0, 8000).Select(i => $"r{i}")];
        byte[] model = Graph(g =>
                Repeat(g, names.Length, i => ("Relu", "x", names[i])).Node("Concat", string.Join(' ', names), "y", ("axis", 1))
            )
            .ToArray();
        Assert.Equal(names.Length + 2, OnnxImport.Read(model).Network.Nodes.Count);
    }

    [Fact]
    public void An_ending_that_goes_round_in_a_circle_ends()
    {
        HandMadeGraph graph = new HandMadeGraph(13).Input("x", -1, Side, Side, Side).Output("y", -1, -1).Node("Identity", "y", "y");
        Refusal.Of<OnnxFormatException>("'y'", () => OnnxImport.Read(graph.ToArray()));
    }

    [Fact]
    public void A_deadline_ends_the_reading() =>
        Assert.ThrowsAny<OperationCanceledException>(() =>
            OnnxImport.Read(Graph(g => g.Node("Relu", "x", "y")).ToArray(), cancellationToken: new CancellationToken(canceled: true))
        );

    /// <param name="body">From x to y.</param>
    /// <param name="kept">Other values that the last node names, so that they are needed.</param>
    private static HandMadeGraph Graph(Action<HandMadeGraph> body, params string[] kept)
    {
        HandMadeGraph graph = new HandMadeGraph(13).Input("x", -1, Side, Side, Side).Output("scores", -1, -1);
        body(graph);
        return graph.Node("Flatten", string.Join(' ', ["y", .. kept]), "scores");
    }

    private static HandMadeGraph Repeat(HandMadeGraph graph, int times, Func<int, (string Type, string From, string To)> node)
    {
        for (int i = 0; i < times; i++)
        {
            (string type, string from, string to) = node(i);
            graph.Node(type, from, to);
        }
        return graph;
    }

    private static HandMadeGraph Chain(
        HandMadeGraph graph,
        int times,
        Func<string, string, (string Type, string From, string To)> node,
        params (string Name, object Value)[] attributes
    ) => Chain(graph, times, node, "x", attributes);

    private static HandMadeGraph Chain(
        HandMadeGraph graph,
        int times,
        Func<string, string, (string Type, string From, string To)> node,
        string start,
        params (string Name, object Value)[] attributes
    )
    {
        string from = start;
        for (int i = 0; i < times; i++)
        {
            (string type, string inputs, string to) = node(from, i == times - 1 ? "y" : $"v{i}");
            graph.Node(type, inputs, to, attributes);
            from = to;
        }
        return graph;
    }
}

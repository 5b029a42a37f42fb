using System.Text.Json;
using EmotionMLNet.Onnx;
using EmotionMLNet.Onnx.Import;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Onnx;

/// <summary>Every operator in every way of spelling it that torch.onnx writes, at several opsets, against PyTorch's own scores.</summary>
public sealed class OperatorTests(OperatorTests.Export export) : IClassFixture<OperatorTests.Export>
{
    private const string RefusedFolder = "refused";

    private static readonly string[] Operators =
    [
        "adaptive-pool-to-itself",
        "adaptive-pool-to-one",
        "adaptive-pool-to-parts",
        "add",
        "add-to-itself",
        "any-size",
        "average-pool",
        "average-pool-ceil",
        "average-pool-padded",
        "average-pool-without-padding-counted",
        "byte-weights",
        "channels-last",
        "channels-last-flatten",
        "channels-last-inside",
        "channels-last-linear",
        "channels-last-normalised",
        "channels-one-by-one",
        "chunk",
        "chunk-fixed",
        "clamp",
        "clamp-above",
        "clamp-below",
        "clamp-unfolded",
        "concat",
        "concat-negative-axis",
        "concat-of-features",
        "concat-of-one",
        "conv-depthwise",
        "conv-everything",
        "conv-twice-same-weights",
        "conv-uneven-pads",
        "conv-uneven-pads-unfolded",
        "conv-without-bias",
        "double-weights",
        "dropout",
        "dropout-training",
        "equal-weights-shared",
        "first-pixel",
        "flatten",
        "flatten-by-size",
        "flatten-by-size-unfolded",
        "flatten-by-steps",
        "fully-convolutional",
        "gemm-alpha-beta",
        "global-max-pool",
        "half-weights",
        "hard-sigmoid",
        "hard-sigmoid-spelled-out",
        "hard-swish",
        "hard-swish-by-a-sixth",
        "hard-swish-clamped",
        "hard-swish-gate-first",
        "hard-swish-spelled-out",
        "initialisers-as-inputs",
        "layer-scale",
        "linear-without-bias",
        "linear-without-bias-unfolded",
        "matmul-add",
        "matmul-scaled",
        "max-pool",
        "max-pool-ceil-10",
        "max-pool-ceil-11",
        "max-pool-ceil-12",
        "max-pool-ceil-9",
        "max-pool-ceil-padded-10",
        "max-pool-ceil-padded-11",
        "max-pool-ceil-padded-12",
        "max-pool-ceil-padded-9",
        "max-pool-stride-beyond-kernel",
        "max-pool-uneven",
        "mean",
        "mean-by-steps",
        "mean-kept",
        "mean-of-flat",
        "multiply",
        "nearly-hard-swish",
        "nearly-silu",
        "negated",
        "no-operation",
        "norm-behind-relu",
        "norm-first",
        "norm-not-folded",
        "norm-of-features",
        "norm-without-affine",
        "normalised-input",
        "pad-of-a-value",
        "pad-one-side",
        "parts-read-twice",
        "pad-then-max-pool",
        "per-feature",
        "pool-last",
        "relu",
        "relu6",
        "scalar-first",
        "scalars",
        "se",
        "se-gate-first",
        "se-linear",
        "se-linear-view",
        "se-linear-view-fixed",
        "shuffle",
        "shuffle-fixed",
        "shuffle-unfolded",
        "sigmoid",
        "sigmoid-end",
        "silu",
        "silu-of-features",
        "silu-other-order",
        "slice",
        "slice-from-the-end",
        "softmax",
        "softmax-last-axis",
        "split",
        "split-equal",
        "square",
        "squeeze",
        "squeeze-from-the-end",
        "standardised-weights",
        "subtract",
        "transposed-weights",
        "unbind-gate",
        "view",
        "view-fixed",
        "view-minus-one-first",
        "weights-of-a-convolution",
    ];

    private static readonly string[] Unsupported =
        ["transposed-convolution", "resize", "einsum", "recurrent", "attention", "reflection", "instance-norm", "sine", "top-class"];

    public static TheoryData<string> Names => [.. Operators];

    public static TheoryData<string> Refused => [.. Unsupported];

    [PyTorchTheory]
    [MemberData(nameof(Names))]
    public void An_operator_gives_the_scores_of_PyTorch_at_every_opset(string name)
    {
        ExportedCase[] cases = Read(name);
        Assert.NotEmpty(cases);
        Assert.All(cases, exported => exported.AssertScores(exported.Import().Network));
    }

    [PyTorchTheory]
    [MemberData(nameof(Names))]
    public void What_is_read_can_be_written_and_read_again(string name)
        => Assert.All(Read(name), exported => ExportedCase.AssertComesBack(exported.Import().Network));

    [PyTorchTheory]
    [MemberData(nameof(Names))]
    public void ONNX_Runtime_gives_our_scores_of_what_is_written_again(string name)
    {
        ExportedCase exported = Read(name)[0]; // every opset becomes the same network
        exported.AssertOnnxRuntimeAgrees(exported.Import().Network);
    }

    [PyTorchTheory]
    [InlineData("silu", "SiLU")]
    [InlineData("silu-other-order", "SiLU")]
    [InlineData("hard-swish", "HardSwish")]
    [InlineData("hard-swish-spelled-out", "HardSwish")]
    [InlineData("hard-swish-gate-first", "HardSwish")]
    [InlineData("hard-swish-by-a-sixth", "HardSwish")]
    [InlineData("hard-swish-clamped", "HardSwish")]
    [InlineData("hard-sigmoid-spelled-out", "HardSigmoid")]
    [InlineData("relu6", "ReLU6")]
    public void An_activation_that_is_spelled_out_becomes_one_layer(string name, string layer)
        => Assert.All(Read(name), exported =>
        {
            IEnumerable<string> others = exported
                .Import()
                .Network.Nodes.Select(n => $"{n.Layer}".Split('(')[0])
                .Where(l => l is not ("Conv2D" or "Flatten" or "Linear"));
            Assert.Equal([layer], others.Distinct());
        });

    [PyTorchTheory]
    [MemberData(nameof(Refused))]
    public void What_is_unsupported_is_named_with_operator_node_and_opset(string name)
    {
        string folder = Path.Combine(export.FullName, RefusedFolder, name);
        using JsonDocument refusal = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "refusal.json")));
        byte[] model = File.ReadAllBytes(Path.Combine(folder, "model.onnx"));
        var refused = Assert.Throws<UnsupportedOnnxException>(() => OnnxImport.Read(model));
        Assert.Contains(
            refusal.RootElement.GetProperty("operators").EnumerateArray(),
            o => refused.Message.Contains(o.GetString()!, StringComparison.Ordinal)
        );
        Assert.Contains($"opset {refusal.RootElement.GetProperty("opset").GetInt32()}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'/", refused.Message, StringComparison.Ordinal); // PyTorch names its nodes by the path of their module
        Assert.DoesNotContain('\n', refused.Message);
    }

    [PyTorchFact]
    public void Every_graph_that_the_script_exports_is_tested()
    {
        Assert.Equal(
            Operators.Order(StringComparer.Ordinal),
            Directory.GetDirectories(export.FullName).Select(NameOf).Where(n => n != RefusedFolder).Distinct().Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            Unsupported.Order(StringComparer.Ordinal),
            Directory
                .GetDirectories(Path.Combine(export.FullName, RefusedFolder))
                .Select(d => Path.GetFileName(d))
                .Order(StringComparer.Ordinal)
        );
    }

    private ExportedCase[] Read(string name) =>
        [
            .. Directory
                .GetDirectories(export.FullName, $"{name}-*")
                .Where(d => NameOf(d) == name)
                .Order(StringComparer.Ordinal)
                .Select(d => new ExportedCase(d)),
        ];

    // NAME-OPSET
    private static string NameOf(string folder)
    {
        string name = Path.GetFileName(folder);
        return name.LastIndexOf('-') is > 0 and var dash && int.TryParse(name.AsSpan(dash + 1), out _) ? name[..dash] : name;
    }

    public sealed class Export() : PyTorchExport("Onnx/operators-export.py");
}

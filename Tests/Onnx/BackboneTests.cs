using EmotionMLNet.Layers;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Onnx.Import;
using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Transfer;

namespace EmotionMLNet.Tests.Onnx;

/// <summary>Graphs that end in features: torchvision's networks, cut off by PyTorch, give PyTorch's features.</summary>
public sealed class BackboneTests(BackboneTests.Export export) : IClassFixture<BackboneTests.Export>
{
    private static readonly string[] Cuts =
    [
        "resnet18-vector",
        "resnet18-1x1",
        "resnet18-map",
        "resnet18-map-any-size",
        "resnet18-reshaped-to-a-batch-of-1",
        "resnet18-mean",
        "mobilenet_v2-map",
        "mobilenet_v2-pooled",
        "mobilenet_v3_small-map",
        "vgg11_bn-map",
        "vgg11-flattened",
        "vgg11-1x1",
        "efficientnet_b0-map",
        "densenet121-map",
        "squeezenet1_1-map",
    ];

    public static TheoryData<string> Names => [.. Cuts];

    [PyTorchTheory]
    [MemberData(nameof(Names))]
    public void A_network_that_was_cut_off_gives_the_features_of_PyTorch(string name)
    {
        ExportedCase exported = Read(name);
        OnnxImport import = exported.ImportBackbone();
        Assert.False(import.HasHead);
        exported.AssertFeatures(import.Network);
    }

    [PyTorchTheory]
    [InlineData("resnet18-1x1", null)]
    [InlineData("mobilenet_v2-map", "dense=8,dropout=0.5")]
    [InlineData("mobilenet_v3_small-map", "linear,dropout=0.2")]
    [InlineData("squeezenet1_1-map", "linear")]
    public void With_a_head_it_is_a_classifier_that_can_be_written_and_read_again(string name, string? head)
    {
        Network backbone = Read(name).ImportBackbone().Network,
            network = HeadReplacement.Append(backbone, 3, OutputHead.Softmax, head is null ? null : HeadOptions.Parse(head), seed: 1);
        Assert.Equal(3, network.Classes);
        Assert.True(HeadDetection.EndsInClasses(network));
        Assert.Equal(
            backbone.Parameters.Select(p => p.Parameter.Values),
            network.Parameters.Take(backbone.Parameters.Count()).Select(p => p.Parameter.Values)
        );
        ExportedCase.AssertComesBack(network);
    }

    [PyTorchTheory]
    [InlineData("resnet18-vector")]
    [InlineData("mobilenet_v2-map")]
    [InlineData("vgg11_bn-map")]
    public void The_size_that_the_graph_names_is_no_bond_where_it_ends_in_a_mean(string name)
    {
        Network network = Read(name).ImportBackbone().Network;
        Assert.Equal(network.OutputShape, network.At(new Shape(96, 128, 3)).OutputShape);
    }

    [PyTorchFact]
    public void Every_cut_that_the_script_exports_is_tested() =>
        Assert.Equal(
            Cuts.Order(StringComparer.Ordinal),
            Directory.GetDirectories(export.FullName).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)
        );

    [Fact]
    public void A_window_over_the_whole_map_is_a_mean_at_any_size()
    {
        HandMadeGraph graph = new HandMadeGraph(8)
            .Input("x", 1, 3, 6, 4)
            .Output("y", 1, 3, 1, 1)
            .Node("AveragePool", "x", "y", ("kernel_shape", (long[])[6, 4]));
        Network network = OnnxImport.ReadBackbone(graph.ToArray()).Network;
        Assert.IsType<GlobalAveragePool>(Assert.Single(network.Nodes).Layer);
        Assert.Equal(new Shape(1, 1, 3), network.At(new Shape(9, 9, 3)).OutputShape);
    }

    [Fact]
    public void A_map_is_read_as_a_backbone_only()
    {
        byte[] graph = new HandMadeGraph(13).Input("x", 1, 3, 4, 4).Output("y", 1, 3, 4, 4).Node("Relu", "x", "y").ToArray();
        var e = Assert.Throws<OnnxFormatException>(() => OnnxImport.Read(graph));
        Assert.Contains("no classifier", e.Message, StringComparison.Ordinal);
        OnnxImport backbone = OnnxImport.ReadBackbone(graph);
        Assert.Equal((false, 3), (backbone.HasHead, backbone.Network.OutputShape.Channels));
    }

    [Fact]
    public void Labels_make_classes_of_what_looks_like_features()
    {
        using var folder = new TemporaryFolder();
        byte[] graph = new HandMadeGraph(13)
            .Input("x", 1, 3, 4, 4)
            .Output("y", 1, 3)
            .Node("GlobalAveragePool", "x", "p")
            .Node("Flatten", "p", "y")
            .ToArray();
        EmotionMLNet.Files.AtomicFile.Write(folder["x.onnx"], s => s.Write(graph));
        var e = Assert.Throws<HeadlessGraphException>(() => new OnnxSource().Read(folder["x.onnx"]));
        Assert.Contains("3 features and has no head", e.Message, StringComparison.Ordinal);
        Assert.Throws<HeadlessGraphException>(() => new OnnxSource { Labels = ["a", "b"] }.Read(folder["x.onnx"]));
        Assert.Equal(["a", "b", "c"], new OnnxSource { Labels = ["a", "b", "c"] }.Read(folder["x.onnx"]).Manifest.Labels);
        Assert.Empty(new OnnxSource().ReadBackbone(folder["x.onnx"]).Manifest.Labels);
    }

    private ExportedCase Read(string name) => new(Path.Combine(export.FullName, name));

    public sealed class Export() : PyTorchExport("Onnx/backbone-export.py");
}

using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Onnx;

/// <summary>torchvision's classifiers, exported by PyTorch with random weights, give PyTorch's scores.</summary>
public sealed class TorchvisionTests(TorchvisionTests.Export export) : IClassFixture<TorchvisionTests.Export>
{
    private static readonly string[] Models =
    [
        "resnet18", "resnet18-any-size", "resnet50", "mobilenet_v2", "mobilenet_v2-any-batch", "mobilenet_v3_small", "mobilenet_v3_small-14", "mobilenet_v3_large",
        "vgg16_bn", "efficientnet_b0", "efficientnet_b0-unfolded", "shufflenet_v2_x1_0", "shufflenet_v2_x1_0-any-batch", "shufflenet_v2_x1_0-unfolded",
        "squeezenet1_0", "squeezenet1_1", "densenet121", "densenet121-unfolded", "googlenet", "mnasnet1_0", "regnet_y_400mf",
    ];

    public static TheoryData<string> Names => [.. Models];

    [PyTorchTheory]
    [MemberData(nameof(Names))]
    public void A_model_of_torchvision_gives_the_scores_of_PyTorch(string name)
    {
        ExportedCase exported = Read(name);
        exported.AssertScores(exported.Import().Network);
    }

    [PyTorchTheory]
    [MemberData(nameof(Names))]
    public void What_is_read_can_be_written_and_read_again(string name) => ExportedCase.AssertComesBack(Read(name).Import().Network);

    [OnnxRuntimeAndPyTorchTheory]
    [MemberData(nameof(Names))]
    public void ONNX_Runtime_gives_our_scores_of_what_is_written_again(string name)
    {
        ExportedCase exported = Read(name);
        exported.AssertOnnxRuntimeAgrees(exported.Import().Network);
    }

    [PyTorchFact]
    public void Every_model_that_the_script_exports_is_tested()
        => Assert.Equal(Models.Order(StringComparer.Ordinal), Directory.GetDirectories(export.FullName).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal));

    private ExportedCase Read(string name) => new(Path.Combine(export.FullName, name));

    public sealed class Export() : PyTorchExport("Onnx/torchvision-export.py");
}

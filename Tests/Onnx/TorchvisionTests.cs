using EmotionMLNet.Kernels;
using EmotionMLNet.Networks;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Onnx;

/// <summary>torchvision's classifiers, exported by PyTorch with random weights, give PyTorch's scores.</summary>
public sealed class TorchvisionTests(TorchvisionTests.Export export) : IClassFixture<TorchvisionTests.Export>
{
    private static readonly string[] Models =
    [
        "resnet18",
        "resnet18-any-size",
        "resnet50",
        "mobilenet_v2",
        "mobilenet_v2-any-batch",
        "mobilenet_v3_small",
        "mobilenet_v3_small-14",
        "mobilenet_v3_large",
        "vgg16_bn",
        "efficientnet_b0",
        "efficientnet_b0-unfolded",
        "shufflenet_v2_x1_0",
        "shufflenet_v2_x1_0-any-batch",
        "shufflenet_v2_x1_0-unfolded",
        "squeezenet1_0",
        "squeezenet1_1",
        "densenet121",
        "densenet121-unfolded",
        "googlenet",
        "mnasnet1_0",
        "regnet_y_400mf",
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

    [PyTorchTheory]
    [MemberData(nameof(Names))]
    public void ONNX_Runtime_gives_our_scores_of_what_is_written_again(string name)
    {
        ExportedCase exported = Read(name);
        exported.AssertOnnxRuntimeAgrees(exported.Import().Network);
    }

    [PyTorchTheory]
    [InlineData("resnet18-any-size")]
    [InlineData("mobilenet_v2-any-batch")]
    [InlineData("mobilenet_v3_small-14")]
    [InlineData("efficientnet_b0-unfolded")]
    [InlineData("shufflenet_v2_x1_0-unfolded")]
    [InlineData("squeezenet1_0")]
    [InlineData("regnet_y_400mf")]
    public void A_step_along_the_gradient_of_what_is_read_changes_the_loss_by_its_length(string name)
    {
        Network network = Read(name).Import().Network;
        using var team = new ThreadTeam(1);
        var plan = new TrainingPlan(network, batch: 4, team);
        SampleNetworks.Fill(plan.Input, seed: 3);
        double loss = Loss(plan, network.Classes);
        plan.Backward();
        (float[] Values, float[] Gradient)[] parameters =
        [
            .. network.Parameters.Where(p => p.Parameter.Trainable).Select(p => (p.Parameter.Values, p.Parameter.Gradient!.ToArray())),
        ];
        double square = parameters.Sum(p => p.Gradient.Sum(g => (double)g * g)), step = 1e-3 * loss / square;
        Step(-step);
        double low = Loss(plan, network.Classes);
        Step(2 * step);
        double high = Loss(plan, network.Classes);
        Assert.Equal(1, (high - low) / (2 * step * square), 0.05);

        void Step(double length)
        {
            foreach ((float[] values, float[] gradient) in parameters)
                for (int i = 0; i < values.Length; i++) values[i] += (float)(length * gradient[i]);
        }
    }

    [PyTorchFact]
    public void Every_model_that_the_script_exports_is_tested() =>
        Assert.Equal(
            Models.Order(StringComparer.Ordinal),
            Directory.GetDirectories(export.FullName).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)
        );

    // Cross-entropy of the classes 0, 1, 2 ..., and its gradient.
    private static double Loss(TrainingPlan plan, int classes)
    {
        plan.Forward(seed: 1);
        double loss = 0;
        for (int n = 0; n < plan.Input.Batch; n++)
        {
            double[] e = [.. plan.Logits.Image(n).ToArray().Select(z => Math.Exp(z))];
            loss -= Math.Log(e[n] / e.Sum()) / plan.Input.Batch;
            for (int c = 0; c < classes; c++)
                plan.LogitsGradient.Image(n)[c] = (float)((e[c] / e.Sum() - (c == n ? 1 : 0)) / plan.Input.Batch);
        }
        return loss;
    }

    private ExportedCase Read(string name) => new(Path.Combine(export.FullName, name));

    public sealed class Export() : PyTorchExport("Onnx/torchvision-export.py");
}

using EmotionMLNet.Files;
using EmotionMLNet.Layers;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Onnx;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Commands;

/// <summary>Variants of emotion-cnn from the command line to the zip, and on from there.</summary>
public sealed class VariantCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public VariantCommandTests()
    {
        for (int i = 0; i < 40; i++)
        {
            byte[] png = TinyData.Png(i % 2, i);
            AtomicFile.Write(
                folder[$"data/{(i < 28 ? "train" : "validation")}/{(i % 2 == 0 ? "left" : "low")}/{i}.png"],
                s => s.Write(png)
            );
        }
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_option_arrives_in_the_network_its_settings_and_its_zip_and_training_goes_on_from_there()
    {
        ProcessResult result = Train(
            "first",
            "--architecture",
            "emotion-cnn",
            "--width",
            "12",
            "--height",
            "12",
            "--widths",
            "4,6",
            "--depths",
            "3,2",
            "--blocks",
            "residual",
            "--squeeze-reduction",
            "2",
            "--stochastic-depth",
            "0.2",
            "--zip-weights",
            "float16"
        );
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        ModelZip model = ModelZip.Load(Path.Combine(folder["first"], "model.zip"));
        Assert.Equal(OnnxWeights.Half, model.Manifest.Weights);
        Assert.Equal(2, model.Network.Nodes.Count(n => n.Layer is Add));
        Assert.Equal(2, model.Network.Nodes.Count(n => n.Layer is Multiply));
        Assert.Equal([0.1f, 0.2f], model.Network.Nodes.Select(n => n.Layer).OfType<StochasticDepth>().Select(d => d.Rate));
        System.Text.Json.JsonElement network = model.Manifest.Settings!.Value.GetProperty("network");
        Assert.Equal(
            "\"residual\" 2 [3,2] 0.2",
            string.Join(
                ' ',
                new[] { "blocks", "squeezeReduction", "depths", "stochasticDepth" }.Select(n => Compact(network.GetProperty(n)))
            )
        );

        ProcessResult again = Train("second", "--from", Path.Combine(folder["first"], "model.zip"));
        Assert.True(again.Code == ExitCode.Ok, again.Error);
        ModelZip further = ModelZip.Load(Path.Combine(folder["second"], "model.zip"));
        Assert.Equal(model.Network.Nodes.Select(n => n.Layer.ToString()), further.Network.Nodes.Select(n => n.Layer.ToString()));
        Assert.Equal(OnnxWeights.Full, further.Manifest.Weights);
    }

    [Theory]
    [InlineData("--stochastic-depth 0.2: only residual branches can be dropped; make --blocks residual too", "--stochastic-depth", "0.2")]
    [InlineData("--depths 2,2: give 4 numbers, one a stage, as in --widths", "--depths", "2,2")]
    [InlineData("--blocks residual: vgg16 has blocks of its own; leave it away", "--architecture", "vgg16", "--blocks", "residual")]
    [InlineData(
        "--head dense=8: it replaces the last layer of weights that are there already: give --from, --backbone or --weights",
        "--head",
        "dense=8"
    )]
    [InlineData("--head dense=none: 'dense=none' is not understood", "--head", "dense=none")]
    public void What_cannot_be_is_one_line(string line, params string[] arguments)
    {
        ProcessResult result = Train("run", arguments);
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.StartsWith(line, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    private static string Compact(System.Text.Json.JsonElement json) => System.Text.Json.JsonSerializer.Serialize(json);

    private ProcessResult Train(string run, params string[] arguments) =>
        TrainerProcess.Run([
            "train",
            "--data",
            folder["data"],
            "--epochs",
            "1",
            "--batch-size",
            "8",
            "--threads",
            "1",
            "--out",
            folder[run],
            .. arguments,
        ]);
}

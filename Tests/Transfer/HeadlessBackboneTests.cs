using System.Runtime.InteropServices;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx.Import;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Onnx;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.ImageClassification;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.Transfer;

/// <summary>An ONNX graph that ends in features is given a head, trained, saved, loaded and exported.</summary>
public sealed class HeadlessBackboneTests : IDisposable
{
    private const int Features = 6;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("none")]
    [InlineData("1")]
    [InlineData("all")]
    public void A_graph_without_a_head_is_trained_into_a_classifier_that_every_reader_takes(string freeze)
    {
        Write();
        TrainingOptions options = TinyData.Options with
        {
            Data = new DataOptions(),
            Network = new NetworkOptions(),
            Augmentation = AugmentationOptions.None,
            FineTuning = new FineTuningOptions { Backbone = folder["features.onnx"], Freeze = Freezing.Parse(freeze) },
            Optimisation = TinyData.Options.Optimisation with { Epochs = 20, LearningRate = 0.01f },
            Output = new OutputOptions { Calibrate = false },
        };
        TrainedModel model = new ExpressionTrainer(options).Fit(folder["data"]);
        Assert.True(model.Validation.Accuracy > 0.6, $"accuracy {model.Validation.Accuracy}"); // chance is a third

        model.Save(folder["model.zip"]);
        ModelZip zip = ModelZip.Load(folder["model.zip"]);
        Assert.Equal(TinyData.Labels, zip.Manifest.Labels);
        Assert.Equal("not stated; that of the ONNX file holds", zip.Manifest.Licence);
        Assert.Equal(model.Validation.Accuracy, model.Evaluate(folder["data"]).Accuracy);
        Network backbone = OnnxImport.ReadBackbone(Graph()).Network;
        bool same = backbone.Parameters.First().Parameter.Values.SequenceEqual(zip.Network.Parameters.First().Parameter.Values);
        Assert.Equal(freeze != "none", same);

        model.ExportOnnx(folder["model.onnx"]);
        OnnxImport exported = OnnxImport.Read(File.ReadAllBytes(folder["model.onnx"]));
        Assert.True(exported.HasHead);
        Assert.Equal(TinyData.Weights(zip.Network), TinyData.Weights(exported.Network));
    }

    [Fact]
    public void It_is_taken_at_another_size_and_by_the_trainer_that_has_ML_NETs_name()
    {
        Write();
        ModelZip larger = WarmStart.Load(
            folder["features.onnx"],
            new TrainingOptions { Network = new NetworkOptions { Width = 20, Height = 16 } }
        );
        Assert.Equal((16, 20), (larger.Network.InputShape.Height, larger.Network.InputShape.Width));
        Assert.Equal((16, 20), (larger.Manifest.Preprocessing.Height, larger.Manifest.Preprocessing.Width));
        var trainer = new ImageClassificationTrainer(new() { Arch = folder["features.onnx"], Epoch = 3 });
        ImageClassificationModel model = trainer.Fit(folder["data/train"]);
        Assert.Equal(TinyData.Labels, model.Model.Manifest.Labels);
    }

    [Fact]
    public void The_command_line_says_what_was_drawn_and_import_what_to_do()
    {
        Write();
        ProcessResult trained = TrainerProcess.Run(
            ["train", "--data", folder["data"], "--backbone", folder["features.onnx"], "--head", "dense=4", "--epochs", "1",
                "--augmentation", "none", "--out", folder["run"]]
        );
        Assert.True(trained.Code == 0, trained.Error);
        Assert.Contains($"ends in {Features} features", trained.Error, StringComparison.Ordinal);
        Assert.Contains("dense=4", trained.Error, StringComparison.Ordinal);
        Assert.Equal(3, ModelZip.Load(Path.Combine(folder["run"], "model.zip")).Network.Classes);

        ProcessResult imported = TrainerProcess.Run("import", "--onnx", folder["features.onnx"], "--out", folder["x.zip"]);
        Assert.NotEqual(ExitCode.Ok, imported.Code);
        string line = Assert.Single(imported.ErrorLines);
        Assert.Contains("has no head", line, StringComparison.Ordinal);
        Assert.Contains("train --data FOLDER --backbone", line, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["x.zip"]));
    }

    [Fact]
    public void A_batch_that_the_graph_fixes_to_1_is_no_limit()
    {
        Network network = OnnxImport.ReadBackbone(Graph()).Network;
        float[] pictures = RandomValues.Uniform(5 * network.InputShape.Length, seed: 3);
        using var team = new ThreadTeam(1);
        float[] together = Run(5, pictures),
            apart = [.. Enumerable.Range(0, 5).SelectMany(n => Run(1, pictures.AsSpan(n * network.InputShape.Length).ToArray()))];
        Assert.Equal(apart, together);

        float[] Run(int batch, float[] input)
        {
            var session = new InferenceSession(InferencePlan.Compile(network), batch, team);
            input.AsSpan(0, session.Input.Span.Length).CopyTo(session.Input.Span);
            session.Run();
            return session.Logits.Span.ToArray();
        }
    }

    // Convolution, norm and a residual sum, as ResNets end; one picture at a time, as their owners export them.
    private static byte[] Graph()
    {
        float[] ones = [.. Enumerable.Repeat(1f, Features)], zeros = new float[Features];
        return new HandMadeGraph(13)
            .Input("x", 1, 1, TinyData.Side, TinyData.Side)
            .Output("y", 1, Features, 1, 1)
            .Floats("w", [Features, 1, 3, 3], RandomValues.Uniform(Features * 9, seed: 1))
            .Floats("v", [Features, Features, 3, 3], RandomValues.Uniform(Features * Features * 9, seed: 2))
            .Floats("one", [Features], ones)
            .Floats("zero", [Features], zeros)
            .Node("Conv", "x w", "a", ("pads", (long[])[1, 1, 1, 1]), ("strides", (long[])[2, 2]))
            .Node("BatchNormalization", "a one zero zero one", "b")
            .Node("Relu", "b", "c")
            .Node("Conv", "c v", "d", ("pads", (long[])[1, 1, 1, 1]))
            .Node("BatchNormalization", "d one zero zero one", "e")
            .Node("Add", "e c", "f")
            .Node("Relu", "f", "g")
            .Node("GlobalAveragePool", "g", "y")
            .ToArray();
    }

    private void Write()
    {
        byte[] graph = Graph();
        EmotionMLNet.Files.AtomicFile.Write(folder["features.onnx"], s => s.Write(graph));
        foreach ((string split, int count, int seed) in new[] { ("train", 60, 1), ("validation", 30, 1000) })
            for (int i = 0; i < count; i++)
            {
                byte[] png = TinyData.Png(i % 3, seed + i);
                EmotionMLNet.Files.AtomicFile.Write(folder[$"data/{split}/{TinyData.Labels[i % 3]}/{i}.png"], s => s.Write(png));
            }
    }
}

using EmotionMLNet.Layers;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Onnx;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.MLNetZip;

/// <summary>Weights that a compressed form can't hold: they stay as they are, and it is said.</summary>
public sealed class WeightNotesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(OnnxWeights.Half, 65_520f, "float16")] // rounds to infinity
    [InlineData(OnnxWeights.Half, -1e30f, "float16")]
    [InlineData(OnnxWeights.Quantised, float.MaxValue, "int8")] // 127 times its 127th part rounds to infinity
    internal void A_tensor_beyond_the_form_stays_float32_with_a_note(OnnxWeights form, float value, string named)
    {
        ModelZip model = TinyModel.Make("residual");
        model = model with { Manifest = model.Manifest with { Weights = form } };
        (string name, Parameter large) = model.Network.Parameters.First(p => p.Parameter.Dimensions.Count > 1);
        large.Values[2] = value;
        float[] before = [.. large.Values];
        string note = Assert.Single(model.Save(folder["a.zip"]));
        Assert.StartsWith($"{name} stays float32", note, StringComparison.Ordinal);
        Assert.Contains(named, note, StringComparison.Ordinal);
        ModelZip read = ModelZip.Load(folder["a.zip"]);
        Assert.Equal([note], read.Manifest.WeightNotes);
        Assert.Equal(before, read.Network.Parameters.First(p => p.Name == name).Parameter.Values);
        Assert.All(read.Network.Parameters, p => Assert.True(p.Parameter.IsFinite, p.Name));
        WeightWriter.Round(model.Network, form); // what training validates with
        Assert.Equal(
            model.Network.Parameters.SelectMany(p => p.Parameter.Values),
            read.Network.Parameters.SelectMany(p => p.Parameter.Values)
        );
        read.Save(folder["b.zip"]);
        Assert.Equal(File.ReadAllBytes(folder["a.zip"]), File.ReadAllBytes(folder["b.zip"]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_form_makes_a_finite_weight_anything_else(int seed)
    {
        var random = new Random(seed);
        foreach (OnnxWeights form in Enum.GetValues<OnnxWeights>())
        {
            ModelZip model = TinyModel.Make("residual");
            foreach ((_, Parameter parameter) in model.Network.Parameters)
                foreach (ref float v in parameter.Values.AsSpan()) v = Drawn();
            WeightWriter.Round(model.Network, form);
            Assert.Null(model.Network.NonFinite());
        }

        // Any finite float, by its bits.
        float Drawn()
        {
            float v;
            do v = BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
            while (!float.IsFinite(v));
            return v;
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_network_with_a_weight_that_is_no_number_is_written_nowhere(float value)
    {
        ModelZip model = TinyModel.Make("residual");
        (string name, Parameter parameter) = model.Network.Parameters.Last();
        parameter.Values[0] = value;
        Refusal.Of<OnnxFormatException>($"'{name}'", () => model.Save(folder["a.zip"]));
        Refusal.Of<OnnxFormatException>($"'{name}'", () => model.ExportOnnx(folder["a.onnx"]));
        Assert.Empty(Directory.GetFiles(folder.FullName));
    }

    [Fact]
    public void Export_says_what_it_did_not_compress()
    {
        ModelZip model = TinyModel.Make("residual");
        model.Network.Parameters.First(p => p.Parameter.Dimensions.Count > 1).Parameter.Values[0] = 1e6f;
        model.Save(folder["model.zip"]);
        ProcessResult result = TrainerProcess.Run(
            "export",
            "--model",
            folder["model.zip"],
            "--weights",
            "float16",
            "--out",
            folder["small.zip"]
        );
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.Contains("note: stem.weight stays float32", result.Error, StringComparison.Ordinal);
    }
}

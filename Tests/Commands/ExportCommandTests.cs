using System.Globalization;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Onnx;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Commands;

/// <summary>export and import as scripts see them.</summary>
public sealed class ExportCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ExportCommandTests() => TinyModel.Make("residual").Save(folder["model.zip"]);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("float", "float32")]
    [InlineData("float", "float16")]
    [InlineData("uint8", "int8")]
    public void An_ONNX_file_of_ours_comes_back_with_everything_it_needs(string input, string weights)
    {
        ProcessResult result = TrainerProcess.Run(
            "export",
            "--model",
            folder["model.zip"],
            "--onnx",
            folder["model.onnx"],
            "--input",
            input,
            "--weights",
            weights
        );
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.Equal(folder["model.onnx"] + Environment.NewLine, result.Output);
        Assert.Equal(weights != "float32", result.Error.Contains("was not measured", StringComparison.Ordinal));

        ProcessResult back = TrainerProcess.Run("import", "--onnx", folder["model.onnx"], "--out", folder["back.zip"]);
        Assert.True(back.Code == ExitCode.Ok, back.Error);
        ModelZip before = ModelZip.Load(folder["model.zip"]), after = ModelZip.Load(folder["back.zip"]);
        Assert.Equal(before.Manifest.Labels, after.Manifest.Labels);
        Assert.Equal(before.Manifest.Architecture, after.Manifest.Architecture);
        Assert.Equal(before.Manifest.Preprocessing.StandardDeviation, after.Manifest.Preprocessing.StandardDeviation);
        float tolerance = weights switch { "float32" => 0, "float16" => 1e-3f, _ => 1e-2f };
        foreach (((_, var a), (_, var b)) in before.Network.Parameters.Zip(after.Network.Parameters))
            for (int i = 0; i < a.Length; i++) Assert.Equal(a.Values[i], b.Values[i], tolerance);
    }

    [Theory]
    [InlineData("path", ModelInputMode.Path)]
    [InlineData("raw", ModelInputMode.Raw)]
    [InlineData("bytes", ModelInputMode.Bytes)]
    public void A_zip_is_written_for_each_kind_of_ML_NET_application(string mode, ModelInputMode expected)
    {
        ProcessResult result = TrainerProcess.Run("export", "--model", folder["model.zip"], "--mode", mode, "--out", folder["other.zip"]);
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.Equal(expected, ModelZip.Load(folder["other.zip"]).Manifest.InputMode);
    }

    [Fact]
    public void A_zip_of_half_the_size_is_a_model_like_any_other()
    {
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
        Assert.Contains("was not measured", result.Error, StringComparison.Ordinal);
        ModelZip small = ModelZip.Load(folder["small.zip"]);
        Assert.Equal(OnnxWeights.Half, small.Manifest.Weights);
        Assert.All(
            small.Network.Parameters.Where(p => p.Parameter.Dimensions.Count > 1).SelectMany(p => p.Parameter.Values),
            v => Assert.Equal((float)(Half)v, v)
        );
    }

    [Fact]
    public void What_compression_costs_is_measured_on_validation()
    {
        foreach ((string split, int count) in new[] { ("train", 9), ("validation", 12), ("test", 3) })
            for (int i = 0; i < count; i++) Picture(folder[$"data/{split}/{new[] { "angry", "happy", "sad" }[i % 3]}/{i}.pgm"], i);
        ProcessResult result = TrainerProcess.Run(
            "export",
            "--model",
            folder["model.zip"],
            "--onnx",
            folder["model.onnx"],
            "--weights",
            "int8",
            "--data",
            folder["data"]
        );
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.Contains("12 pictures", result.Error, StringComparison.Ordinal);
        Assert.Matches("with float32, .* with int8 .* points\\); same label for .* %; largest difference of a score 0\\.0", result.Error);
    }

    [Theory]
    [InlineData("Nothing to write", "export", "--model", "MODEL")]
    [InlineData("--mode needs --out", "export", "--model", "MODEL", "--mode", "raw")]
    [InlineData("'x' is no number", "import", "--onnx", "FOREIGN", "--out", "x.zip", "--mean", "x")]
    [InlineData("--mean: '0,5' has a decimal comma: write 0.5", "import", "--onnx", "FOREIGN", "--out", "x.zip", "--mean", "0,5")]
    [InlineData(
        "4 numbers, where a picture has 1 channel (grey) or 3 (RGB)",
        "import",
        "--onnx",
        "FOREIGN",
        "--out",
        "x.zip",
        "--std",
        "0,2,0,3"
    )]
    [InlineData("a standard deviation is above 0", "import", "--onnx", "FOREIGN", "--out", "x.zip", "--std", "0")]
    [InlineData("there is no such ONNX file", "import", "--onnx", "none.onnx", "--out", "x.zip")]
    [InlineData("--width is 0: give a number from 1 to", "import", "--onnx", "FOREIGN", "--out", "x.zip", "--width", "0")]
    [InlineData("leave it away", "export", "--model", "MODEL", "--onnx", "x.onnx", "--out", "x.zip")]
    [InlineData("--data measures what compressed weights cost", "export", "--model", "MODEL", "--onnx", "x.onnx", "--data", ".")]
    [InlineData("--namespace is of a --model-builder", "export", "--model", "MODEL", "--onnx", "x.onnx", "--namespace", "A")]
    [InlineData("no such file or folder", "export", "--model", "MODEL", "--onnx", "x.onnx", "--weights", "int8", "--data", "nowhere")]
    [InlineData("no such file or folder", "export", "--model", "MODEL", "--weights", "int8", "--out", "x.zip", "--data", "nowhere")]
    [InlineData(
        "is no C# identifier",
        "export",
        "--model",
        "MODEL",
        "--onnx",
        "x.onnx",
        "--model-builder",
        "A",
        "--namespace",
        "1",
        "--out",
        "x.zip"
    )]
    public void A_mistake_is_one_line_and_exit_code_2(string message, params string[] arguments)
    {
        ProcessResult result = Run(arguments);
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains(message, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        foreach (string file in new[] { "x.zip", "x.onnx" })
            Assert.False(Path.Exists(folder[file]), "something was written before everything was looked at");
    }

    [Theory]
    [InlineData(
        "has 3 outputs, and 2 labels were given (a, b): give one for each",
        "import",
        "--onnx",
        "FOREIGN",
        "--out",
        "x.zip",
        "--labels",
        "a,b"
    )]
    [InlineData(
        "has 3 outputs, and 2 labels were given (a, b): give one for each",
        "import",
        "--onnx",
        "OWN",
        "--out",
        "x.zip",
        "--labels",
        "a,b"
    )]
    [InlineData("says its mean and deviation itself", "import", "--onnx", "OWN", "--out", "x.zip", "--mean", "0.5")]
    [InlineData(
        "takes pictures of 3 channels: give the mean of each, not 1 number",
        "import",
        "--onnx",
        "FOREIGN",
        "--out",
        "x.zip",
        "--mean",
        "0.5"
    )]
    [InlineData("whose height is 9 pixels, not 20", "import", "--onnx", "FOREIGN", "--out", "x.zip", "--width", "20")]
    [InlineData("is not a model zip but an ONNX file", "export", "--model", "FOREIGN", "--onnx", "x.onnx")]
    [InlineData("cannot be used", "import", "--onnx", "MODEL", "--out", "x.zip")]
    public void A_file_that_does_not_fit_is_one_line_and_exit_code_1(string message, params string[] arguments)
    {
        ProcessResult result = Run(arguments);
        Assert.Equal(ExitCode.Failure, result.Code);
        Assert.Contains(message, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_written_over_without_force()
    {
        Foreign(folder["foreign.onnx"]);
        string[][] lines =
        [
            ["export", "--model", folder["model.zip"], "--onnx", folder["out"]],
            ["export", "--model", folder["model.zip"], "--mode", "raw", "--out", folder["out"]],
            ["import", "--onnx", folder["foreign.onnx"], "--out", folder["out"]],
            ["ensemble", folder["model.zip"], folder["model.zip"], "--out", folder["out"]],
            ["evaluate", "--model", folder["model.zip"], "--data", folder["data"], "--json", folder["out"]],
            ["evaluate", "--model", folder["model.zip"], "--data", folder["data"], "--html", folder["out"]],
        ];
        for (int i = 0; i < 12; i++) Picture(folder[$"data/{new[] { "angry", "happy", "sad" }[i % 3]}/{i}.pgm"], i);
        foreach (string[] line in lines)
        {
            EmotionMLNet.Files.AtomicFile.WriteText(folder["out"], "dear");
            ProcessResult refused = TrainerProcess.Run(line);
            Assert.Equal(ExitCode.Usage, refused.Code);
            Assert.Contains("--force", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
            Assert.Equal("dear", File.ReadAllText(folder["out"]));
            ProcessResult forced = TrainerProcess.Run([.. line, "--force"]);
            Assert.True(forced.Code == ExitCode.Ok, forced.Error);
            Assert.NotEqual("dear", File.ReadAllText(folder["out"]));
        }
    }

    [Fact]
    public void A_foreign_file_is_a_backbone_for_other_classes()
    {
        Foreign(folder["backbone.onnx"]);
        for (int i = 0; i < 24; i++) Picture(folder[$"data/{(i < 16 ? "train" : "validation")}/{(i % 2 == 0 ? "yes" : "no")}/{i}.pgm"], i);
        ProcessResult result = TrainerProcess.Run(
            "train",
            "--data",
            folder["data"],
            "--backbone",
            folder["backbone.onnx"],
            "--epochs",
            "1",
            "--batch-size",
            "4",
            "--threads",
            "1",
            "--out",
            folder["run"]
        );
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.Contains("but 'classifier', which is drawn anew", result.Error, StringComparison.Ordinal);
        ModelZip trained = ModelZip.Load(Path.Combine(folder["run"], "model.zip"));
        Assert.Equal(["no", "yes"], trained.Manifest.Labels);
        Assert.Equal("onnx:backbone", trained.Manifest.Architecture);
        ProcessResult evaluated = TrainerProcess.Run(
            "evaluate",
            "--model",
            Path.Combine(folder["run"], "model.zip"),
            "--data",
            folder["data"],
            "--split",
            "validation"
        );
        Assert.True(evaluated.Code == ExitCode.Ok, evaluated.Error);
    }

    private ProcessResult Run(string[] arguments)
    {
        Foreign(folder["foreign.onnx"]);
        ModelZip.Load(folder["model.zip"]).ExportOnnx(folder["own.onnx"]);
        return TrainerProcess.Run([
            .. arguments.Select(a =>
                a switch
                {
                    "MODEL" => folder["model.zip"],
                    "FOREIGN" => folder["foreign.onnx"],
                    "OWN" => folder["own.onnx"],
                    "x.zip" or "x.onnx" => folder[a],
                    _ => a,
                }
            ),
        ]);
    }

    // Another program's file, as far as anybody can tell: the producer's name is part of the header.
    private static void Foreign(string path)
    {
        byte[] model = Onnx.OnnxRoundTripTests.Write(Onnx.OnnxRoundTripTests.Make("residual"));
        int at = model.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(GraphWriter.Producer));
        model[at] = (byte)'X';
        EmotionMLNet.Files.AtomicFile.Write(path, s => s.Write(model));
    }

    private static void Picture(string path, int seed)
    {
        var random = new Random(seed);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        EmotionMLNet.Files.AtomicFile.Write(path, s =>
        {
            s.Write(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"P5 7 9 255\n")));
            for (int i = 0; i < 63; i++) s.WriteByte((byte)random.Next(256));
        });
    }
}

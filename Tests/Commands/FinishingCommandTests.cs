using System.Text.Json;
using EmotionMLNet.Files;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Commands;

/// <summary>calibrate, ensemble and evaluate --tta as scripts see them.</summary>
public sealed class FinishingCommandTests : IDisposable
{
    private static readonly string[] Labels = ["angry", "happy", "sad"];

    private readonly TemporaryFolder folder = new();

    public FinishingCommandTests()
    {
        foreach (string name in new[] { "residual", "branches" }) TinyModel.Make(name, Labels).Save(folder[$"{name}.zip"]);
        foreach ((string split, int count) in new[] { ("validation", 120), ("test", 9) })
            for (int i = 0; i < count; i++)
                AtomicFile.Write(folder[$"data/{split}/{Labels[i % 3]}/{i}.png"], stream => stream.Write(TinyData.Png(i % 3, i)));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void An_ensemble_is_measured_saved_calibrated_and_evaluated_like_any_model()
    {
        ProcessResult joined = TrainerProcess.Run(
            "ensemble",
            folder["residual.zip"],
            folder["branches.zip"],
            "--weights",
            "2,1",
            "--out",
            folder["both.zip"],
            "--data",
            folder["data"]
        );
        Assert.True(joined.Code == ExitCode.Ok, joined.Error);
        Assert.Equal(folder["both.zip"] + Environment.NewLine, joined.Output);
        foreach (string name in new[] { "residual.zip", "branches.zip", "both.zip" })
            Assert.Contains(
                joined.ErrorLines,
                l => l.StartsWith($"{folder[name]}: accuracy", StringComparison.Ordinal) && l.Contains("macro F1", StringComparison.Ordinal)
            );

        ProcessResult calibrated = TrainerProcess.Run(
            "calibrate",
            "--model",
            folder["both.zip"],
            "--data",
            folder["data"],
            "--out",
            folder["fitted.zip"]
        );
        Assert.True(calibrated.Code == ExitCode.Ok, calibrated.Error);
        Assert.Equal(folder["fitted.zip"] + Environment.NewLine, calibrated.Output);
        Assert.Matches(@"temperature .* fitted on .* \(120 images\): calibration error .* cross-fitted", calibrated.Error);
        ModelManifest manifest = ModelZip.Load(folder["fitted.zip"]).Manifest;
        Assert.Equal([2.0 / 3, 1.0 / 3], manifest.Members!.Select(m => m.Weight));
        Assert.Equal(120, manifest.Calibration!.Images);
        Assert.Null(ModelZip.Load(folder["both.zip"]).Manifest.Calibration);
    }

    [Fact]
    public void Test_time_augmentation_stands_beside_the_single_pass_and_both_readings_of_a_test_split_are_recorded()
    {
        ProcessResult result = TrainerProcess.Run(
            "evaluate",
            "--model",
            folder["residual.zip"],
            "--data",
            folder["data"],
            "--split",
            "test",
            "--tta",
            "flip",
            "--json",
            folder["figures.json"],
            "--html",
            folder["page.html"]
        );
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.Contains("one forward pass each; flip:", result.Output, StringComparison.Ordinal);
        Assert.Equal(2, result.Output.Split('\n').First(l => l.StartsWith("macro F1", StringComparison.Ordinal)).Count(c => c == '%'));
        JsonElement root = JsonDocument.Parse(File.ReadAllText(folder["figures.json"])).RootElement;
        Assert.Equal(
            ("none", "flip", 2),
            (
                root.GetProperty("testTimeAugmentation").GetString(),
                root.GetProperty("augmented").GetProperty("testTimeAugmentation").GetString(),
                root.GetProperty("augmented").GetProperty("views").GetInt32()
            )
        );
        Assert.Contains("With test-time augmentation", File.ReadAllText(folder["page.html"]), StringComparison.Ordinal);
        string[] readings = File.ReadAllLines(folder["residual.test-readings.jsonl"]);
        Assert.Equal(
            ["none", "flip"],
            readings.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("testTimeAugmentation").GetString())
        );
        Assert.Contains("reading 2 of this test split", result.Error, StringComparison.Ordinal);

        ProcessResult plain = TrainerProcess.Run("evaluate", "--model", folder["residual.zip"], "--data", folder["data"]);
        Assert.Equal(1, plain.Output.Split('\n').First(l => l.StartsWith("macro F1", StringComparison.Ordinal)).Count(c => c == '%'));
    }

    [Fact]
    public void Recorded_figures_travel_in_the_zip_until_its_weights_change_and_looking_again_still_counts()
    {
        string model = folder["residual.zip"];
        string[] Evaluate(params string[] more) => ["evaluate", "--model", model, "--data", folder["data"], "--record", .. more];
        foreach (string[] line in new[] { Evaluate("--tta", "flip"), Evaluate("--tta", "flip"), Evaluate("--split", "test") })
            Assert.Equal(ExitCode.Ok, TrainerProcess.Run(line).Code);
        ModelManifest manifest = ModelZip.Load(model).Manifest;
        Assert.Equal(
            [("validation", "none", 120), ("validation", "flip", 120), ("test", "none", 9)],
            manifest.Measurements.Select(m => (m.Purpose, m.TestTimeAugmentation, m.Images))
        );
        Assert.All(
            manifest.Measurements,
            m => Assert.True(m.AccuracyLow <= m.Accuracy && m.Accuracy <= m.AccuracyHigh && m.OnnxSha256 == manifest.OnnxSha256)
        );
        string card = Card(model);
        Assert.Contains("validation: the epoch was chosen on it | one pass | 120 |", card, StringComparison.Ordinal);
        Assert.Contains(", test | one pass | 9 |", card, StringComparison.Ordinal);

        // The zip's bytes changed with the record, its network did not.
        Assert.Contains(
            "reading 2 of this test split",
            TrainerProcess.Run("evaluate", "--model", model, "--data", folder["data"], "--split", "test").Error,
            StringComparison.Ordinal
        );

        Assert.Equal(ExitCode.Ok, TrainerProcess.Run("calibrate", "--model", model, "--data", folder["data"]).Code);
        Assert.Empty(ModelZip.Load(model).Manifest.Measurements);
        Assert.DoesNotContain("one pass | 120", Card(model), StringComparison.Ordinal);
    }

    [Fact]
    public void Train_ends_with_calibration_unless_told_otherwise_and_a_finished_run_is_left_as_it_is()
    {
        for (int i = 0; i < 36; i++)
            AtomicFile.Write(folder[$"data/train/{Labels[i % 3]}/{i}.png"], stream => stream.Write(TinyData.Png(i % 3, i + 500)));
        string[] line =
        [
            "train",
            "--data",
            folder["data"],
            "--architecture",
            "three-block-cnn",
            "--width",
            "12",
            "--height",
            "12",
            "--widths",
            "4,6,8",
            "--epochs",
            "1",
            "--threads",
            "1",
        ];
        ProcessResult run = TrainerProcess.Run([.. line, "--out", folder["run"]]);
        Assert.True(run.Code == ExitCode.Ok, run.Error);
        Assert.Contains("(120 images): calibration error", run.Error, StringComparison.Ordinal);
        byte[] model = File.ReadAllBytes(folder["run/model.zip"]);
        Assert.Equal(120, ModelZip.Load(folder["run/model.zip"]).Manifest.Calibration!.Images);
        Assert.Contains("one pass | 120", Card(folder["run/model.zip"]), StringComparison.Ordinal);
        Assert.Contains(", seed 1; all settings", Card(folder["run/model.zip"]), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, TrainerProcess.Run("train", "--resume", folder["run"]).Code);
        Assert.Equal(model, File.ReadAllBytes(folder["run/model.zip"]));

        Assert.Equal(ExitCode.Ok, TrainerProcess.Run([.. line, "--out", folder["raw"], "--calibrate", "false"]).Code);
        Assert.Null(ModelZip.Load(folder["raw/model.zip"]).Manifest.Calibration);
    }

    private static string Card(string model)
    {
        using var zip = System.IO.Compression.ZipFile.OpenRead(model);
        using var reader = new StreamReader(zip.GetEntry("EmotionMLNet/model-card.md")!.Open());
        return reader.ReadToEnd();
    }

    [Fact]
    public void What_is_too_little_to_calibrate_on_is_said_with_what_was_not_written()
    {
        for (int i = 0; i < 9; i++)
            AtomicFile.Write(folder[$"few/validation/{Labels[i % 3]}/{i}.png"], stream => stream.Write(TinyData.Png(i % 3, i)));
        byte[] model = File.ReadAllBytes(folder["residual.zip"]);
        ProcessResult result = TrainerProcess.Run(
            "calibrate",
            "--model",
            folder["residual.zip"],
            "--data",
            folder["few"],
            "--out",
            folder["out.zip"]
        );
        Assert.Equal(ExitCode.Failure, result.Code);
        Assert.Contains(
            $"{folder["out.zip"]} was not written: validation has 9 images, and a temperature wants 100 or more",
            result.ErrorLines[^1],
            StringComparison.Ordinal
        );
        Assert.Contains(
            "was left as it is",
            TrainerProcess.Run("calibrate", "--model", folder["residual.zip"], "--data", folder["few"]).Error,
            StringComparison.Ordinal
        );
        Assert.Equal(model, File.ReadAllBytes(folder["residual.zip"]));

        for (int i = 0; i < 9; i++)
            AtomicFile.Write(folder[$"tests/test/{Labels[i % 3]}/{i}.png"], stream => stream.Write(TinyData.Png(i % 3, i)));
        ProcessResult none = TrainerProcess.Run("calibrate", "--model", folder["residual.zip"], "--data", folder["tests"]);
        Assert.Equal(ExitCode.Usage, none.Code);
        Assert.Contains("has no validation split: give data with a validation split", none.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("--split", none.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("give none, flip, crops", "evaluate", "--model", "M", "--data", "D", "--tta", "mirror")]
    [InlineData("'x' is no number", "ensemble", "M", "M", "--out", "O", "--weights", "1,x")]
    [InlineData("a weight is above 0", "ensemble", "M", "M", "--out", "O", "--weights", "1,0")]
    [InlineData(
        "4 numbers for 2 members; give one each, in their order; decimals have a point, as in 0.7,0.3",
        "ensemble",
        "M",
        "M",
        "--out",
        "O",
        "--weights",
        "0,7,0,3"
    )]
    [InlineData("two or more members", "ensemble", "M", "--out", "O")]
    public void A_mistake_is_one_line_and_exit_code_2(string message, params string[] arguments)
    {
        ProcessResult result = TrainerProcess.Run([
            .. arguments.Select(a =>
                a switch
                {
                    "M" => folder["residual.zip"],
                    "D" => folder["data"],
                    "O" => folder["out.zip"],
                    _ => a,
                }
            ),
        ]);
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains(message, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.False(File.Exists(folder["out.zip"]));
    }
}

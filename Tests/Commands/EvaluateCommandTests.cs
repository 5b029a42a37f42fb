using System.Diagnostics;
using System.Text.Json;
using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Finishing;
using EmotionMLNet.Training.Jobs;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.Commands;

/// <summary>Which pictures evaluate measures, where it records that it did, and that figures come whatever happens to the record.</summary>
public sealed class EvaluateCommandTests : IDisposable
{
    private static readonly string[] Labels = ["angry", "happy", "sad"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_folder_that_the_model_was_not_trained_on_is_measured_whole_and_the_heading_says_so()
    {
        Pictures("trained", 60, seed: 1);
        Pictures("photos", 30, seed: 5000);
        Trained("model.zip", "trained");
        ProcessResult result = Run(
            "evaluate",
            "--model",
            folder["model.zip"],
            "--data",
            folder["photos"],
            "--json",
            folder["f.json"],
            "--html",
            folder["p.html"]
        );
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        string heading = $"all 30 pictures of {folder["photos"]}: not the data that this model was trained on";
        Assert.Contains(heading, result.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        JsonElement root = JsonDocument.Parse(File.ReadAllText(folder["f.json"])).RootElement;
        Assert.Equal(
            (30, heading, "other data"),
            (root.GetProperty("images").GetInt32(), root.GetProperty("measured").GetString(), root.GetProperty("origin").GetString())
        );
        Assert.Contains("not the data that this model was trained on", File.ReadAllText(folder["p.html"]), StringComparison.Ordinal);
        Assert.Contains("reading 1 of these pictures", result.Error, StringComparison.Ordinal); // whole, so a test like any other
        Assert.All(
            result.Output.Split('\n'),
            l => Assert.True(CellText.Width(l) <= 80 || l.Contains(folder.FullName, StringComparison.Ordinal), l)
        );
    }

    [Fact]
    public void Of_the_data_of_its_training_the_held_out_part_is_measured_wherever_they_lie()
    {
        Pictures("trained", 60, seed: 1);
        Trained("model.zip", "trained");
        Directory.Move(folder["trained"], folder["elsewhere"]);
        MeasuredData found = HeldOut("model.zip", "elsewhere");
        Assert.Equal((DataOrigin.Training, 12, Split.Validation), (found.Part.Origin, found.Images.Count, found.Images.Split));
        Assert.Equal("validation split of its own training data (20 % of 60, seed 3)", found.Part.Heading);
        Assert.Null(found.Part.Caution);
        DataOptions options = RecordedDivision.CreateOptions(ModelZip.Load(folder["model.zip"]).Manifest, folder["elsewhere"], seed: null);
        (Dataset trained, _) = DataLoader.Load(options, ModelZip.Load(folder["model.zip"]).Manifest.Preprocessing, [Split.Validation]);
        Assert.Equal(trained.Sets[0].Sources, found.Images.Sources);
        // That of --split validation, so recorded figures and readings stay the same ones.
        Assert.Equal(trained.Fingerprint, found.Fingerprint);
    }

    [Fact]
    public void A_training_folder_with_a_picture_more_is_not_measured_on_what_was_trained_on()
    {
        Pictures("trained", 60, seed: 1);
        Trained("run/model.zip", "trained");
        AtomicFile.WriteText(folder["run/settings.json"], SettingsFile.Write(TrainingDefaults.For("emotion-cnn", folder["trained"])));
        Pictures("trained", 1, seed: 999);
        MeasuredData found = HeldOut("run/model.zip", "trained");
        Assert.Equal(DataOrigin.ChangedTraining, found.Part.Origin);
        Assert.InRange(found.Images.Count, 12, 13);
        Assert.Contains("may have been trained on", found.Part.Caution, StringComparison.Ordinal);

        // Without its run folder the model knows the name alone: all are measured, and a word of caution stands there.
        Trained("alone.zip", "trained", data: "trained");
        Pictures("trained", 1, seed: 1999);
        MeasuredData named = HeldOut("alone.zip", "trained");
        Assert.Equal((DataOrigin.Other, 62), (named.Part.Origin, named.Images.Count));
        Assert.Contains("called trained, too", named.Part.Caution, StringComparison.Ordinal);
    }

    [Fact]
    public void A_split_that_is_asked_for_rules()
    {
        Pictures("trained", 60, seed: 1);
        Pictures("photos", 30, seed: 5000);
        Trained("model.zip", "trained");
        foreach (
            (string[] more, int images) in new (string[], int)[]
            {
                (["--split", "validation"], 6),
                (["--split", "all"], 30),
                (["--split", "train"], 21),
                (["--seed", "9"], 6),
            }
        )
        {
            ProcessResult result = Run(["evaluate", "--model", folder["model.zip"], "--data", folder["photos"], "--json", "-", .. more]);
            Assert.True(result.Code == ExitCode.Ok, result.Error);
            Assert.Equal(images, JsonDocument.Parse(result.Output).RootElement.GetProperty("images").GetInt32());
        }
    }

    [Fact]
    public void Data_with_splits_of_their_own_keep_them_and_a_choice_never_falls_on_their_test()
    {
        Pictures("other/train", 30, seed: 1);
        Pictures("other/test", 30, seed: 100);
        Pictures("trained", 60, seed: 1);
        Trained("model.zip", "trained");
        ModelManifest manifest = ModelZip.Load(folder["model.zip"]).Manifest;
        MeasuredData chosen = MeasuredData.LoadHeldOut(
            manifest,
            folder["model.zip"],
            folder["other"],
            choosing: true,
            new SilentReporter(),
            default
        );
        Assert.Equal(6, chosen.Images.Count); // carved out of train
        Assert.All(chosen.Images.Sources, s => Assert.StartsWith("train/", s, StringComparison.Ordinal));
        Assert.Equal(60, HeldOut("model.zip", "other").Images.Count);

        Pictures("other/validation", 9, seed: 300);
        MeasuredData validation = HeldOut("model.zip", "other");
        Assert.Equal((9, DataOrigin.Other), (validation.Images.Count, validation.Part.Origin));
        Trained("own.zip", "other");
        Assert.Equal((9, DataOrigin.Training), (HeldOut("own.zip", "other").Images.Count, HeldOut("own.zip", "other").Part.Origin));
    }

    [Fact]
    public void A_model_that_does_not_say_what_it_was_trained_on_is_measured_on_everything()
    {
        Pictures("photos", 30, seed: 1);
        TinyModel.Make("residual", Labels).Save(folder["model.zip"]);
        MeasuredData found = HeldOut("model.zip", "photos");
        Assert.Equal((DataOrigin.Unknown, 30), (found.Part.Origin, found.Images.Count));
        Assert.Contains("does not say", found.Part.Heading, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_an_ensemble_nothing_is_measured_that_one_of_its_members_was_trained_on()
    {
        Pictures("trained", 90, seed: 1);
        ModelZip[] members = [Trained("a.zip", "trained", seed: 3), Trained("b.zip", "trained", seed: 4)];
        Ensemble.Join([folder["a.zip"], folder["b.zip"]], null, TimeProvider.System).Save(folder["both.zip"]);
        MeasuredData found = HeldOut("both.zip", "trained");
        Assert.Equal(DataOrigin.Training, found.Part.Origin);
        string[] expected =
        [
            .. members.Select(m => ValidationOf(m.Manifest)).Aggregate((a, b) => a.Intersect(b)).Order(StringComparer.Ordinal),
        ];
        Assert.NotEmpty(expected);
        Assert.Equal(expected, found.Images.Sources);

        IEnumerable<string> ValidationOf(ModelManifest manifest) =>
            DataLoader
                .Load(RecordedDivision.CreateOptions(manifest, folder["trained"], null), manifest.Preprocessing, [Split.Validation])
                .Dataset.Sets[0]
                .Sources;
    }

    [Fact]
    public void Figures_come_also_where_the_reading_can_not_be_recorded_beside_the_model_or_anywhere()
    {
        Pictures("photos", 30, seed: 1);
        TinyModel.Make("residual", Labels).Save(folder["model.zip"]);
        Directory.CreateDirectory(folder["model.test-readings.jsonl"]); // in the way even of root
        string[] line = ["evaluate", "--model", folder["model.zip"], "--data", folder["photos"], "--split", "all"];
        for (int n = 1; n <= 2; n++)
        {
            ProcessResult result = Run(line);
            Assert.True(result.Code == ExitCode.Ok, result.Error);
            Assert.Contains("accuracy", result.Output, StringComparison.Ordinal);
            Assert.Contains(
                $"reading {n} of these pictures by this model, recorded in {folder["state"]}",
                result.Error,
                StringComparison.Ordinal
            );
        }
        Directory.Delete(folder["state"], recursive: true);
        AtomicFile.WriteText(folder["state"], "no folder");
        ProcessResult without = Run(line);
        Assert.True(without.Code == ExitCode.Ok, without.Error);
        Assert.Contains("accuracy", without.Output, StringComparison.Ordinal);
        Assert.Contains("could not be recorded", without.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_checkout_a_model_under_version_control_leaves_no_trace_and_readings_of_both_places_count()
    {
        Pictures("photos", 30, seed: 1);
        AtomicFile.WriteText(folder["EmotionMLNet.sln"], "");
        TinyModel.Make("residual", Labels).Save(folder["artifacts/model.zip"]);
        string[] line = ["evaluate", "--model", folder["artifacts/model.zip"], "--data", folder["photos"], "--split", "all"];
        Assert.Contains("reading 1 of", Run(line).Error, StringComparison.Ordinal);
        Assert.Equal([folder["artifacts/model.zip"]], Directory.GetFileSystemEntries(folder["artifacts"]));
        // An older version wrote beside the model.
        string record = Assert.Single(Directory.GetFiles(Path.Combine(folder["state"], "EmotionMLNet", "test-readings")));
        File.Copy(record, TestReadings.PathFor(folder["artifacts/model.zip"]));
        Assert.Contains("reading 3 of", Run(line).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Readings_at_the_same_time_are_all_recorded_and_a_torn_line_costs_no_other()
    {
        Pictures("photos", 9, seed: 1);
        ModelZip zip = TinyModel.Make("residual", Labels);
        zip.Save(folder["model.zip"]);
        Evaluation evaluation = EvaluationJob.Measure(
            folder["model.zip"],
            folder["photos"],
            Split.Test,
            whole: true,
            null,
            1,
            TestTimeAugmentation.None,
            new SilentReporter(),
            default
        );
        // Somebody was killed.
        EmotionMLNet.Files.AtomicFile.WriteText(TestReadings.PathFor(folder["model.zip"]), "{\"at\": 7}\n{\"modelSha");
        TestReading[] readings = new TestReading[32];
        Parallel.For(
            0,
            readings.Length,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            i => readings[i] = TestReadings.Add(evaluation, TimeProvider.System)
        );
        Assert.All(readings, r => Assert.Equal(TestReadings.PathFor(folder["model.zip"]), r.Path));
        string[] lines = File.ReadAllLines(TestReadings.PathFor(folder["model.zip"]));
        Assert.Equal(readings.Length, lines.Skip(2).Count(l => JsonDocument.Parse(l).RootElement.GetProperty("images").GetInt32() == 9));
        Assert.Equal(readings.Length + 1, TestReadings.Add(evaluation, TimeProvider.System).Count);
    }

    [Fact]
    public void Scores_that_are_not_numbers_are_no_label_and_the_message_names_the_picture()
    {
        Pictures("photos", 9, seed: 1);
        ModelZip zip = TinyModel.Make("residual", Labels);
        zip.Save(folder["model.zip"]);
        MeasuredData part = MeasuredData.LoadPart(
            zip.Manifest,
            folder["photos"],
            Split.Test,
            whole: true,
            null,
            "",
            new SilentReporter(),
            default
        );
        zip.Network.Parameters.Last().Parameter.Values[0] = float.NaN;
        var e = Assert.Throws<ModelOutputException>(() =>
            EvaluationJob.Measure(
                folder["model.zip"],
                zip,
                part.Images,
                part.Fingerprint,
                1,
                TestTimeAugmentation.None,
                new SilentReporter(),
                default
            )
        );
        Assert.StartsWith($"{part.Images.Sources[0]}: ", e.Message, StringComparison.Ordinal);
        Assert.Throws<ModelOutputException>(() =>
            ClassificationReport.Compute(Labels, [0.2f, 0.3f, 0.5f, 0.2f, float.PositiveInfinity, 0], [0, 1])
        );
    }

    [Theory]
    [InlineData("evaluate")]
    [InlineData("calibrate")]
    [InlineData("quantise")]
    [InlineData("export")]
    [InlineData("ensemble")]
    public void What_is_no_model_is_told_in_the_same_words_by_every_verb(string verb)
    {
        Pictures("photos", 30, seed: 1);
        TinyModel.Make("residual", Labels).Save(folder["model.zip"]);
        byte[] whole = File.ReadAllBytes(folder["model.zip"]);
        EmotionMLNet.Files.AtomicFile.Write(folder["cut.zip"], s => s.Write(whole.AsSpan(0, whole.Length / 2)));
        EmotionMLNet.Files.AtomicFile.Write(folder["model.onnx"], s => s.Write([8, 10, 18, 4]));
        EmotionMLNet.Files.AtomicFile.Write(folder["empty.zip"], s => s.Write([]));
        foreach (
            (string file, string message, int code) in new[]
            {
                ("none.zip", "there is no such model", ExitCode.Usage),
                ("photos", "a folder, not a regular file", ExitCode.Usage),
                ("cut.zip", "was cut off", ExitCode.Failure),
                ("model.onnx", "but an ONNX file: import it first", ExitCode.Failure),
                ("empty.zip", "it is empty", ExitCode.Failure),
            }
        )
        {
            string[] line =
                verb == "ensemble" ? [verb, folder[file], folder["model.zip"], "--out", folder["out.zip"]]
                : verb == "export" ? [verb, "--model", folder[file], "--onnx", folder["out.zip"]]
                :
                [
                    verb,
                    "--model",
                    folder[file],
                    "--data",
                    folder["photos"],
                    .. verb == "evaluate" ? [] : (string[])["--out", folder["out.zip"]],
                ];
            ProcessResult result = Run(line);
            Assert.Equal(code, result.Code);
            Assert.StartsWith(folder[file], Assert.Single(result.ErrorLines), StringComparison.Ordinal);
            Assert.Contains(message, result.Error, StringComparison.Ordinal);
            Assert.False(File.Exists(folder["out.zip"]));
        }
    }

    private MeasuredData HeldOut(string model, string data) =>
        MeasuredData.LoadHeldOut(
            ModelZip.Load(folder[model]).Manifest,
            folder[model],
            folder[data],
            choosing: false,
            new SilentReporter(),
            default
        );

    private void Pictures(string name, int count, int seed)
    {
        for (int i = 0; i < count; i++)
            AtomicFile.Write(folder[$"{name}/{Labels[i % 3]}/{seed + i}.png"], s => s.Write(TinyData.Png(i % 3, seed + i)));
    }

    /// <summary>A model whose manifest says what training on a folder would have said.</summary>
    private ModelZip Trained(string model, string name, int seed = 3, string data = "elsewhere it was called otherwise")
    {
        ModelZip zip = TinyModel.Make("residual", Labels);
        ModelManifest manifest = zip.Manifest with
        {
            Division = new DataDivision { Seed = seed, ValidationFraction = 0.2, TestFraction = 0.1 },
            Training = new TrainingSummary { Data = data, Seed = seed },
        };
        (Dataset trained, _) = DataLoader.Load(
            RecordedDivision.CreateOptions(manifest, folder[name], seed: null),
            manifest.Preprocessing,
            [Split.Train, Split.Validation]
        );
        zip = zip with { Manifest = manifest with { DataFingerprint = trained.Fingerprint } };
        zip.Save(folder[model]);
        return zip;
    }

    /// <summary>The program with a folder of the user's own that is the test's.</summary>
    private ProcessResult Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])[Path.Combine(AppContext.BaseDirectory, "EmotionMLNet.Trainer.dll"), .. arguments])
            start.ArgumentList.Add(argument);
        start.Environment[UserState.Variable] = folder["state"];
        using Process process = Process.Start(start)!;
        return TrainerProcess.Finish(process);
    }
}

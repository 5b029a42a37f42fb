using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Trainer.Rendering;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Tuning.Reports;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Tests.Tuning.Reports;

/// <summary>What a search leaves for scripts and for the terminal.</summary>
public sealed class TuningFilesTests
{
    [Fact]
    public void Trials_are_read_back_by_a_reader_of_csv()
    {
        TuningResult result = MadeSearch.Realistic();
        using var reader = new CsvReader(
            new StringReader(TrialsCsv.Write(result)),
            new CsvConfiguration(CultureInfo.InvariantCulture) { BadDataFound = a => Assert.Fail(a.RawRecord) }
        );
        Assert.True(reader.Read() && reader.ReadHeader());
        Assert.Equal(
            [
                "number", "kind", "arm", "status", "origin", "rung", "epochs", "loss", "accuracy", "seconds", "started", "ended", "worker",
                "reason", "optimisation.optimiser", "optimisation.learningRate", "optimisation.weightDecay", "optimisation.momentum",
                "loss.labelSmoothing", "augmentation.strength", "augmentation.mixup", "network.dropout",
            ],
            reader.HeaderRecord!
        );
        foreach (SearchTrial trial in result.State.Trials)
        {
            Assert.True(reader.Read());
            Assert.Equal(trial.Id, reader.GetField<int>("number"));
            Assert.Equal(trial.Proposal.Kind.ToString().ToLowerInvariant(), reader["kind"]);
            Assert.Equal(trial.Reason ?? "", reader["reason"]);
            Assert.Equal(trial.Epochs.Count, reader.GetField<int>("epochs"));
            SearchArm arm = result.Options.ArmOf(trial.Proposal.Arm);
            foreach ((string key, Parameter value) in arm.Space.SampleFromFeatureSpace(trial.Proposal.Point).Keys.Select(k =>
                KeyValuePair.Create(k, arm.Space.SampleFromFeatureSpace(trial.Proposal.Point)[k])
            ))
                if (reader.HeaderRecord!.Contains(key)) Assert.Equal(value.ToString().Trim('"'), reader[key]);
            if (trial.Status == TrialStatus.Finished)
            {
                Assert.Equal("4", reader["rung"]);
                Assert.Equal(trial.Epochs.TakeLast(3).Average(e => e.Loss), reader.GetField<double>("loss"), 12);
                Assert.Equal(trial.Spans.Sum(s => s.To!.Value - s.From), reader.GetField<double>("seconds"), 9);
            }
            if (trial.Status == TrialStatus.Rejected)
                Assert.All(["loss", "accuracy", "seconds", "started", "worker"], c => Assert.Equal("", reader[c]));
        }
        Assert.False(reader.Read());
    }

    [Theory]
    [InlineData("emotion-cnn")]
    [InlineData("happy-sad-cnn")]
    [InlineData("resnet18")]
    public void The_recommended_settings_read_over_the_defaults_are_the_trials_own(string architecture)
    {
        TuningResult result = MadeSearch.Realistic(40, SelectionMetric.MacroF1, architecture);
        result = result with
        {
            Options = result.Options with
            {
                // What a command line may ask for besides.
                Arms =
                [
                    result.Options.Arms[0] with
                    {
                        Defaults = result.Options.Arms[0].Defaults with
                        {
                            Network = result.Options.Arms[0].Defaults.Network with { Width = 40, Height = 40 },
                            Optimisation = result.Options.Arms[0].Defaults.Optimisation with { Epochs = 7 },
                        },
                    },
                ],
            },
        };
        Check(result, architecture);
        Check(result with { Gain = null }, architecture);
    }

    [Fact]
    public void A_model_that_was_trained_further_is_in_them_and_no_architecture()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["model.zip"], "");
        TrainingOptions options = TrainingDefaults.ForTrainedWeights(
            TrainingDefaults.For("emotion-cnn", "faces") with
            {
                FineTuning = new() { From = folder["model.zip"] },
            }
        );
        SearchArm arm = new("model.zip", options, SpaceDefaults.For(options));
        TuningResult result = MadeSearch.Of(
            [arm],
            new SearchLayout([new(1, 1)], new Dictionary<string, ArmPace>()),
            [MadeSearch.Trial(0, arm, arm.Space.Cube.Rest, TrialStatus.Finished, [0.4])],
            0
        );
        TrainingOptions read = Read(result, "emotion-cnn", out System.Text.Json.Nodes.JsonObject file);
        Assert.Equal(folder["model.zip"], read.FineTuning.From);
        Assert.Equal(0.005f, read.Optimisation.LearningRate);
        Assert.Null(file["network"]?["architecture"]);
        Assert.NotNull(file["optimisation"]!["learningRate"]); // or it would be made smaller once more
        Assert.NotNull(file["optimisation"]!["weightAverage"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_terminal_has_verdict_figures_changes_and_files_in_eighty_columns(bool isShown)
    {
        TuningResult result = MadeSearch.Realistic();
        if (!isShown) result = result with { Gain = result.Gain! with { Lead = new(0.001, -0.01, 0.01) } };
        using var text = new StringWriter { NewLine = "\n" };
        TuningText.Write(new TerminalOutput(text, IsTerminal: true, 80, HasColour: false), result);
        string[] lines = text.ToString().Split('\n');
        Assert.All(lines, l => Assert.InRange(CellText.Width(l), 0, 80));
        string whole = string.Join(' ', lines);
        Assert.StartsWith(isShown ? $"Trial {result.Winner}" : "No gain shown: keep the default.", lines[0], StringComparison.Ordinal);
        Assert.Contains("Corrected for the choice", whole, StringComparison.Ordinal);
        Assert.Contains(lines, l => l.StartsWith("optimisation.learningRate ", StringComparison.Ordinal));
        Assert.All(TuningFiles.All, f => Assert.Contains(Path.Combine("artifacts/tuned", f), lines));
    }

    [Fact]
    public void All_files_are_written()
    {
        using var folder = new TemporaryFolder();
        TuningResult result = MadeSearch.Tiny();
        TuningFiles.Write(result with { Options = result.Options with { Out = folder.FullName } });
        Assert.Equal(TuningFiles.All.Order(), Directory.GetFiles(folder.FullName).Select(f => Path.GetFileName(f)).Order());
    }

    private static void Check(TuningResult result, string architecture)
    {
        TrialProposal trial = result.State.Trials[result.Recommended].Proposal;
        TrainingOptions wanted = result.Options.ArmOf(trial.Arm).CreateOptions(trial.Settings, seed: 1, epochs: null);
        TrainingOptions read = Read(result, architecture, out System.Text.Json.Nodes.JsonObject file);
        Assert.Equal(architecture, (string?)file["network"]!["architecture"]);
        Assert.DoesNotContain(["data", "seed", "threads", "faces"], file.ContainsKey);
        Assert.Null(file["optimisation"]?["epochs"]);
        // As the command line does where the file has no warm-up.
        read = TrainingDefaults.FitWarmUp(read with { Optimisation = read.Optimisation with { Epochs = wanted.Optimisation.Epochs } });
        Assert.Equal(SettingsFile.Write(wanted with { Data = read.Data, Seed = read.Seed }), SettingsFile.Write(read));
    }

    private static TrainingOptions Read(TuningResult result, string architecture, out System.Text.Json.Nodes.JsonObject file)
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder[BestJson.FileName], BestJson.Write(result));
        file = SettingsFile.Read(folder[BestJson.FileName], out IReadOnlyList<string> notes);
        Assert.Empty(notes);
        return SettingsFile.Overlay(TrainingDefaults.For(architecture, "elsewhere"), file, BestJson.FileName);
    }
}

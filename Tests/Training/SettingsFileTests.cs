using EmotionMLNet.Terminal;
using EmotionMLNet.Architectures;
using EmotionMLNet.Files;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Trainer;
using EmotionMLNet.Trainer.Augmentation;
using EmotionMLNet.Trainer.Training;

namespace EmotionMLNet.Tests.Training;

public sealed class SettingsFileTests : IDisposable
{
    private static readonly TrainingOptions Defaults = TrainingDefaults.For("emotion-cnn", "faces");

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Architectures => [.. Catalogue.All.Select(a => a.Name)];

    public void Dispose() => folder.Dispose();

    private TrainingOptions Read(string json)
    {
        AtomicFile.WriteText(folder["s.json"], json);
        return SettingsFile.Overlay(Defaults, SettingsFile.Read(folder["s.json"]), folder["s.json"]);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void All_settings_come_back_and_no_default_is_a_problem(string architecture)
    {
        TrainingOptions options = TrainingDefaults.For(architecture, "faces") with { Optimiser = OptimiserKind.RAdam, Schedule = ScheduleKind.OneCycle, Widths = [8, 16], From = "old.zip" };
        string written = SettingsFile.Write(options);
        Assert.Equal(written, SettingsFile.Write(Read(written)));
        Assert.Empty((options with { From = null }).Problems());
    }

    [Fact]
    public void A_file_changes_what_it_names_and_nothing_else()
    {
        TrainingOptions read = Read("""
            {
              // names are those of the command line
              "epochs": 7, "optimiser": "adamw", "schedule": "one-cycle", "metric": "macro-f1",
              "augmentation": { "flip": true, "rotate": 5 },
            }
            """);
        Assert.Equal(SettingsFile.Write(Defaults with
        {
            Epochs = 7,
            Optimiser = OptimiserKind.AdamW,
            Schedule = ScheduleKind.OneCycle,
            Metric = SelectionMetric.MacroF1,
            Augmentation = new AugmentationOptions { Flip = true, Rotate = 5 },
        }), SettingsFile.Write(read));
    }

    [Theory]
    [InlineData("""{ "epoch": 7 }""", "there is no setting 'epoch' (did you mean 'epochs'?)")]
    [InlineData("""{ "Epochs": 7 }""", "did you mean 'epochs'")]
    [InlineData("""{ "augmentation": { "turn": 5 } }""", "there is no setting 'augmentation.turn' (there are flip, rotate")]
    [InlineData("""{ "lr": 1, "foo": 2 }""", "'lr'")]
    [InlineData("""{ "epochs": "many" }""", "epochs cannot be \"many\"")]
    [InlineData("""{ "optimiser": "lion" }""", "optimiser cannot be \"lion\"")]
    [InlineData("""{ "optimiser": 1 }""", "optimiser cannot be 1")]
    [InlineData("""{ "augmentation": null }""", "augmentation cannot be null")]
    [InlineData("""{ "widths": null }""", "widths cannot be null")]
    [InlineData("""{ "classWeights": null }""", "classWeights cannot be null")]
    [InlineData("""{ "epochs": 1, "epochs": 2 }""", "epochs")]
    [InlineData("""{ "epochs": 7""", "s.json: ")]
    [InlineData("""[7]""", "JSON object")]
    [InlineData("", "s.json: ")]
    public void What_is_wrong_is_said_in_one_line(string json, string message)
    {
        var e = Assert.Throws<UserException>(() => Read(json));
        Assert.Equal(ExitCode.Usage, e.ExitCode);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.StartsWith(folder["s.json"], e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.DoesNotContain("System.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolved_settings_leave_nothing_to_the_machine_or_the_architecture()
    {
        TrainingOptions resolved = TrainingParts.Resolve(Defaults, TrainingParts.Preprocessing(Defaults));
        Assert.Equal((48, 48, 1, 0.3f, Environment.ProcessorCount), (resolved.Width, resolved.Height, resolved.Channels, resolved.Dropout, resolved.Threads));
        Assert.Equal([32, 64, 128, 256], resolved.Widths);
        Assert.Equal(SettingsFile.Write(resolved), SettingsFile.Write(TrainingParts.Resolve(resolved, TrainingParts.Preprocessing(resolved))));
    }
}

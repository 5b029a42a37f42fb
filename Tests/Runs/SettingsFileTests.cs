using EmotionMLNet.Training;
using CsCheck;
using EmotionMLNet.Terminal;
using EmotionMLNet.Architectures;
using EmotionMLNet.Files;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Trainer;
using EmotionMLNet.Training.Augmentation;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.Runs;

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
    [InlineData("""{ "epochs": "7" }""", "epochs cannot be \"7\": numbers stand without quotes")]
    [InlineData("""{ "learningRate": "0,001" }""", "write 0.001 without quotes")]
    [InlineData("""{ "learningRate": null }""", "learningRate cannot be null: leave it away")]
    [InlineData("""{ "learningRate": NaN }""", "line 1, at 'learningRate'")]
    [InlineData("""{ "learningRate": Infinity }""", "line 1, at 'learningRate'")]
    [InlineData("""{ "learningRate": 1e999 }""", "learningRate cannot be 1e999: that is too large")]
    [InlineData("""{ "learningRate": 0,001 }""", "line 1, at 'learningRate'")]
    [InlineData("""{ "epochs": 1,000 }""", "line 1, at 'epochs'")]
    [InlineData("""{ "epochs": 2.5 }""", "epochs cannot be 2.5")]
    [InlineData("""{ "epochs": 99999999999 }""", "epochs cannot be 99999999999")]
    [InlineData("""{ "epochs": true }""", "epochs cannot be true")]
    [InlineData("""{ "epochs": {} }""", "epochs cannot be {}")]
    [InlineData("""{ "widths": [8, 2.5] }""", "widths[1] cannot be")]
    [InlineData("""{ "widths": [{ "a": 1, "a": 2 }] }""", "a")]
    [InlineData("""{ "augmentation": { "rotate": "5" } }""", "augmentation.rotate cannot be \"5\"")]
    [InlineData("""{ "augmentation": 5 }""", "augmentation cannot be 5")]
    [InlineData("""{ "head": { "unit": 5 } }""", "there is no setting 'head.unit'")]
    [InlineData("""{ "time": "soon" }""", "time cannot be \"soon\"")]
    [InlineData("""{ "time": 90 }""", "time cannot be 90")]
    [InlineData("   ", "the file is empty")]
    [InlineData("""[7]""", "JSON object")]
    [InlineData("", "s.json: ")]
    public void What_is_wrong_is_said_in_one_line(string json, string message)
    {
        var e = Assert.ThrowsAny<TrainingException>(() => Read(json));
        Assert.IsType<TrainingException>(e);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.StartsWith(folder["s.json"], e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.DoesNotContain("System.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_file_of_settings_is_refused_before_it_is_read()
    {
        Directory.CreateDirectory(folder["dir"]);
        AtomicFile.WriteText(folder["large"], new string(' ', (1 << 20) + 1));
        foreach ((string name, string message) in new[] { ("dir", "a folder"), ("large", "more than the limit"), ("missing", "no such file") })
        {
            var e = Assert.ThrowsAny<TrainingException>(() => SettingsFile.Read(folder[name]));
            Assert.IsType<TrainingException>(e);
            Assert.StartsWith(folder[name], e.Message, StringComparison.Ordinal);
            Assert.Contains(message, e.Message, StringComparison.Ordinal);
        }
        if (OperatingSystem.IsLinux()) Assert.Contains("device", Assert.ThrowsAny<TrainingException>(() => SettingsFile.Read("/dev/zero")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("15m", 900), InlineData("00:15:00", 900), InlineData("1.00:00:00", 86400)]
    public void A_time_is_written_as_on_the_command_line_or_as_it_was_saved(string text, double seconds)
        => Assert.Equal(seconds, Read($$"""{ "time": "{{text}}" }""").Time!.Value.TotalSeconds);

    [Fact]
    public void No_text_escapes_as_another_exception()
        => Gen.OneOf(Gen.String, Gen.OneOf("{", "}", "\"epochs\"", ":", "1,000", "null", "NaN", ",", "[", "]", "\"widths\"", "\"augmentation\"", "\"head\"", "\"time\"", "1e400", "-0", "\"x\"").Array[0, 12].Select(string.Concat)).Sample(text =>
        {
            try
            {
                Read(text);
            }
            catch (TrainingException)
            {
                // One line that names the file.
            }
        }, iter: 3000, threads: 1);

    [Fact]
    public void Resolved_settings_leave_nothing_to_the_machine_or_the_architecture()
    {
        TrainingOptions resolved = TrainingParts.Resolve(Defaults, TrainingParts.Preprocessing(Defaults));
        Assert.Equal((48, 48, 1, 0.3f, Environment.ProcessorCount), (resolved.Width, resolved.Height, resolved.Channels, resolved.Dropout, resolved.Threads));
        Assert.Equal([32, 64, 128, 256], resolved.Widths);
        Assert.Equal(SettingsFile.Write(resolved), SettingsFile.Write(TrainingParts.Resolve(resolved, TrainingParts.Preprocessing(resolved))));
    }
}

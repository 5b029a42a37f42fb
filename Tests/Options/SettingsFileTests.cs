using CsCheck;
using EmotionMLNet.Architectures;
using EmotionMLNet.Files;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.Options;

public sealed class SettingsFileTests : IDisposable
{
    private static readonly TrainingOptions Defaults = TrainingDefaults.For("emotion-cnn", "faces");

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Architectures => [.. Catalogue.All.Select(a => a.Name)];

    public void Dispose() => folder.Dispose();

    private TrainingOptions Read(string json)
    {
        AtomicFile.WriteText(folder["s.json"], json);
        return SettingsFile.Overlay(Defaults, SettingsFile.Read(folder["s.json"], out _), folder["s.json"]);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void All_settings_come_back_and_no_default_is_a_problem(string architecture)
    {
        TrainingOptions options = TrainingDefaults.For(architecture, "faces") with
        {
            Optimisation = TrainingDefaults.For(architecture, "faces").Optimisation with
            {
                Optimiser = OptimiserKind.RAdam,
                Schedule = ScheduleKind.OneCycle,
            },
            Network = TrainingDefaults.For(architecture, "faces").Network with { Widths = [8, 16] },
            FineTuning = TrainingDefaults.For(architecture, "faces").FineTuning with { From = "old.zip" },
        };
        string written = SettingsFile.Write(options);
        Assert.Equal(written, SettingsFile.Write(Read(written)));
        Assert.Empty((options with { FineTuning = options.FineTuning with { From = null } }).FindProblems());
    }

    [Fact]
    public void A_file_changes_what_it_names_and_nothing_else()
    {
        TrainingOptions read = Read("""
            {
              // names are those of the command line
              "optimisation": { "epochs": 7, "optimiser": "adamw", "schedule": "one-cycle", "metric": "macro-f1" },
              "augmentation": { "flip": true, "rotate": 5 },
            }
            """);
        Assert.Equal(
            SettingsFile.Write(
                Defaults with
                {
                    Optimisation = Defaults.Optimisation with
                    {
                        Epochs = 7,
                        Optimiser = OptimiserKind.AdamW,
                        Schedule = ScheduleKind.OneCycle,
                        Metric = SelectionMetric.MacroF1,
                    },
                    Augmentation = new AugmentationOptions { Flip = true, Rotate = 5 },
                }
            ),
            SettingsFile.Write(read)
        );
    }

    [Theory]
    [InlineData("""{ "optimisation": { "epoch": 7 } }""", "there is no setting 'optimisation.epoch' (did you mean 'epochs'?)")]
    [InlineData("""{ "optimisation": { "Epochs": 7 } }""", "did you mean 'epochs'")]
    [InlineData("""{ "augmentation": { "turn": 5 } }""", "there is no setting 'augmentation.turn' (there are flip, rotate")]
    [InlineData("""{ "optimisation": { "lr": 1, "foo": 2 } }""", "'optimisation.lr'")]
    [InlineData("""{ "optimisation": { "epochs": "many" } }""", "optimisation.epochs cannot be \"many\"")]
    [InlineData("""{ "optimisation": { "optimiser": "lion" } }""", "optimisation.optimiser cannot be \"lion\"")]
    [InlineData("""{ "optimisation": { "optimiser": 1 } }""", "optimisation.optimiser cannot be 1")]
    [InlineData("""{ "augmentation": null }""", "augmentation cannot be null")]
    [InlineData("""{ "network": { "architecture": null } }""", "network.architecture cannot be null")]
    [InlineData("""{ "loss": { "classWeights": null } }""", "loss.classWeights cannot be null")]
    [InlineData("""{ "optimisation": { "epochs": 1, "epochs": 2 } }""", "epochs")]
    [InlineData("""{ "optimisation": { "epochs": 7""", "s.json: ")]
    [InlineData("""{ "optimisation": { "epochs": "7" } }""", "optimisation.epochs cannot be \"7\": numbers stand without quotes")]
    [InlineData("""{ "optimisation": { "learningRate": "0,001" } }""", "write 0.001 without quotes")]
    [InlineData("""{ "optimisation": { "learningRate": null } }""", "optimisation.learningRate cannot be null: leave it away")]
    [InlineData("""{ "optimisation": { "learningRate": NaN } }""", "line 1, at 'learningRate'")]
    [InlineData("""{ "optimisation": { "learningRate": Infinity } }""", "line 1, at 'learningRate'")]
    [InlineData("""{ "optimisation": { "learningRate": 1e999 } }""", "optimisation.learningRate cannot be 1e999: that is too large")]
    [InlineData("""{ "optimisation": { "learningRate": 0,001 } }""", "line 1, at 'learningRate'")]
    [InlineData("""{ "optimisation": { "epochs": 1,000 } }""", "line 1, at 'epochs'")]
    [InlineData("""{ "optimisation": { "epochs": 2.5 } }""", "optimisation.epochs cannot be 2.5")]
    [InlineData("""{ "optimisation": { "epochs": 99999999999 } }""", "optimisation.epochs cannot be 99999999999")]
    [InlineData("""{ "optimisation": { "epochs": true } }""", "optimisation.epochs cannot be true")]
    [InlineData("""{ "optimisation": { "epochs": {} } }""", "optimisation.epochs cannot be {}")]
    [InlineData("""{ "network": { "widths": [8, 2.5] } }""", "network.widths[1] cannot be")]
    [InlineData("""{ "network": { "widths": [{ "a": 1, "a": 2 }] } }""", "a")]
    [InlineData("""{ "augmentation": { "rotate": "5" } }""", "augmentation.rotate cannot be \"5\"")]
    [InlineData("""{ "augmentation": 5 }""", "augmentation cannot be 5")]
    [InlineData("""{ "fineTuning": { "head": { "unit": 5 } } }""", "there is no setting 'fineTuning.head.unit'")]
    [InlineData("""{ "optimisation": { "time": "soon" } }""", "optimisation.time cannot be \"soon\"")]
    [InlineData("""{ "optimisation": { "time": 90 } }""", "optimisation.time cannot be 90")]
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
        foreach (
            (string name, string message) in new[] { ("dir", "a folder"), ("large", "more than the limit"), ("missing", "no such file") }
        )
        {
            var e = Assert.ThrowsAny<TrainingException>(() => SettingsFile.Read(folder[name], out _));
            Assert.IsType<TrainingException>(e);
            Assert.StartsWith(folder[name], e.Message, StringComparison.Ordinal);
            Assert.Contains(message, e.Message, StringComparison.Ordinal);
        }
        if (OperatingSystem.IsLinux())
            Assert.Contains(
                "device",
                Assert.ThrowsAny<TrainingException>(() => SettingsFile.Read("/dev/zero", out _)).Message,
                StringComparison.Ordinal
            );
    }

    [Theory]
    [InlineData("15m", 900), InlineData("00:15:00", 900), InlineData("1.00:00:00", 86400)]
    public void A_time_is_written_as_on_the_command_line_or_as_it_was_saved(string text, double seconds)
        => Assert.Equal(seconds, Read($$"""{ "optimisation": { "time": "{{text}}" } }""").Optimisation.Time!.Value.TotalSeconds);

    [Fact]
    public void No_text_escapes_as_another_exception() =>
        Gen.OneOf(
                Gen.String,
                Gen.OneOf(
                        "{",
                        "}",
                        "\"epochs\"",
                        ":",
                        "1,000",
                        "null",
                        "NaN",
                        ",",
                        "[",
                        "]",
                        "\"widths\"",
                        "\"augmentation\"",
                        "\"head\"",
                        "\"time\"",
                        "1e400",
                        "-0",
                        "\"x\""
                    )
                    .Array[0, 12]
                    .Select(string.Concat)
            )
            .Sample(
                text =>
                {
                    try
                    {
                        Read(text);
                    }
                    catch (TrainingException)
                    {
                        // One line that names the file.
                    }
                },
                iter: 3000,
                threads: 1
            );

    [Fact]
    public void Resolved_settings_leave_nothing_to_the_machine_or_the_architecture()
    {
        TrainingOptions resolved = RunFactory.Resolve(Defaults, RunFactory.CreatePreprocessing(Defaults));
        Assert.Equal(
            (48, 48, 1, 0.3f, Environment.ProcessorCount),
            (resolved.Network.Width, resolved.Network.Height, resolved.Network.Channels, resolved.Network.Dropout, resolved.Threads)
        );
        Assert.Equal([32, 64, 128, 256], resolved.Network.Widths);
        Assert.Equal(
            SettingsFile.Write(resolved),
            SettingsFile.Write(RunFactory.Resolve(resolved, RunFactory.CreatePreprocessing(resolved)))
        );
    }
}

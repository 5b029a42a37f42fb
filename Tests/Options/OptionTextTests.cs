using CsCheck;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Options;

/// <summary>The small languages of options: whatever is typed is read as meant, or refused in one line that says what to write.</summary>
public sealed class OptionTextTests
{
    private static readonly Dictionary<string, Action<string>> Parsers = new()
    {
        ["--augmentation"] = text => AugmentationText.Parse(text),
        ["--head"] = text => HeadOptions.Parse(text),
        ["--progressive"] = text => ProgressiveOptions.Parse(text),
        ["--time"] = text => Duration.Parse(text),
        ["--class-weights"] = text => ClassWeighting.Parse(text),
        ["--loss"] = text => LossFunction.Parse(text),
        ["--freeze"] = text => Freezing.Parse(text),
    };

    private static readonly Gen<string> Typed = Gen.OneOf(
        Gen.String,
        Gen.OneOf(
                "flip",
                "crop",
                "rotate",
                "=",
                ",",
                "0",
                "9",
                ".",
                "-",
                "1e9",
                "e",
                "1e999",
                "NaN",
                "dense",
                "linear",
                "dropout",
                "side",
                "epochs",
                "gce",
                "bootstrap",
                "cross-entropy",
                "left",
                "low",
                "h",
                "m",
                "s",
                ":",
                " ",
                "none",
                "auto"
            )
            .Array[0, 9]
            .Select(string.Concat)
    );

    public static TheoryData<string> Names => [.. Parsers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Any_text_is_read_or_refused_in_one_line(string option)
        => Typed.Sample(text =>
        {
            try
            {
                Parsers[option](text);
            }
            catch (FormatException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        }, iter: 20_000);

    [Theory]
    [InlineData("--augmentation", "crop=0,9", "crop=0.9")]
    [InlineData("--augmentation", "flip,shift=0,1,rotate=5", "shift=0.1")]
    [InlineData("--head", "dense=8,dropout=0,5", "dropout=0.5")]
    [InlineData("--head", "linear,dropout=0,5", "dropout=0.5")]
    [InlineData("--progressive", "side=0,7,epochs=0,5", "side=0.7")]
    [InlineData("--loss", "gce=0,7", "0.7")]
    [InlineData("--time", "1,5h", "1.5h")]
    [InlineData("--class-weights", "left=1,5,low=2", "left=1.5")]
    public void A_decimal_comma_is_never_another_value(string option, string text, string remedy) =>
        Assert.Contains($"write {remedy}", Assert.Throws<FormatException>(() => Parsers[option](text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_strength_is_read_as_it_is_written()
        => Gen.Float[-1e6f, 1e6f].Sample(value =>
        {
            string text = value.ToString(System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(value, AugmentationText.Parse($"rotate={text}").Rotate);
            Assert.Equal(value, ProgressiveOptions.Parse($"side={text}").Side);
        });

    [Fact]
    public void A_head_is_read_as_it_says_what_it_is()
        => Gen.Select(Gen.Int[0, 65536], Gen.Float[0, 0.999f]).Sample((units, dropout) =>
        {
            var head = new HeadOptions { Units = units == 0 ? null : units, Dropout = dropout };
            Assert.Equal(head, HeadOptions.Parse(head.ToString()));
        });

    [Fact]
    public void Settings_that_were_written_are_read_as_they_were() =>
        Gen.Select(Gen.Float[1e-9f, 1e3f], Gen.Int, Gen.Double[0, 1], Gen.Float[0, 180], Gen.Int[1, 1000000], Gen.Bool)
            .Sample(
                (rate, seed, fraction, rotate, seconds, flip) =>
                {
                    TrainingOptions options = TinyData.Options with
                    {
                        Optimisation = TinyData.Options.Optimisation with { LearningRate = rate, Time = TimeSpan.FromSeconds(seconds) },
                        Seed = seed,
                        Data = TinyData.Options.Data with { ValidationFraction = fraction },
                        Augmentation = new AugmentationOptions { Rotate = rotate, Flip = flip },
                        FineTuning = TinyData.Options.FineTuning with
                        {
                            Head = flip ? new HeadOptions { Units = seconds, Dropout = rate } : null,
                        },
                    };
                    string written = SettingsFile.Write(options);
                    TrainingOptions read = SettingsFile.Overlay(
                        TrainingDefaults.For("emotion-cnn", "elsewhere"),
                        System.Text.Json.Nodes.JsonNode.Parse(written)!.AsObject(),
                        "settings.json"
                    );
                    Assert.Equal(written, SettingsFile.Write(read));
                }
            );
}

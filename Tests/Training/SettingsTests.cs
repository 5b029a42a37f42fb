using EmotionMLNet.Architectures;
using EmotionMLNet.Files;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Trainer;
using EmotionMLNet.Trainer.Augmentation;
using EmotionMLNet.Trainer.Training;

namespace EmotionMLNet.Tests.Training;

public sealed class SettingsTests
{
    [Fact]
    public void Settings_survive_their_file()
    {
        using var folder = new TemporaryFolder();
        TrainingOptions options = TrainingDefaults.For("emotion-cnn", "data") with { Widths = [8, 16], Schedule = ScheduleKind.OneCycle, ClassWeights = "auto" };
        AtomicFile.WriteText(folder["settings.json"], SettingsFile.Write(options));
        TrainingOptions read = SettingsFile.Overlay(TrainingDefaults.For("three-block-cnn", "other"), folder["settings.json"]);
        Assert.Equal(SettingsFile.Write(options), SettingsFile.Write(read));
    }

    [Fact]
    public void A_part_of_the_settings_lies_over_the_defaults_and_an_unknown_one_is_refused()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["a.json"], """{ "epochs": 7, "optimiser": "adam-w" }""");
        TrainingOptions read = SettingsFile.Overlay(TrainingDefaults.For("emotion-cnn", "data"), folder["a.json"]);
        Assert.Equal((7, OptimiserKind.AdamW, 0.05f), (read.Epochs, read.Optimiser, read.LearningRate));
        AtomicFile.WriteText(folder["b.json"], """{ "epocs": 7 }""");
        Assert.Contains("epocs", Assert.Throws<UserException>(() => SettingsFile.Overlay(read, folder["b.json"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "augmentation": null }""")]
    [InlineData("""{ "widths": null }""")]
    [InlineData("""{ "classWeights": null }""")]
    [InlineData("""{ "epochs": 1, "epochs": 2 }""")]
    [InlineData("""{ "epochs": "many" }""")]
    [InlineData("""{ "epochs": 7""")]
    [InlineData("[7]")]
    [InlineData("")]
    public void What_cannot_be_a_setting_is_one_line_with_the_file_in_it(string json)
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["a.json"], json);
        var e = Assert.Throws<UserException>(() => SettingsFile.Overlay(TrainingDefaults.For("emotion-cnn", "data"), folder["a.json"]));
        Assert.StartsWith(folder["a.json"], e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void The_defaults_of_every_architecture_have_no_problem_and_all_problems_are_told_at_once()
    {
        foreach (Architecture a in Catalogue.All) Assert.Empty(TrainingDefaults.For(a.Name, "data").Problems());
        TrainingOptions wrong = TrainingDefaults.For("nothing", "data") with { Epochs = 0, LearningRate = float.NaN, Channels = 2 };
        Assert.Equal(4, wrong.Problems().Count());
    }

    [Fact]
    public void Augmentation_is_read_as_it_is_written()
    {
        Assert.Equal(new AugmentationOptions { Flip = true, Rotate = 12, Shift = 0.1f }, AugmentationText.Parse("flip, rotate=12,shift"));
        Assert.Equal(AugmentationOptions.None, AugmentationText.Parse("none"));
        Assert.Throws<UserException>(() => AugmentationText.Parse("twirl"));
        Assert.Throws<UserException>(() => AugmentationText.Parse("rotate=much"));
    }
}

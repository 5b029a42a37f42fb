using EmotionMLNet.Architectures;
using EmotionMLNet.Files;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Tuning;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Tests.Tuning;

public sealed class SpaceFileTests : IDisposable
{
    private static readonly TrainingOptions Defaults = TrainingDefaults.For("emotion-cnn", "faces");

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Architectures => [.. Catalogue.All.Select(a => a.Name)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Recommended_spaces_vary_at_most_eight_settings_and_every_point_is_a_settings_file(string architecture)
    {
        TrainingOptions defaults = TrainingDefaults.For(architecture, "faces");
        SearchSpace space = SpaceDefaults.For(defaults);
        Assert.InRange(space.MostActive, 6, SpaceFile.MostSettings);
        CheckPoints(space, defaults);
        CheckPoints(SpaceDefaults.Menu(defaults), defaults);
        Assert.Equal(space, Read(SpaceFile.Write(space), defaults));
        foreach (string name in new[] { "learningRate", "weightDecay", "dropout", "batchSize", "mixup" })
            Assert.Equal(1, SpaceDefaults.Menu(defaults).Keep(name).FeatureSpaceDim);
    }

    [Theory]
    [InlineData("from")]
    [InlineData("backbone")]
    public void Starts_have_spaces_of_their_own(string start)
    {
        TrainingOptions defaults = TrainingDefaults.ForTrainedWeights(Defaults) with
        {
            FineTuning = start == "from" ? new() { From = "old.zip" } : new() { Backbone = "resnet18-mlnet" },
        };
        SearchSpace space = SpaceDefaults.For(defaults, blocks: 7);
        Assert.InRange(space.MostActive, 6, SpaceFile.MostSettings);
        CheckPoints(space, defaults);
        CheckPoints(SpaceDefaults.Menu(defaults, blocks: 7), defaults);
        var freeze = (ChoiceOption)space.Leaves.Single(l => l.Key == "fineTuning.freeze").Option;
        Assert.Equal(["none", "3"], freeze.Choices.Select(c => c.AsType<string>()));
        Assert.Equal(start == "backbone", space.Leaves.Any(l => l.Key == TunedSettings.Head));
        // What is frozen is an arm of its own, and sees no augmentation.
        TrainingOptions frozen = defaults with { FineTuning = defaults.FineTuning with { Freeze = Freezing.All } };
        SearchSpace head = SpaceDefaults.For(frozen, blocks: 7);
        CheckPoints(head, frozen);
        Assert.DoesNotContain(head.Leaves, l => l.Key.Split('.')[0] == "augmentation" || l.Key == "fineTuning.layerDecay");
        Assert.Equal(1e-5, space.Leaves.Where(l => l.Key == "optimisation.learningRate").Min(l => ((UniformSingleOption)l.Option).Min));
    }

    [Fact]
    public void The_default_of_a_space_is_the_recommended_recipe()
    {
        string path = folder["winner.json"];
        Parameter usual = SpaceDefaults.For(Defaults).DefaultValue;
        AtomicFile.WriteText(path, TunedSettings.ToSettings(usual, Defaults).ToJsonString());
        TrainingOptions read = SettingsFile.Overlay(Defaults, SettingsFile.Read(path, out _), path);
        TrainingOptions expected = Defaults with { Network = Defaults.Network with { Dropout = 0.3f } }; // the network's own, said aloud
        Assert.Equal(SettingsFile.Write(expected), SettingsFile.Write(read));
    }

    [Fact]
    public void Strength_scales_what_the_defaults_change_and_leaves_the_rest()
    {
        TrainingOptions Settings(params KeyValuePair<string, Parameter>[] values) =>
            SettingsFile.Overlay(Defaults, TunedSettings.ToSettings(Parameter.CreateNested(values), Defaults), "point");
        AugmentationOptions usual = Defaults.Augmentation;
        AugmentationOptions half = Settings(
            new("augmentation.strength", Parameter.FromDouble(0.5)),
            new("augmentation.mixup", Parameter.FromDouble(0.2))
        ).Augmentation;
        Assert.Equal(usual with { Rotate = 5, Shift = 0.05f, Scale = 0.05f, Brightness = 0.1f, Contrast = 0.1f, Mixup = 0.2f }, half);
        var mixup = KeyValuePair.Create("augmentation.mixup", Parameter.FromDouble(0.4));
        Assert.Equal(usual with { Mixup = 0.4f }, Settings(mixup).Augmentation);
        HeadOptions? head = Settings(
            new("fineTuning.head", Parameter.FromString("dense=256")),
            new("fineTuning.head.dropout", Parameter.FromDouble(0.25))
        ).FineTuning.Head;
        Assert.Equal(new HeadOptions { Units = 256, Dropout = 0.25f }, head);
    }

    [Fact]
    public void A_file_says_everything_that_a_space_can()
    {
        SearchSpace space = Read(
            """
            {
              // SGD or not
              "optimisation.optimiser": {"choices": ["sgd", "adamw"], "default": "sgd"},
              "optimisation.learningRate": [
                {"min": 0.005, "max": 0.3, "log": true, "default": 0.05, "when": {"optimisation.optimiser": ["sgd"]}},
                {"min": 0.0002, "max": 0.01, "log": true, "default": 0.001, "when": {"optimisation.optimiser": ["adamw"]}}],
              "optimisation.momentum": {"min": 0.8, "max": 0.98, "logOfComplement": true, "default": 0.9, "when": {"optimisation.optimiser": ["sgd"]}},
              "optimisation.batchSize": {"min": 16, "max": 128, "log": true, "step": 2, "default": 64},
              "augmentation.mixup": {"min": 0.05, "max": 0.8, "log": true, "zeroShare": 0.25, "default": 0},
              "network.widths": {"choices": [[16, 32, 64, 128], [32, 64, 128, 256]], "default": [32, 64, 128, 256]},
              "optimisation.epochs": 12,
            }
            """
        );
        Assert.Equal(7, space.FeatureSpaceDim);
        Assert.Equal(6, space.MostActive);
        Assert.IsType<UniformIntOption>(space.Leaves.Single(l => l.Key == "optimisation.batchSize").Option);
        Assert.Equal(12, space.DefaultValue["optimisation.epochs"].AsType<int>());
        Assert.Equal(space, Read(SpaceFile.Write(space)));
        CheckPoints(space, Defaults);
    }

    [Theory]
    [InlineData("", "the file is empty: a search space is a JSON object")]
    [InlineData("[]", "a search space is a JSON object")]
    [InlineData("""{"optimisation.learnRate": 1}""", "optimisation.learnRate: there is no such setting.")]
    [InlineData("""{"learningRate": {"min": 1, "max": 2}}""", "learningRate: there is no such setting (did you mean optimisation.learningRate?).")]
    [InlineData("""{"optimisation.learningRate": {"min": 0.1}}""", "optimisation.learningRate: give min and max, or choices.")]
    [InlineData("""{"optimisation.learningRate": {"min": 0.1, "max": 1}}""", "optimisation.learningRate: give a default: it is tried first.")]
    [InlineData("""{"optimisation.learningRate": {"min": 0.1, "max": 1, "defualt": 1}}""", "optimisation.learningRate: there is no 'defualt' here; there are min, max, ")]
    [InlineData("""{"optimisation.learningRate": {"min": "a", "max": 1, "default": 1}}""", "optimisation.learningRate: min cannot be \"a\": give a number.")]
    [InlineData("""{"optimisation.learningRate": {"min": 1e99, "max": 1, "default": 1}}""", "optimisation.learningRate: 1e99 is too large")]
    [InlineData("""{"optimisation.learningRate": {"min": 0, "max": 1, "default": 1, "log": true}}""", "optimisation.learningRate: A logarithmic scale begins above 0.")]
    [InlineData("""{"optimisation.learningRate": {"min": 0, "max": 1, "default": 1, "log": 1}}""", "optimisation.learningRate: log cannot be 1: give true or false.")]
    [InlineData("""{"optimisation.learningRate": {"min": 0, "max": 1, "default": 1}}""", "optimisation.learningRate 0: give a positive number")]
    [InlineData("""{"optimisation.batchSize": {"min": 2.5, "max": 8, "default": 4}}""", "optimisation.batchSize: min cannot be 2.5: give a whole number.")]
    [InlineData("""{"optimisation.batchSize": {"min": 1, "max": 8, "default": 4}}""", "optimisation.batchSize 1: give 2 or more, batch norm needs company")]
    [InlineData("""{"optimisation.optimiser": {"choices": [], "default": "sgd"}}""", "optimisation.optimiser: choices cannot be []: give a list of values.")]
    [InlineData("""{"optimisation.optimiser": {"choices": ["sgd"], "default": "adam"}}""", "optimisation.optimiser: The default \"adam\" is none of \"sgd\".")]
    [InlineData("""{"optimisation.optimiser": {"choices": ["sgdd"], "default": "sgdd"}}""", "optimisation.optimiser cannot be \"sgdd\".")]
    [InlineData("""{"optimisation.optimiser": {"min": 1, "max": 2, "default": 1}}""", "optimisation.optimiser: its values are no numbers: give choices.")]
    [InlineData("""{"optimisation.epochs": "many"}""", "optimisation.epochs cannot be \"many\"")]
    [InlineData("""{"fineTuning.head": {"choices": ["cubic"], "default": "cubic"}}""", "fineTuning.head cannot be \"cubic\": 'cubic' is not understood")]
    [InlineData("""{"optimisation.momentum": {"min": 0, "max": 0.9, "default": 0, "when": {"optimisation.optimiser": ["sgd"]}}}""", "optimisation.momentum: its condition names optimisation.optimiser, which is not in the space.")]
    [InlineData("""{"optimisation.momentum": {"min": 0, "max": 0.9, "default": 0, "when": "sgd"}}""", "optimisation.momentum: when cannot be \"sgd\": give a setting and a list of its values.")]
    [InlineData("""{"optimisation.momentum": 0.1, "optimisation.momentum": 0.2}""", "optimisation.momentum")]
    [InlineData("""{"optimisation.momentum": {"min": 0,,}""", "line 1, at 'min'")]
    public void A_wrong_file_is_one_line_with_the_key(string json, string expected)
    {
        string message = Assert.Throws<TrainingException>(() => Read(json)).Message;
        Assert.StartsWith(folder["space.json"], message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void More_than_eight_settings_at_once_are_refused()
    {
        string message = Assert.Throws<TrainingException>(() => Read(SpaceFile.Write(SpaceDefaults.Menu(Defaults)))).Message;
        Assert.Contains("settings vary at once, and few trainings can't tell so many apart: fix some, 8 may vary", message);
    }

    private SearchSpace Read(string json, TrainingOptions? defaults = null)
    {
        AtomicFile.WriteText(folder["space.json"], json);
        return SpaceFile.Read(folder["space.json"], defaults ?? Defaults);
    }

    private void CheckPoints(SearchSpace space, TrainingOptions defaults)
    {
        string[] before = [.. defaults.FindProblems().Select(p => p.Path)];
        for (int i = 0; i < 20; i++)
        {
            var draws = Draws.Of(1, i, Draws.Purpose.Uniform);
            Parameter point = space.SampleFromFeatureSpace(Draws.Point(space.Cube, ref draws));
            AtomicFile.WriteText(folder["point.json"], TunedSettings.ToSettings(point, defaults).ToJsonString());
            TrainingOptions read = SettingsFile.Overlay(defaults, SettingsFile.Read(folder["point.json"], out _), folder["point.json"]);
            Assert.Empty(read.FindProblems().Where(p => !before.Contains(p.Path)).Select(p => p.ToString()));
            Assert.Equal(point["optimisation.learningRate"].AsType<float>(), read.Optimisation.LearningRate);
        }
    }
}

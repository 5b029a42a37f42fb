using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Tests.Tuning;

/// <summary>Search spaces that a class describes.</summary>
public sealed class TypedSearchSpaceTests
{
    [Fact]
    public void A_class_is_the_space_that_its_attributes_say()
    {
        var space = new SearchSpace<Recipe>();
        var written = new SearchSpace
        {
            { "learningRate", new UniformSingleOption(1e-4f, 0.1f, logBase: true, 0.02f) },
            { "batchSize", new UniformIntOption(16, 128, logBase: true, 32) },
            { "momentum", new UniformDoubleOption(0.5, 0.99, logBase: false, 0.9) },
            { "optimiser", new ChoiceOption([Text("sgd"), Text("adam-w")], Text("adam-w")) },
            { "nesterov", new ChoiceOption([Parameter.FromBool(false), Parameter.FromBool(true)], Parameter.FromBool(true)) },
            { "picture.size", new ChoiceOption([Parameter.FromInt(48), Parameter.FromInt(64)], Parameter.FromInt(48)) },
        };
        Assert.Equal(written.Select(o => o.Key), space.Select(o => o.Key));
        Assert.Equal(written.Select(o => o.Value), space.Select(o => o.Value));
        Assert.True(written.Equals(space));
    }

    [Fact]
    public void Instances_go_to_the_cube_and_back()
    {
        var space = new SearchSpace<Recipe>();
        Recipe first = space.Create(space.DefaultValue);
        Assert.Equal((0.02f, 32, 0.9, Optimisers.AdamW, true, 48), Values(first));
        Assert.Equal("kept", first.Note);
        var random = new Random(1);
        for (int i = 0; i < 50; i++)
        {
            double[] point = [.. Enumerable.Range(0, space.FeatureSpaceDim).Select(_ => random.NextDouble())];
            Recipe recipe = space.SampleFromFeatureSpace(point);
            Assert.InRange(recipe.LearningRate, 1e-4f, 0.1f);
            Assert.InRange(recipe.BatchSize, 16, 128);
            Recipe again = space.SampleFromFeatureSpace(space.MappingToFeatureSpace(recipe));
            Assert.Equal((double)recipe.LearningRate, again.LearningRate, 1e-6);
            Assert.Equal(Values(recipe) with { Item1 = 0 }, Values(again) with { Item1 = 0 });
        }
    }

    [Fact]
    public void Values_of_an_instance_are_tried_first()
    {
        var space = new SearchSpace<Recipe>(new Recipe { BatchSize = 100, Note = "mine", Nesterov = false });
        Recipe first = space.Create(space.DefaultValue);
        Assert.Equal((100, "mine"), (first.BatchSize, first.Note));
        // Where the attribute says what is first, that holds.
        Assert.True(first.Nesterov);
        // What is lacking is as it was.
        Assert.Equal(100, space.Create(Parameter.CreateNested()).BatchSize);
    }

    [Fact]
    public void What_cannot_be_searched_is_named()
    {
        Assert.Contains("Frozen.Rate cannot be set", Message<Frozen>(), StringComparison.Ordinal);
        Assert.Contains("Worded.Rate is String: a range is of int, float or double", Message<Worded>(), StringComparison.Ordinal);
        Assert.Contains("Backwards.Rate: A range goes from", Message<Backwards>(), StringComparison.Ordinal);
        Assert.Contains("Deep.Inner is no class", Message<Deep>(), StringComparison.Ordinal);
        Assert.Contains("Halved.Count is a whole number", Message<Halved>(), StringComparison.Ordinal);

        static string Message<T>() where T : class, new() => Assert.Throws<ArgumentException>(() => new SearchSpace<T>()).Message;
    }

    [Fact]
    public void It_is_a_space_of_settings_like_any_other()
    {
        var space = new SearchSpace<Rates>();
        var recipe = new SearchSpace { { "optimisation", space } };
        Assert.Equal(["optimisation.learningRate"], recipe.Leaves.Select(l => l.Key));
        TrainingOptions defaults = TrainingDefaults.For("emotion-cnn", "data");
        SearchSpace read = SpaceFile.Read(SpaceFile.ToJson(recipe), defaults, "space");
        Assert.Equal(recipe.Cube.Rest, read.Cube.Rest);
    }

    private static Parameter Text(string text) => Parameter.FromString(text);

    private static (float, int, double, Optimisers, bool, int) Values(Recipe r) =>
        (r.LearningRate, r.BatchSize, r.Momentum, r.Optimiser, r.Nesterov, r.Picture.Size);

    private enum Optimisers
    {
        Sgd,
        AdamW,
    }

    private sealed class Recipe
    {
        [Range(1e-4, 0.1, logBase: true)]
        public float LearningRate { get; set; } = 0.02f;

        [Range(16, 128, logBase: true)]
        public int BatchSize { get; set; } = 32;

        [Range(0.5, 0.99, 0.9)]
        public double Momentum { get; init; }

        [Choice(Optimisers.Sgd, Optimisers.AdamW, DefaultValue = Optimisers.AdamW)]
        public Optimisers Optimiser { get; set; }

        [BooleanChoice(true)]
        public bool Nesterov { get; set; }

        [NestOption]
        public Picture Picture { get; set; } = new();

        public string Note { get; set; } = "kept";
    }

    private sealed class Picture
    {
        [Choice(48, 64)]
        public int Size { get; set; } = 50;
    }

    private sealed class Rates
    {
        [Range(1e-4, 0.1, logBase: true)]
        public float LearningRate { get; set; } = 0.02f;
    }

    private sealed class Frozen
    {
        [Range(0, 1)]
        public float Rate => 0;
    }

    private sealed class Worded
    {
        [Range(0, 1)]
        public string Rate { get; set; } = "";
    }

    private sealed class Backwards
    {
        [Range(1, 0)]
        public float Rate { get; set; }
    }

    private sealed class Deep
    {
        [NestOption]
        public int Inner { get; set; }
    }

    private sealed class Halved
    {
        [Range(0.5, 3)]
        public int Count { get; set; }
    }
}

using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Tuning;
using EmotionMLNet.Training.Tuning.Experiments;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Tests.Tuning.Experiments;

/// <summary>Which arms an experiment has, and what of them is tuned.</summary>
public sealed class ExperimentArmsTests
{
    private static string Model => Path.Combine(Repository.Root, "artifacts", "happy-sad.zip");

    [Fact]
    public void A_model_to_train_further_is_also_searched_frozen()
    {
        var experiment = new TuningExperiment("emotion-cnn").AddArchitecture("three-block-cnn").AddModel(Model).AddBackbone(Model);
        Assert.Equal(
            ["emotion-cnn", "three-block-cnn", "from happy-sad", "from happy-sad, frozen", "on happy-sad", "on happy-sad, frozen"],
            experiment.Arms
        );
        Assert.Throws<ArgumentException>(() => experiment.AddModel(Model));
    }

    [Fact]
    public void A_frozen_arm_learns_at_the_rate_of_random_weights_and_without_an_average()
    {
        TrainingOptions further = ExpressionTrainer.RecommendFurther(Model);
        TrainingOptions[] arms = [.. ExperimentArms.Of(further).Select(a => a.Options)];
        Assert.Equal(further, arms[0]);
        Assert.True(arms[1].FineTuning.Freeze.IsAll);
        Assert.Equal(0, arms[1].Optimisation.WeightAverage);
        Assert.Equal(10, arms[1].Optimisation.LearningRate / arms[0].Optimisation.LearningRate, 3);
        Assert.Empty(arms.SelectMany(a => a.FindProblems()));
        Assert.Single(ExperimentArms.Of(arms[1]));
    }

    [Fact]
    public void Arms_without_spaces_have_the_recommended_ones()
    {
        SearchArm arm = Create(ExpressionTrainer.Recommend("emotion-cnn")).Single();
        Assert.Equal(SpaceDefaults.For(arm.Defaults).Leaves.Select(l => l.Key), arm.Space.Leaves.Select(l => l.Key));
    }

    [Fact]
    public void Spaces_are_of_all_arms_of_one_or_below_a_record()
    {
        TrainingOptions options = ExpressionTrainer.Recommend("emotion-cnn");
        SearchSpace whole = new() { { "network.dropout", new UniformDoubleOption(0, 0.5, false, 0.1) } };
        SearchSpace inner = new() { { "batchSize", new UniformDoubleOption(16, 64, false, 32) } };
        inner.AddFixed("momentum", Parameter.FromDouble(0.8));
        SearchSpace own = new() { { "loss.labelSmoothing", new UniformSingleOption(0, 0.2f, false, 0) } };
        SearchArm[] arms =
        [
            .. ExperimentArms.Create(
                [("a", options), ("b", options)],
                [(TuningExperiment.AllArms, whole), ("optimisation", inner), ("b", own)],
                o => o
            ),
        ];
        Assert.Equal(["network.dropout", "optimisation.batchSize"], arms[0].Space.Leaves.Select(l => l.Key));
        Assert.Equal(["optimisation.momentum"], arms[0].Space.Fixed.Keys);
        Assert.IsType<UniformIntOption>(arms[0].Space.Leaves[1].Option); // of the setting's kind, whatever was given
        Assert.Equal(["loss.labelSmoothing"], arms[1].Space.Leaves.Select(l => l.Key));
    }

    [Fact]
    public void What_cannot_be_is_refused_by_name()
    {
        TrainingOptions options = ExpressionTrainer.Recommend("emotion-cnn");
        SearchSpace strange = new() { { "learningRat", new UniformSingleOption(0.1f, 0.2f, false, 0.1f) } };
        SearchSpace negative = new() { { "batchSize", new UniformIntOption(-4, 8, false, 4) } };
        Says<ArgumentException>("'optimiser'", "optimiser", strange);
        Says<TrainingException>("optimisation.learningRat:", "optimisation", strange);
        Says<TrainingException>("optimisation.batchSize", "optimisation", negative);

        void Says<T>(string text, string key, SearchSpace space) where T : Exception =>
            Assert.Contains(text, Assert.Throws<T>(() => Create(options, (key, space))).Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<SearchArm> Create(TrainingOptions options, params (string Key, SearchSpace Space)[] spaces) =>
        ExperimentArms.Create([.. ExperimentArms.Of(options)], spaces, o => o);
}

using EmotionMLNet.Training;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.Runs;

public sealed class ClassWeightsTests
{
    private static readonly ImageSet Train = new(Split.Train, "train", ["calm", "x=y", "odd"], [0, 0, 0, 0, 1, 1, 2, 2], [], []);

    [Fact]
    public void None_is_none() => Assert.Null(RunFactory.ComputeClassWeights(ClassWeighting.Parse("none"), Train));

    [Fact]
    public void Auto_is_inverse_frequency_with_the_same_say_for_each_class()
        => Assert.Equal([8 / 12f, 8 / 6f, 8 / 6f], RunFactory.ComputeClassWeights(ClassWeighting.Parse("auto"), Train)!);

    [Fact]
    public void Given_weights_go_to_their_labels_and_the_rest_stays_at_one()
        => Assert.Equal([1f, 0.5f, 3f], RunFactory.ComputeClassWeights(ClassWeighting.Parse("odd=3, x=y=0.5"), Train)!);

    [Theory]
    [InlineData("happy=1")]
    public void Anything_else_is_refused_with_the_labels_that_there_are(string text) =>
        Assert.Contains(
            "calm, x=y, odd",
            Assert.ThrowsAny<TrainingException>(() => RunFactory.ComputeClassWeights(ClassWeighting.Parse(text), Train)).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("calm", "LABEL=WEIGHT")]
    [InlineData("calm=much", "'much' is no number")]
    [InlineData("calm=0", "calm=0")]
    [InlineData("calm=-1", "calm=-1")]
    public void A_weight_that_is_no_number_above_zero_is_named(string text, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<FormatException>(() => RunFactory.ComputeClassWeights(ClassWeighting.Parse(text), Train)).Message,
            StringComparison.Ordinal
        );
}

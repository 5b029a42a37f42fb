using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Tests.Metrics;

public sealed class BaselineAccuracyTests
{
    [Fact]
    public void The_commonest_label_and_chance_are_the_bar()
    {
        BaselineAccuracy baseline = BaselineAccuracy.Compute([2, 0, 2, 1, 2, 0], 4);
        Assert.Equal(new BaselineAccuracy(2, 0.5, 0.25), baseline);
        Assert.Equal(1, BaselineAccuracy.Compute([1, 2, 2, 1], 3).MajorityClass);
        Assert.Equal(new BaselineAccuracy(0, 0, 0.5), BaselineAccuracy.Compute([], 2));
    }

    [Fact]
    public void An_accuracy_counts_only_when_its_interval_lies_above_the_bar()
    {
        var half = new BaselineAccuracy(0, 0.5, 0.25);
        Assert.False(half.IsBeatenBy(59, 100)); // Wilson's lower end is 0.492
        Assert.True(half.IsBeatenBy(61, 100)); // 0.512
        Assert.False(half.IsBeatenBy(2, 2));
        Assert.False(half.IsBeatenBy(0, 0));
        Assert.False(new BaselineAccuracy(0, 0, 0.5).IsBeatenBy(50, 100));
    }
}

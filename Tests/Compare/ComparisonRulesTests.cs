using EmotionMLNet.Trainer.Compare;

namespace EmotionMLNet.Tests.Compare;

public sealed class ComparisonRulesTests
{
    [Fact]
    public void The_front_has_those_that_nobody_beats_in_both_respects()
    {
        Assert.Equal([true, false, true, true, false], ParetoFront.Of([(0.9, 10), (0.8, 9), (0.7, 50), (0.7, 50), (0.7, 40)]));
        Assert.Empty(ParetoFront.Of([]));
    }
}

using EmotionMLNet.Trainer;
using EmotionMLNet.Trainer.Compare;

namespace EmotionMLNet.Tests.Compare;

public sealed class ComparisonRulesTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("15m", 900)]
    [InlineData("2h", 7200)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5h", 5400)]
    [InlineData("0:01:30", 90)]
    public void A_time_is_understood(string text, double seconds) => Assert.Equal(seconds, TimeBudget.Parse(text).TotalSeconds);

    [Theory]
    [InlineData("")]
    [InlineData("90")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5 days")]
    [InlineData("0s")]
    public void What_is_no_time_is_refused(string text) => Assert.Throws<UserException>(() => TimeBudget.Parse(text));

    [Fact]
    public void The_front_has_those_that_nobody_beats_in_both_respects()
    {
        Assert.Equal([true, false, true, true, false], ParetoFront.Of([(0.9, 10), (0.8, 9), (0.7, 50), (0.7, 50), (0.7, 40)]));
        Assert.Empty(ParetoFront.Of([]));
    }
}

using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Options;

public sealed class DurationTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("15m", 900)]
    [InlineData("2h", 7200)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5h", 5400)]
    [InlineData("0:01:30", 90)]
    [InlineData("24:00:00", 86400)] // .NET reads 24 days
    [InlineData("100:00:00", 360000)]
    public void A_time_is_understood(string text, double seconds) => Assert.Equal(seconds, Duration.Parse(text).TotalSeconds);

    [Theory]
    [InlineData("")]
    [InlineData("90")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5 days")]
    [InlineData("0s")]
    [InlineData("1:30")] // two times
    [InlineData("1.00:00:00")]
    [InlineData("0:60:00")]
    [InlineData("1,5h")]
    [InlineData("99999h")]
    public void What_is_no_time_is_refused(string text) => Assert.Throws<FormatException>(() => Duration.Parse(text));
}

using EmotionMLNet.Terminal;

namespace EmotionMLNet.Tests.Terminal;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("--epoch", "--epochs")]
    [InlineData("--learningrate", null)]
    [InlineData("--modle", "--model")]
    [InlineData("--OUT", "--out")]
    [InlineData("--label-smooth", "--label-smoothing")]
    [InlineData("--zzz", null)]
    public void A_slip_of_the_fingers_is_understood_and_nothing_else(string typed, string? expected)
        => Assert.Equal(expected, NearestName.Find(typed, ["--epochs", "--model", "--out", "--label-smoothing", "--labels"]));

    [Theory]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("trian", "train", 1)]
    [InlineData("", "abc", 3)]
    public void Distance_counts_changed_letters(string a, string b, int distance)
    {
        Assert.Equal(distance, NearestName.Distance(a, b));
        Assert.Equal(distance, NearestName.Distance(b, a));
    }
}

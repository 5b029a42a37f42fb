using CsCheck;
using EmotionMLNet.Formatting;

namespace EmotionMLNet.Tests.Terminal;

public sealed class ShortenedTests
{
    [Fact]
    public void Long_names_end_in_an_ellipsis_and_long_lists_in_their_count()
    {
        Assert.Equal("happy", CellText.Shorten("happy"));
        Assert.Equal("a very long name of a c…", CellText.Shorten("a very long name of a class"));
        Assert.Equal("日本語日…", CellText.Shorten("日本語日本語日本語", 9));
        Assert.Equal("angry, happy, sad", CellText.List(["angry", "happy", "sad"]));
        Assert.Equal("angry, disgust, … (7)", CellText.List(["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"], 16));
        Assert.Equal(@"a\u001Bb", CellText.Shorten("a\u001bb"));
    }

    [Fact]
    public void Nothing_is_wider_than_it_may_be()
        => Gen.String.Sample(text => Assert.InRange(CellText.Width(CellText.Shorten(text, 12)), 0, 12));
}

using System.Text;
using CsCheck;
using EmotionMLNet.Formatting;

namespace EmotionMLNet.Tests.Terminal;

/// <summary>Names from elsewhere cannot drive the terminal.</summary>
public sealed class PrintableTextTests
{
    [Theory]
    [InlineData("a\u001b[31mred", "a\\u001B[31mred")]
    [InlineData("two\r\nlines", "two lines")]
    [InlineData("tab\tbed", "tab bed")]
    [InlineData("gpj.\u202Eexe", "gpj.\\u202Eexe")]
    [InlineData("\u009b2J", "\\u009B2J")]
    [InlineData("Grüße 👩‍🚀", "Grüße 👩‍🚀")]
    public void Control_characters_are_shown_by_their_code(string text, string shown) => Assert.Equal(shown, PrintableText.Line(text));

    [Fact]
    public void No_text_brings_a_control_character_through()
        => Gen.String.Sample(text => PrintableText.Line(text).EnumerateRunes().All(r => !Rune.IsControl(r)));
}

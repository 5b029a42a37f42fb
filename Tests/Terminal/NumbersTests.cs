using System.Globalization;
using CsCheck;
using EmotionMLNet.Formatting;

namespace EmotionMLNet.Tests.Terminal;

/// <summary>Numbers of command lines: a decimal comma is never a thousands separator, whatever the machine's language.</summary>
public sealed class NumbersTests
{
    [Theory]
    [InlineData("0,001", "write 0.001")]
    [InlineData("0,0005", "write 0.0005")]
    [InlineData("0,9", "write 0.9")]
    [InlineData("1,000", "write 1.000")]
    [InlineData("1,000.5", "no number")]
    [InlineData("1 000", "no number")]
    [InlineData("1'000", "no number")]
    [InlineData("NaN", "no number")]
    [InlineData("Infinity", "no number")]
    [InlineData("∞", "no number")]
    [InlineData("1e40", "no number")] // beyond what a float holds
    [InlineData("0x10", "no number")]
    [InlineData("", "no number")]
    public void What_is_no_number_is_refused_with_the_right_spelling(string text, string remedy)
        => Assert.Contains(remedy, Numbers.Read(text, out float _));

    [Theory]
    [InlineData("3,0", "write 3.0")]
    [InlineData("1.5", "no whole number")]
    [InlineData("1e3", "out of range")]
    [InlineData("99999999999", "out of range")]
    [InlineData("abc", "digits alone")]
    public void A_count_is_digits_alone(string text, string remedy)
        => Assert.Contains(remedy, Numbers.Read(text, out int _));

    [Fact]
    public void Every_number_comes_back_as_it_was_written()
    {
        Gen.Double.Where(double.IsFinite)
            .Sample(v =>
                Assert.True(Numbers.Read(v.ToString("R", CultureInfo.InvariantCulture), out double read) is null && read.Equals(v))
            );
        Gen.Long.Sample(v => Assert.True(Numbers.Read(v.ToString(CultureInfo.InvariantCulture), out long read) is null && read == v));
    }

    [Fact]
    public void Any_text_is_a_finite_number_or_a_problem() =>
        Gen.String.Sample(text =>
            Assert.True((Numbers.Read(text, out float value) is null) == (value != 0 || IsZero(text)) && float.IsFinite(value))
        );

    private static bool IsZero(string text) =>
        float.TryParse(
            text,
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out float v
        )
        && v == 0;
}

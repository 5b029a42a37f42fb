using CsCheck;
using EmotionMLNet.Formatting;
using EmotionMLNet.Terminal;

namespace EmotionMLNet.Tests.Terminal;

public sealed class WrappingWriterTests
{
    [Fact]
    public void Messages_are_broken_at_words_and_commands_and_tables_are_not()
    {
        using var inner = new StringWriter();
        using var writer = new WrappingWriter(inner, () => 24);
        writer.WriteLine("one two three four five six seven");
        writer.WriteLine("  dotnet program --with /a/long/path");
        writer.WriteLine("a/path/without/any/blank/in/it is kept");
        writer.Write("\r[####] as it is, however long");
        Assert.Equal(
            [
                "one two three four five",
                "  six seven",
                "  dotnet program --with /a/long/path",
                "a/path/without/any/blank/in/it",
                "  is kept",
                "\r[####] as it is, however long",
            ],
            inner.ToString().Split('\n')
        );
    }

    [Fact]
    public void No_word_is_lost_and_no_line_too_wide()
        => Gen.String[Gen.Char["ab é日\u0301-"], 0, 200].Sample(text =>
        {
            text = text.Trim();
            string[] lines = [.. WrappingWriter.Wrapped(text, 30)];
            Assert.Equal(Words(text), Words(string.Join(' ', lines)));
            Assert.All(lines, line => Assert.True(CellText.Width(line) <= 30 || Words(line).Length == 1, line));
        });

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

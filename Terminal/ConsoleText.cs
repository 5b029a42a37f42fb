using EmotionMLNet.Formatting;

namespace EmotionMLNet.Terminal;

/// <summary>The texts of Model that a program outside of it shows; a predictor is no friend of Model, and reaches them here.</summary>
internal static class ConsoleText
{
    /// <summary>A count in a sentence, see <see cref="Plural.Format"/>.</summary>
    public static string Count(long count, string singular, string? plural = null) => Plural.Format(count, singular, plural);

    /// <summary>Text from anywhere in one line that is safe to show, see <see cref="PrintableText.Line"/>.</summary>
    public static string Line(string text) => PrintableText.Line(text);

    /// <summary>The same for content that may have several lines, see <see cref="PrintableText.Lines"/>.</summary>
    public static string Lines(string text) => PrintableText.Lines(text);

    /// <summary>Cells that a text takes on a terminal, see <see cref="CellText.Width"/>.</summary>
    public static int Width(string text) => CellText.Width(text);

    /// <summary>The text, or its beginning and an ellipsis, see <see cref="CellText.Shorten"/>.</summary>
    public static string Shorten(string text, int cells) => CellText.Shorten(text, cells);

    /// <summary>The text, or an ellipsis and its end: of a path, the name of the file.</summary>
    public static string ShortenStart(string text, int cells) => CellText.ShortenStart(text, cells);

    /// <summary>A length of time, see <see cref="DurationText.Format"/>.</summary>
    public static string Duration(double seconds) => DurationText.Format(seconds);
}

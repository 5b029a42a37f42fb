using System.Globalization;
using System.Text;

namespace EmotionMLNet.Formatting;

/// <summary>Text from elsewhere (file names, labels, messages about them) made safe to show in a terminal.</summary>
internal static class PrintableText
{
    /// <summary>
    /// The text in one line. Control characters, which could move the cursor, change colours or run a terminal's commands, and characters
    /// that reverse or hide text are shown by their code: "\u001B[31m".
    /// </summary>
    public static string Line(string text) =>
        text.EnumerateRunes().Any(IsUnsafe) ? Coded(text.ReplaceLineEndings(" "), keepsBreaks: false) : text;

    /// <summary>The same for content that may have several lines: its line breaks and tabs stay.</summary>
    public static string Lines(string text) =>
        text.EnumerateRunes().Any(r => IsUnsafe(r) && !IsBreak(r)) ? Coded(text, keepsBreaks: true) : text;

    private static string Coded(string text, bool keepsBreaks)
    {
        var safe = new StringBuilder(text.Length + 16);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!IsUnsafe(rune) || (keepsBreaks && IsBreak(rune))) safe.Append(rune.ToString());
            else if (rune.Value == '\t') safe.Append(' ');
            else safe.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
        }
        return safe.ToString();
    }

    private static bool IsBreak(Rune rune) => rune.Value is '\n' or '\r' or '\t';

    // Format characters hold the bidirectional overrides; zero-width joiners inside emoji and scripts stay.
    private static bool IsUnsafe(Rune rune) =>
        Rune.IsControl(rune)
        || rune.Value is 0x2028 or 0x2029
        || (Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format && rune.Value is not (0x200C or 0x200D));
}

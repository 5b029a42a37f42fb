using System.Globalization;
using System.Text;

namespace EmotionMLNet.Formatting;

/// <summary>Text measured in the cells of a terminal or a fixed-width page, and cut to fit them.</summary>
internal static class CellText
{
    private const string Cut = "…";

    /// <summary>Cells that a text takes on a terminal: East Asian characters and emoji take two, accents that combine none.</summary>
    public static int Width(string text) => text.EnumerateRunes().Sum(Width);

    /// <summary>The text, or its beginning and an ellipsis. Safe to show, see <see cref="PrintableText"/>.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="cells">Room for it, at least 1.</param>
    public static string Shorten(string text, int cells = 24)
    {
        text = PrintableText.Line(text);
        if (Width(text) <= cells) return text;
        var kept = new StringBuilder();
        int width = 1;
        TextElementEnumerator elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext() && (width += Width(elements.GetTextElement())) <= cells) kept.Append(elements.GetTextElement());
        return kept + Cut;
    }

    /// <summary>The text, or an ellipsis and its end. Safe to show, as <see cref="Shorten"/>.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="cells">Room for it, at least 1.</param>
    public static string ShortenStart(string text, int cells)
    {
        text = PrintableText.Line(text);
        int width = Width(text);
        if (width <= cells) return text;
        TextElementEnumerator elements = StringInfo.GetTextElementEnumerator(text);
        while (width + 1 > cells && elements.MoveNext()) width -= Width(elements.GetTextElement());
        int start = elements.MoveNext() ? elements.ElementIndex : text.Length;
        return Cut + text[start..];
    }

    /// <summary>Names with commas between them; of many, the first and how many there are: "angry, happy, … (7)".</summary>
    /// <param name="names">Any names.</param>
    /// <param name="cells">Room for the names shown, about.</param>
    public static string List(IReadOnlyList<string> names, int cells = 60)
    {
        var shown = new StringBuilder();
        for (int i = 0; i < names.Count; i++)
        {
            string name = Shorten(names[i]);
            if (i > 0 && Width(shown.ToString()) + Width(name) > cells)
                return string.Create(CultureInfo.InvariantCulture, $"{shown}, {Cut} ({names.Count})");
            shown.Append(i > 0 ? ", " : "").Append(name);
        }
        return shown.ToString();
    }

    private static int Width(Rune rune)
    {
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format)
            return 0;
        return
            rune.Value
                is (>= 0x1100 and <= 0x115F)
                    or (>= 0x2E80 and <= 0xA4CF)
                    or (>= 0xAC00 and <= 0xD7A3)
                    or (>= 0xF900 and <= 0xFAFF)
                    or (>= 0xFE30 and <= 0xFE6F)
                    or (>= 0xFF00 and <= 0xFF60)
                    or (>= 0xFFE0 and <= 0xFFE6)
                    or (>= 0x1F300 and <= 0x1FAFF)
                    or (>= 0x20000 and <= 0x3FFFD)
            ? 2
            : 1;
    }
}

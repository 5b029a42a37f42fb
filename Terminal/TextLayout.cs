using System.Globalization;
using System.Text;

namespace EmotionMLNet.Terminal;

/// <summary>Plain text for a terminal of <see cref="Columns"/> cells: sentences broken at blanks, columns under each other, names cut to fit.</summary>
internal static class TextLayout
{
    /// <summary>Width that every terminal has.</summary>
    public const int Columns = 80;

    private const string Gap = "  ", Cut = "…";

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

    /// <summary>Names with commas between them; of many, the first and how many there are: "angry, happy, … (7)".</summary>
    /// <param name="names">Any names.</param>
    /// <param name="cells">Room for the names shown, about.</param>
    public static string List(IReadOnlyList<string> names, int cells = 60)
    {
        var shown = new StringBuilder();
        for (int i = 0; i < names.Count; i++)
        {
            string name = Shorten(names[i]);
            if (i > 0 && Width(shown.ToString()) + Width(name) > cells) return string.Create(CultureInfo.InvariantCulture, $"{shown}, {Cut} ({names.Count})");
            shown.Append(i > 0 ? ", " : "").Append(name);
        }
        return shown.ToString();
    }

    /// <summary>Breaks a line at blanks. A word that fits no line, such as a long path, stays whole: it can be copied.</summary>
    /// <param name="text">One line; blanks in front stay.</param>
    /// <param name="hang">Blanks in front of what is broken off.</param>
    /// <param name="columns">Cells of a line.</param>
    public static IEnumerable<string> Wrap(string text, int hang = 0, int columns = Columns)
    {
        if (Width(text) <= columns)
        {
            yield return text;
            yield break;
        }
        var line = new StringBuilder(text[..(text.Length - text.TrimStart(' ').Length)]);
        int used = line.Length;
        bool isEmpty = true;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!isEmpty && used + 1 + Width(word) > columns)
            {
                yield return line.ToString();
                line.Clear().Append(' ', hang);
                (used, isEmpty) = (hang, true);
            }
            line.Append(isEmpty ? "" : " ").Append(word);
            used += Width(word) + (isEmpty ? 0 : 1);
            isEmpty = false;
        }
        yield return line.ToString();
    }

    /// <summary>Columns side by side, the first to the left and the others to the right.</summary>
    /// <param name="rows">Cells, the same number a row; the heading is one of them.</param>
    /// <param name="longest">A longer first cell stands on a line of its own; null cuts one that would not fit.</param>
    public static IEnumerable<string> Table(IReadOnlyList<IReadOnlyList<string>> rows, int? longest = null)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Count).Select(c => rows.Max(r => Width(r[c])))];
        if (longest is null) widths[0] = Math.Min(widths[0], Math.Max(8, Columns - widths.Skip(1).Sum(w => w + Gap.Length)));
        else if (widths[0] > longest) widths[0] = rows.Select(r => Width(r[0])).Where(w => w <= longest).DefaultIfEmpty(0).Max();
        foreach (IReadOnlyList<string> row in rows)
        {
            string first = longest is null ? Shorten(row[0], widths[0]) : row[0];
            if (Width(first) > widths[0])
            {
                yield return first;
                first = "";
            }
            IEnumerable<string> others = row.Skip(1).Select((cell, i) => Gap + new string(' ', widths[i + 1] - Width(cell)) + cell);
            yield return (first + new string(' ', widths[0] - Width(first)) + string.Concat(others)).TrimEnd();
        }
    }

    private static int Width(Rune rune)
    {
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format) return 0;
        return rune.Value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF)
            or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6) or (>= 0x1F300 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD) ? 2 : 1;
    }
}

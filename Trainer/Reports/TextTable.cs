using System.Globalization;
using System.Text;

namespace EmotionMLNet.Trainer.Reports;

/// <summary>Text in columns for a console of <see cref="Columns"/> cells.</summary>
internal static class TextTable
{
    /// <summary>Width that every terminal has.</summary>
    public const int Columns = 80;

    private const string Gap = "  ";

    /// <summary>Rows under each other: the first column to the left, the others to the right, two blanks between.</summary>
    /// <param name="rows">Of equal length; the heading is one of them.</param>
    /// <param name="longest">Cells that a first column may have: a longer one gets a line of its own.</param>
    public static string Render(IReadOnlyList<IReadOnlyList<string>> rows, int longest = 32)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Count).Select(c => rows.Max(r => Width(r[c])))];
        if (widths[0] > longest) widths[0] = rows.Select(r => Width(r[0])).Where(w => w <= longest).DefaultIfEmpty(0).Max();
        var text = new StringBuilder();
        foreach (IReadOnlyList<string> row in rows)
        {
            if (Width(row[0]) > widths[0]) text.Append(row[0]).Append('\n').Append(' ', widths[0]);
            else text.Append(row[0]).Append(' ', widths[0] - Width(row[0]));
            var line = new StringBuilder();
            for (int c = 1; c < row.Count; c++) line.Append(Gap).Append(' ', widths[c] - Width(row[c])).Append(row[c]);
            text.Append(line.ToString().TrimEnd()).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>Breaks a sentence at blanks into lines of at most <see cref="Columns"/> cells; a longer word stands alone.</summary>
    public static string Wrap(string sentence)
    {
        var text = new StringBuilder();
        int used = 0;
        foreach (string word in sentence.Split(' '))
        {
            int width = Width(word);
            if (used > 0 && used + 1 + width > Columns)
            {
                text.Append('\n');
                used = 0;
            }
            if (used > 0) text.Append(' ');
            text.Append(word);
            used += width + (used > 0 ? 1 : 0);
        }
        return text.Append('\n').ToString();
    }

    /// <summary>Cells that a text takes on a terminal: ideographs, kana, hangul and emoji take two, accents that combine none.</summary>
    public static int Width(string text)
    {
        int width = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool none = Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format;
            bool wide = rune.Value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF)
                or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6) or (>= 0x1F300 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD);
            width += none ? 0 : wide ? 2 : 1;
        }
        return width;
    }

    /// <summary>The beginning of a text in so many cells, with … where something is missing.</summary>
    public static string Shorten(string text, int cells)
    {
        if (Width(text) <= cells) return text;
        var kept = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Width(kept.ToString()) + Width(rune.ToString()) > cells - 1) break;
            kept.Append(rune.ToString());
        }
        return kept.Append('…').ToString();
    }
}

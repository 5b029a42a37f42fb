namespace EmotionMLNet.Terminal;

/// <summary>Text for a terminal of 80 columns.</summary>
internal static class WrappedText
{
    /// <summary>What every terminal has.</summary>
    public const int Columns = 80;

    /// <summary>Breaks a line at blanks. A word that fits no line, such as a long path, stays whole: it can be copied.</summary>
    /// <param name="text">One line; blanks in front stay.</param>
    /// <param name="hang">Blanks in front of what is broken off.</param>
    /// <param name="width">Columns of the terminal.</param>
    public static IEnumerable<string> Lines(string text, int hang = 0, int width = Columns)
    {
        string indent = new(' ', hang);
        while (text.Length > width)
        {
            int lead = text.Length - text.TrimStart().Length;
            int at = text.LastIndexOf(' ', width);
            if (at <= lead) at = text.IndexOf(' ', Math.Min(text.Length - 1, Math.Max(width, lead + 1)));
            if (at <= lead) break;
            yield return text[..at].TrimEnd();
            text = indent + text[(at + 1)..].TrimStart();
        }
        yield return text;
    }

    /// <summary>Columns side by side, the first to the left and the others to the right; a first cell that would not fit is cut and ends in "…".</summary>
    /// <param name="rows">Cells, the same number a row.</param>
    /// <param name="width">Columns of the terminal.</param>
    public static IEnumerable<string> Table(IReadOnlyList<string[]> rows, int width = Columns)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => r[c].Length))];
        widths[0] = Math.Min(widths[0], Math.Max(8, width - widths.Skip(1).Sum(w => w + 2)));
        return rows.Select(r => Cut(r[0], widths[0]).PadRight(widths[0]) + string.Concat(r.Skip(1).Select((cell, i) => "  " + cell.PadLeft(widths[i + 1]))));
    }

    private static string Cut(string cell, int width) => cell.Length <= width ? cell : cell[..(width - 1)] + "…";
}

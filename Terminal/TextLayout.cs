using System.Text;
using EmotionMLNet.Formatting;

namespace EmotionMLNet.Terminal;

/// <summary>
/// Plain text for a terminal of <see cref="Columns"/> cells: sentences broken at blanks, columns under each other, names cut to fit.
/// </summary>
internal static class TextLayout
{
    /// <summary>Width that every terminal has.</summary>
    public const int Columns = 80;

    private const string Gap = "  ";

    /// <summary>Breaks a line at blanks. A word that fits no line, such as a long path, stays whole: it can be copied.</summary>
    /// <param name="text">One line; blanks in front stay.</param>
    /// <param name="hang">Blanks in front of what is broken off.</param>
    /// <param name="columns">Cells of a line.</param>
    public static IEnumerable<string> Wrap(string text, int hang = 0, int columns = Columns)
    {
        if (CellText.Width(text) <= columns)
        {
            yield return text;
            yield break;
        }
        var line = new StringBuilder(text[..(text.Length - text.TrimStart(' ').Length)]);
        int used = line.Length;
        bool isEmpty = true;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!isEmpty && used + 1 + CellText.Width(word) > columns)
            {
                yield return line.ToString();
                line.Clear().Append(' ', hang);
                (used, isEmpty) = (hang, true);
            }
            line.Append(isEmpty ? "" : " ").Append(word);
            used += CellText.Width(word) + (isEmpty ? 0 : 1);
            isEmpty = false;
        }
        yield return line.ToString();
    }

    /// <summary>Columns side by side, the first to the left and the others to the right.</summary>
    /// <param name="rows">Cells, the same number a row; the heading is one of them.</param>
    /// <param name="longest">A longer first cell stands on a line of its own; null cuts one that would not fit.</param>
    public static IEnumerable<string> Table(IReadOnlyList<IReadOnlyList<string>> rows, int? longest = null)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Count).Select(c => rows.Max(r => CellText.Width(r[c])))];
        if (longest is null) widths[0] = Math.Min(widths[0], Math.Max(8, Columns - widths.Skip(1).Sum(w => w + Gap.Length)));
        else if (widths[0] > longest) widths[0] = rows.Select(r => CellText.Width(r[0])).Where(w => w <= longest).DefaultIfEmpty(0).Max();
        foreach (IReadOnlyList<string> row in rows)
        {
            string first = longest is null ? CellText.Shorten(row[0], widths[0]) : row[0];
            if (CellText.Width(first) > widths[0])
            {
                yield return first;
                first = "";
            }
            IEnumerable<string> others = row.Skip(1)
                .Select((cell, i) => Gap + new string(' ', widths[i + 1] - CellText.Width(cell)) + cell);
            yield return (first + new string(' ', widths[0] - CellText.Width(first)) + string.Concat(others)).TrimEnd();
        }
    }
}

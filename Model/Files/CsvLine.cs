namespace EmotionMLNet.Files;

/// <summary>One record of a CSV file: RFC 4180, with cells that no spreadsheet takes for a formula.</summary>
internal static class CsvLine
{
    private static readonly System.Buffers.SearchValues<char> Special = System.Buffers.SearchValues.Create(",\"\r\n\t;");

    /// <summary>The record with its line feed. A cell with a comma, a quote, a tab or a line break is quoted.</summary>
    /// <param name="cells">In order; a null is an empty cell.</param>
    /// <param name="safe">Puts an apostrophe before text cells that a spreadsheet would run as a formula; see <see cref="Defuse"/>.</param>
    public static string Format(IEnumerable<string?> cells, bool safe = true)
    {
        ArgumentNullException.ThrowIfNull(cells);
        return string.Join(',', cells.Select(c => Quote(safe ? Defuse(c ?? "") : c ?? ""))) + "\n";
    }

    /// <summary>
    /// The text of a cell that begins with = + - @, a tab or a carriage return gets an apostrophe in front, so that a spreadsheet shows it
    /// and doesn't run it (OWASP, CSV injection). So does one that looks as if it had got one: <see cref="Restore"/> undoes it exactly.
    /// Numbers stay as they are: -0.5 is no formula.
    /// </summary>
    /// <param name="cell">The text of a cell, not quoted.</param>
    public static string Defuse(string cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return IsFormula(cell.AsSpan().TrimStart('\'')) ? "'" + cell : cell;
    }

    /// <summary>The text that <see cref="Defuse"/> was given.</summary>
    /// <param name="cell">The text of a cell, not quoted.</param>
    public static string Restore(string cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return cell.StartsWith('\'') && IsFormula(cell.AsSpan().TrimStart('\'')) ? cell[1..] : cell;
    }

    private static bool IsFormula(ReadOnlySpan<char> cell) => cell.Length > 0 && cell[0] is ('=' or '+' or '-' or '@' or '\t' or '\r')
        && !double.TryParse(cell, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out _);

    // Readers drop blanks around a cell that is not quoted.
    private static string Quote(string cell) =>
        cell.AsSpan().ContainsAny(Special) || (cell.Length > 0 && (char.IsWhiteSpace(cell[0]) || char.IsWhiteSpace(cell[^1])))
            ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : cell;
}

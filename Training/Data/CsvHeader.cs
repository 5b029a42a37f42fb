namespace EmotionMLNet.Training.Data;

/// <summary>The first line of a table.</summary>
internal static class CsvHeader
{
    /// <summary>Column names without blanks, quotes and byte order mark, in lower case.</summary>
    public static string[] Columns(string line)
        => [.. line.Split(',').Select(c => c.Trim(' ', '\t', '\r', '\n', '"', '\uFEFF').ToLowerInvariant())];

    /// <summary>The first column that has one of these names, or -1.</summary>
    public static int Find(string[] columns, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            int at = Array.IndexOf(columns, name);
            if (at >= 0) return at;
        }
        return -1;
    }
}

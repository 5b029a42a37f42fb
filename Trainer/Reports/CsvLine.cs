namespace EmotionMLNet.Trainer.Reports;

/// <summary>A record of a CSV file: RFC 4180.</summary>
internal static class CsvLine
{
    public static string Of(IEnumerable<string> cells)
        => string.Join(',', cells.Select(c => c.AsSpan().ContainsAny(",\"\r\n") ? $"\"{c.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : c)) + "\n";
}

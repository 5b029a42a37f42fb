namespace EmotionMLNet.Training.Data;

/// <summary>What data sets call the expressions: labels and folders are matched by these names, never renamed.</summary>
internal static class ExpressionNames
{
    private static readonly Dictionary<string, string> Synonyms = new()
    {
        ["happiness"] = "happy",
        ["joy"] = "happy",
        ["sadness"] = "sad",
        ["anger"] = "angry",
        ["surprised"] = "surprise",
        ["fearful"] = "fear",
        ["afraid"] = "fear",
        ["disgusted"] = "disgust",
    };

    /// <summary>The name in lower case, synonyms as FER2013 says it: "Happiness" is "happy".</summary>
    public static string Canonical(string name)
    {
        string lower = name.Trim().ToLowerInvariant();
        return Synonyms.GetValueOrDefault(lower, lower);
    }

    /// <summary>Whether a name is that of one of FER2013's expressions, or contempt.</summary>
    public static bool IsExpression(string name) =>
        Canonical(name) is var canonical && (canonical == "contempt" || FerCsvSource.Labels.Contains(canonical));

    /// <summary>The nearest of some names: equal but for case, a synonym, or at most two letters away; null where none is near.</summary>
    public static string? Nearest(string name, IReadOnlyCollection<string> among) =>
        among.FirstOrDefault(n => n.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? among.FirstOrDefault(n => Canonical(n) == Canonical(name))
        ?? among
            .Select(n => (Name: n, Distance: Distance(Canonical(n), Canonical(name))))
            .Where(n => n.Distance <= 2 && n.Distance < name.Length)
            .OrderBy(n => n.Distance)
            .Select(n => n.Name)
            .FirstOrDefault();

    /// <summary>Letters to insert, drop or exchange: Levenshtein 1966.</summary>
    private static int Distance(string a, string b)
    {
        int[] above = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int[] row = new int[b.Length + 1];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
                row[j] = Math.Min(Math.Min(row[j - 1], above[j]) + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            above = row;
        }
        return above[b.Length];
    }
}

namespace EmotionMLNet.Terminal;

/// <summary>Finds what somebody probably meant to type.</summary>
internal static class NearestName
{
    /// <summary>
    /// The name with the fewest changed letters (Damerau-Levenshtein, neighbours exchanged count once), if those are few; else one that
    /// begins alike, or null.
    /// </summary>
    public static string? Find(string typed, IEnumerable<string> names)
    {
        string wanted = typed.ToLowerInvariant();
        string[] all = [.. names];
        string? nearest = all.MinBy(n => Distance(wanted, n.ToLowerInvariant()));
        if (nearest is not null && Distance(wanted, nearest.ToLowerInvariant()) <= Math.Max(1, wanted.Trim('-').Length / 3)) return nearest;
        return wanted.Trim('-').Length >= 3 ? all.FirstOrDefault(n => n.StartsWith(wanted, StringComparison.OrdinalIgnoreCase)) : null;
    }

    /// <summary>Letters inserted, removed, changed or exchanged with a neighbour to make one text of the other.</summary>
    internal static int Distance(string a, string b)
    {
        if (a.Length > 100 || b.Length > 100) return int.MaxValue; // no name is that long
        int[,] distance = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) distance[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) distance[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int changed = distance[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                distance[i, j] = Math.Min(changed, 1 + Math.Min(distance[i - 1, j], distance[i, j - 1]));
                bool exchanged = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                if (exchanged) distance[i, j] = Math.Min(distance[i, j], distance[i - 2, j - 2] + 1);
            }
        }
        return distance[a.Length, b.Length];
    }
}

using System.Globalization;

namespace EmotionMLNet.Training.Data.TrainingSet;

/// <summary>Finds images of a set by what a table calls them.</summary>
/// <remarks>
/// A name fits an image when it is its source ("train/angry/1.jpg") or whole components at its end ("angry/1.jpg", "1.jpg") that end no
/// other image's. Rows of a FER2013 table are found by number.
/// </remarks>
internal sealed class ImageNameIndex
{
    public const int None = -1, Ambiguous = -2;

    private readonly Dictionary<string, int> whole = new(StringComparer.Ordinal), tails = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> rows = [];

    /// <param name="sources">The names of the images, as in <see cref="ImageSet.Sources"/>.</param>
    public ImageNameIndex(IReadOnlyList<string> sources)
    {
        for (int i = 0; i < sources.Count; i++)
        {
            string source = sources[i];
            whole[source] = i;
            for (int at = source.IndexOf('/', StringComparison.Ordinal); at >= 0; at = source.IndexOf('/', at + 1))
                tails[source[(at + 1)..]] = tails.ContainsKey(source[(at + 1)..]) ? Ambiguous : i;
            int colon = source.LastIndexOf(".csv:", StringComparison.OrdinalIgnoreCase) + 5;
            if (colon >= 5 && int.TryParse(source.AsSpan(colon), NumberStyles.None, CultureInfo.InvariantCulture, out int line))
                rows[line - 2] = i; // line 1 is the header
        }
    }

    /// <summary>The image's index, <see cref="None"/> or <see cref="Ambiguous"/>.</summary>
    public int Find(string name)
    {
        if (whole.TryGetValue(name, out int exact)) return exact; // a name may hold a backslash
        name = name.Replace('\\', '/');
        if (name.StartsWith("./", StringComparison.Ordinal)) name = name[2..];
        return whole.TryGetValue(name, out int i) || tails.TryGetValue(name, out i) ? i : None;
    }

    /// <summary>The image of a row of FER2013's table, the first below the header being 0; or <see cref="None"/>.</summary>
    public int FindRow(int row) => rows.GetValueOrDefault(row, None);
}

using System.Collections.Frozen;
using System.Text;

namespace EmotionMLNet.Files;

/// <summary>
/// Names of files and folders made of text from elsewhere (labels, class names) that are safe on Linux, macOS and Windows alike.
/// </summary>
internal static class SafeFileName
{
    /// <summary>Longest name made, in UTF-8 bytes: common file systems take 255, and a number or an ending may follow.</summary>
    private const int MostBytes = 120;

    // https://learn.microsoft.com/windows/win32/fileio/naming-a-file
    private static readonly FrozenSet<string> Reserved = new[] { "CON", "PRN", "AUX", "NUL" }
        .Concat(Enumerable.Range(0, 10).SelectMany(i => new[] { $"COM{i}", $"LPT{i}" }))
        .Concat(["COM¹", "COM²", "COM³", "LPT¹", "LPT²", "LPT³"])
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// A single name, never empty, that names nothing outside the folder it is put into: "..", "a/b" and "NUL.txt" become "_", "a_b" and
    /// "_NUL.txt".
    /// </summary>
    /// <param name="text">Any text.</param>
    public static string Create(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var name = new StringBuilder(text.Length);
        int bytes = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if ((bytes += rune.Utf8SequenceLength) > MostBytes) break;
            bool bad =
                Rune.IsControl(rune)
                || rune.Value is '/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|' or 0xFFFD
                || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Format;
            name.Append(bad ? "_" : rune.ToString());
        }
        string trimmed = name.ToString().TrimStart().TrimEnd(' ', '.'); // Windows drops dots and blanks at the end
        if (trimmed.Length == 0 || trimmed.All(c => c == '.')) return "_";
        string stem = trimmed.Split('.')[0].TrimEnd();
        return Reserved.Contains(stem) ? "_" + trimmed : trimmed;
    }

    /// <summary>A name for each text, kept apart as file systems that ignore case see them: an equal one gets " (2)", " (3)", ...</summary>
    /// <param name="texts">Distinct texts.</param>
    /// <returns>In the order of the texts.</returns>
    public static IReadOnlyList<string> CreateDistinct(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var names = new string[texts.Count];
        for (int i = 0; i < names.Length; i++)
        {
            string name = Create(texts[i]);
            names[i] = name;
            for (int n = 2; !taken.Add(names[i]); n++) names[i] = $"{name} ({n})";
        }
        return names;
    }
}

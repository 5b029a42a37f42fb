using EmotionMLNet.Terminal;
namespace EmotionMLNet.Trainer.Data;

/// <summary>Class names in class order, as people give them: happy,sad on a command line, or a file with one a line.</summary>
internal static class LabelList
{
    /// <summary>What <see cref="Read"/> understands.</summary>
    public const string Forms = "labels with commas between them (happy,sad) or a file with one a line";

    /// <exception cref="UserException">No such file, no labels, or one twice.</exception>
    public static string[] Read(string text) => Problem(text) is { } problem ? throw new UserException($"{problem}.") : List(text);

    /// <summary>What keeps a text from being a list of labels, with its remedy; null where nothing does.</summary>
    public static string? Problem(string text)
    {
        if (!File.Exists(text) && !text.Contains(',', StringComparison.Ordinal)) return $"{text}: no such labels file; give {Forms}";
        string[] labels = List(text);
        if (labels.Length == 0) return $"{text}: no labels in it; give {Forms}";
        return labels.GroupBy(l => l, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice ? $"{text}: {twice.Key} stands there twice" : null;
    }

    private static string[] List(string text) => [.. (File.Exists(text) ? File.ReadAllLines(text) : text.Split(',')).Select(l => l.Trim()).Where(l => l.Length > 0)];
}

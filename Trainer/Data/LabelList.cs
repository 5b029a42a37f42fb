namespace EmotionMLNet.Trainer.Data;

/// <summary>Class names in class order, as people give them: happy,sad on a command line, or a file with one a line.</summary>
internal static class LabelList
{
    /// <summary>What <see cref="Read"/> understands.</summary>
    public const string Forms = "labels with commas between them (happy,sad) or a file with one a line";

    /// <exception cref="UserException">No such file, no labels, or one twice.</exception>
    public static string[] Read(string text)
    {
        bool isFile = File.Exists(text);
        if (!isFile && !text.Contains(',', StringComparison.Ordinal)) throw new UserException($"{text}: no such labels file; give {Forms}.");
        string[] labels = [.. (isFile ? File.ReadAllLines(text) : text.Split(',')).Select(l => l.Trim()).Where(l => l.Length > 0)];
        if (labels.Length == 0) throw new UserException($"{text}: no labels in it; give {Forms}.");
        return labels.GroupBy(l => l, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice ? throw new UserException($"{text}: {twice.Key} stands there twice.") : labels;
    }
}

using EmotionMLNet.Files;
using EmotionMLNet.Formatting;

namespace EmotionMLNet.Training.Options;

/// <summary>Class names in class order, as people give them: happy,sad on a command line, or a file with one a line.</summary>
internal static class LabelList
{
    /// <summary>What <see cref="Read"/> understands.</summary>
    public const string Forms = "labels with commas between them (happy,sad) or a file with one a line";

    // A list of labels is short; what is longer is another file.
    private const long MostBytes = 1 << 20;

    /// <summary>Reads labels.</summary>
    /// <exception cref="FormatException">No such file, no labels, one twice, or one that can't be shown.</exception>
    public static string[] Read(string text) => Problem(text) is { } problem ? throw new FormatException(problem) : List(text);

    /// <summary>Reads a file of labels that lies beside data.</summary>
    /// <exception cref="TrainingException">There are no labels in it, one twice, or one that can't be shown.</exception>
    public static string[] ReadBeside(string path)
    {
        try
        {
            return Read(path);
        }
        catch (FormatException e)
        {
            throw new TrainingException($"{e.Message}.", e);
        }
    }

    /// <summary>What keeps a text from being a list of labels, with its remedy; null where nothing does.</summary>
    public static string? Problem(string text)
    {
        if (!File.Exists(text) && !text.Contains(',', StringComparison.Ordinal)) return $"{text}: no such labels file; give {Forms}";
        string[] labels;
        try
        {
            labels = List(text);
        }
        catch (Exception e) when (e is UnusableFileException or IOException or UnauthorizedAccessException)
        {
            return e.Message.StartsWith(text, StringComparison.Ordinal) ? e.Message : $"{text}: {e.Message}";
        }
        if (labels.Length == 0) return $"{text}: no labels in it; give {Forms}";
        if (Unshowable(labels) is { } label)
            return $"{text}: the label {PrintableText.Line(label)} holds characters that can't be shown: write it without them";
        return labels.GroupBy(l => l, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? $"{text}: {twice.Key} stands there twice"
            : null;
    }

    /// <summary>
    /// The first label with a control character, or one that hides or reverses text; null where there is none. It would go into tables,
    /// models and terminals.
    /// </summary>
    public static string? Unshowable(IEnumerable<string> labels) => labels.FirstOrDefault(l => PrintableText.Line(l) != l);

    private static string[] List(string text) =>
        [.. (File.Exists(text) ? Lines(text) : text.Split(',')).Select(l => l.Trim()).Where(l => l.Length > 0)];

    private static string[] Lines(string path)
    {
        RegularFile.Check(path, MostBytes);
        return File.ReadAllLines(path);
    }
}

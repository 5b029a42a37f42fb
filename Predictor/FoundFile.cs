using EmotionMLNet.Terminal;

namespace EmotionMLNet.Predictor;

/// <summary>A file to classify, or a file or folder that can't be.</summary>
/// <param name="Path">The path as it was named, or below the folder as that was named.</param>
/// <param name="Problem">Why it can't be classified, in one line; null if it can be tried.</param>
internal readonly record struct FoundFile(string Path, string? Problem)
{
    private const char NotText = '\uFFFD';

    /// <summary>Exceptions that concern one file or folder, and no other.</summary>
    public static bool IsOfOneFile(Exception e) =>
        e is EmotionMLNetException or IOException or UnauthorizedAccessException or ArgumentException;

    /// <summary>A file that somebody named: whatever is no regular file below the limit of size is a problem.</summary>
    public static FoundFile Named(string path)
    {
        try
        {
            InputFile.Check(path);
            return new FoundFile(path, null);
        }
        catch (Exception e) when (IsOfOneFile(e))
        {
            return Unusable(path, e);
        }
    }

    /// <summary>A file or folder with the reason that an exception gives.</summary>
    public static FoundFile Unusable(string path, Exception e)
    {
        // .NET reads bytes that are no UTF-8 as U+FFFD, and then finds nothing under that name.
        if (path.Contains(NotText, StringComparison.Ordinal) && e is FileNotFoundException or DirectoryNotFoundException)
            return new FoundFile(path, "its name is not UTF-8: rename it");
        return new FoundFile(path, e is FileNotFoundException ? Missing(path) : Reason(path, e));
    }

    /// <summary>The message without the path, which stands in a column of its own.</summary>
    public static string Reason(string path, Exception e) => Reason(path, e.Message);

    /// <inheritdoc cref="Reason(string, Exception)"/>
    public static string Reason(string path, string message)
        => (message.StartsWith($"{path}: ", StringComparison.Ordinal) ? message[(path.Length + 2)..] : message).ReplaceLineEndings(" ");

    private static string Missing(string path) =>
        new FileInfo(path).LinkTarget is { } target
            ? $"a link to {target}, where nothing is"
            : "there is no such file or folder, or its folder may not be entered";
}

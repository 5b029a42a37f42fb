using System.Globalization;
using EmotionMLNet.Terminal;

namespace EmotionMLNet.Predictor;

/// <summary>What labels are and what they are not: said once a day, and in the help.</summary>
internal static class LabelNotice
{
    public const string Text = "Labels are what annotators would likely call a picture, not what anybody feels.";

    private const string Stamp = "notice-shown";

    /// <summary>Whether nobody was told today; from then on somebody was.</summary>
    /// <param name="folder">Where that is remembered; null, or a folder that can't be written, remembers nothing.</param>
    /// <param name="time">Says what day it is.</param>
    public static bool IsDue(string? folder, TimeProvider time)
    {
        if (folder is null) return true;
        string path = Path.Combine(folder, Stamp), today = time.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        try
        {
            if (InputFile.Exists(path) && new FileInfo(path).Length == today.Length && File.ReadAllText(path) == today) return false;
            OutputFile.WriteText(path, today);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Being told twice is better than an error about it.
        }
        return true;
    }
}

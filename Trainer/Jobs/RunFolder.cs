using EmotionMLNet.Terminal;
using EmotionMLNet.Trainer.Training;

namespace EmotionMLNet.Trainer.Jobs;

/// <summary>What lies beside a model that was not moved since its training. A zip has the name of its data alone; its run folder knows where they are.</summary>
internal static class RunFolder
{
    /// <summary>Full path of the data that a model was trained on; null where its folder does not tell.</summary>
    /// <param name="model">The zip.</param>
    public static string? DataOf(string model)
    {
        string settings = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(model))!, SettingsFile.FileName);
        if (!File.Exists(settings)) return null;
        try
        {
            return SettingsFile.Text(SettingsFile.Read(settings), "data", settings) is { Length: > 0 } data ? Path.GetFullPath(data) : null;
        }
        catch (UserException)
        {
            return null; // settings of something else: they only help
        }
    }
}

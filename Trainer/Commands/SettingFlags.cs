using EmotionMLNet.Trainer.Rendering;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Comparison.Reports;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>The settings of the training library under their names on the command line.</summary>
internal static class SettingFlags
{
    // What a run is made with besides its settings.
    private static readonly Dictionary<string, string> OfRuns = new()
    {
        ["run.folder"] = "--out",
        ["run.resume"] = "--resume",
        ["run.replace"] = "--force",
        ["run.cache"] = "--bottlenecks",
    };

    /// <summary>A message of the library with the options that its settings are called by.</summary>
    /// <param name="template">With paths in braces.</param>
    public static string Name(string template) => SettingNames.Replace(template, Of);

    /// <summary>The option of a setting; its path where it has none.</summary>
    public static string Of(string path) => OfRuns.GetValueOrDefault(path, path);
}

using System.Text;
using EmotionMLNet.Training;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>
/// Settings under their names on the command line: the last part of a setting's path with hyphens, "optimisation.batchSize" is
/// --batch-size. A record's path and kind are called as the record is: "data.path" is --data, "loss.kind" is --loss.
/// </summary>
internal static class SettingFlags
{
    // What is no setting of a run, and yet has a name in messages of the library.
    private static readonly Dictionary<string, string> Others = new()
    {
        ["run.folder"] = "--out",
        ["run.resume"] = "--resume",
        ["run.replace"] = "--force",
        ["run.cache"] = "--bottlenecks",
        ["measure.split"] = "--split",
        ["export.modelBuilder"] = "--model-builder",
        ["export.namespace"] = "--namespace",
        ["ensemble.weights"] = "--weights",
        ["weights.pull"] = "weights pull",
        ["comparison.seeds"] = "--seeds",
        ["comparison.budget"] = "--budget",
        ["comparison.candidates"] = "compare",
    };

    /// <summary>A message of the library with the options that its settings are called by.</summary>
    /// <param name="template">The message, with paths in braces.</param>
    public static string Render(string template) => MessageTemplate.Replace(template, FromPath);

    /// <summary>The option of a setting.</summary>
    /// <param name="path">Its path in a settings file.</param>
    public static string FromPath(string path)
    {
        if (Others.TryGetValue(path, out string? other)) return other;
        string[] names = path.Split('.');
        // What is typed for these is one text: flip,rotate=10.
        if (names[0] is "augmentation" or "progressive") return $"--{names[0]}";
        if (names is ["fineTuning", "head", ..]) return "--head";
        string name = names[^1] is "path" or "kind" ? names[^2] : names[^1];
        return "--" + Hyphenate(name);
    }

    private static string Hyphenate(string name)
    {
        var text = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsAsciiLetterUpper(c)) text.Append('-');
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }
}

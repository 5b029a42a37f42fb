using System.CommandLine;
using EmotionMLNet.Formatting;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Predictor;
using EmotionMLNet.Terminal;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>Options that several verbs have, with their ranges.</summary>
internal static class SharedOptions
{
    private const int MostThreads = 1024;

    /// <summary>--threads.</summary>
    public static Option<int> Threads()
    {
        return new NumberOption<int>("--threads") { Description = "Threads; 0 is all cores.", Least = 0, Most = MostThreads };
    }

    /// <summary>--force.</summary>
    public static Option<bool> Force() => new FlagOption("--force") { Description = "Replace files that exist." };

    /// <summary>--detector.</summary>
    public static Option<string> Detector() =>
        new("--detector")
        {
            HelpName = "FILE",
            Description = "The face detector, for models of faces; by default faces.zip beside the program.",
        };

    /// <summary>
    /// The detector that pictures for a model are cut by; null where the model is not one of faces, or where there is none.
    /// </summary>
    /// <exception cref="UserException">The one that was asked for is not there, or the model is not one of faces.</exception>
    public static string? DetectorFor(ModelManifest manifest, ParseResult parsed, Option<string> detector)
    {
        if (manifest.Faces?.Pictures == FacePictures.Crops) return DetectorOf(parsed, detector);
        return parsed.GetValue(detector) is null
            ? null
            : throw new UserException($"{detector.Name}: this model labels whole pictures, no faces are looked for: leave it away.");
    }

    /// <summary>The file of the detector; null where none was asked for and none came with the program.</summary>
    /// <exception cref="UserException">The one that was asked for is not there.</exception>
    public static string? DetectorOf(ParseResult parsed, Option<string> detector)
    {
        string? asked = parsed.GetValue(detector), found = ModelChoice.FindDetector(asked, ModelChoice.Folders(), out string problem);
        return found is null && asked is not null ? throw new UserException(problem) : found;
    }

    /// <summary>Threads as the library takes them: 0 is null, all cores.</summary>
    public static int? ThreadsOf(ParseResult parsed, Option<int> threads) => parsed.GetValue(threads) is > 0 and var given ? given : null;

    /// <summary>A length of time.</summary>
    /// <exception cref="UserException">The text is none.</exception>
    public static TimeSpan ReadDuration(Option option, string text) => Read(option, text, Duration.Parse);

    /// <summary>Labels in a list or a file.</summary>
    /// <exception cref="UserException">The text is none.</exception>
    public static string[] ReadLabels(Option option, string text) => Read(option, text, LabelList.Read);

    private static T Read<T>(Option option, string text, Func<string, T> parse)
    {
        try
        {
            return parse(text);
        }
        catch (FormatException e)
        {
            throw new UserException($"{option.Name} {text}: {e.Message}.");
        }
    }

    /// <summary>Numbers with commas between them, one a channel or a model.</summary>
    /// <param name="option">The option's name, for messages.</param>
    /// <param name="text">The text as it was typed.</param>
    /// <exception cref="UserException">One is no number.</exception>
    public static double[] List(string option, string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        var numbers = new double[parts.Length];
        for (int i = 0; i < parts.Length; i++)
            if (Numbers.Read(parts[i], out numbers[i]) is { } problem) throw new UserException($"{option} {text}: {problem}.");
        return numbers;
    }
}

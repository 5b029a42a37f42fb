using System.Globalization;
using EmotionMLNet.Terminal;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Trainer.Rendering;

/// <summary>The command lines with which a comparison can be made again, as its report shows them.</summary>
internal static class ComparisonCommands
{
    /// <param name="options">The comparison.</param>
    /// <param name="arguments">The arguments of the comparison's own command line, from the verb on.</param>
    /// <param name="winner">The winner, whose run and figures are made again.</param>
    public static RepeatInstructions Write(ComparisonOptions options, IEnumerable<string> arguments, CandidateResult winner)
    {
        string seed = options.FirstSeed.ToString(CultureInfo.InvariantCulture), model = Path.Combine(options.Out, ComparisonRun.BestName);
        if (!winner.Candidate.IsNetwork) return new RepeatInstructions(Line(arguments), []); // no run that another verb could make again
        string settings = Path.Combine(winner.Best.Folder, SettingsFile.FileName);
        return new RepeatInstructions(Line(arguments),
        [
            Line(["train", "--settings", settings, "--out", "FOLDER"]),
            Line(["evaluate", "--model", model, "--data", options.Data, "--split", "validation", "--seed", seed]),
        ]);
    }

    private static string Line(IEnumerable<string> arguments) => $"{ProgramName.Own} {ShellQuote.Join(arguments)}";
}

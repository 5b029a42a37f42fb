using EmotionMLNet.Formatting;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>What is wrong with settings, in the words of the command line.</summary>
internal static class SettingProblems
{
    /// <summary>Writes a line a problem to stderr.</summary>
    /// <returns>Whether there is any.</returns>
    public static bool Write(IEnumerable<SettingProblem> problems)
    {
        bool any = false;
        foreach (SettingProblem problem in problems)
        {
            Console.Error.WriteLine(PrintableText.Line(problem.Describe(SettingFlags.FromPath)));
            any = true;
        }
        return any;
    }
}

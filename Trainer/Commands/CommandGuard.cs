using EmotionMLNet.Terminal;
using EmotionMLNet.Training;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>Runs a verb: what the training library throws becomes a line in the words of the command line, and an exit code.</summary>
internal static class CommandGuard
{
    /// <param name="verb">The work of a command.</param>
    /// <returns>What it returns, or the code of its exception.</returns>
    public static int Run(Func<int> verb) => Guard.Run(() =>
    {
        try
        {
            return verb();
        }
        catch (Exception e) when (Guard.Cause(e) is TrainingException problem)
        {
            throw new UserException(SettingFlags.Render(problem.Template), CodeOf(problem));
        }
    });

    private static int CodeOf(TrainingException problem) => problem switch
    {
        TrainingFailedException => ExitCode.Failure,
        DataFindingsException => ExitCode.Findings,
        _ => ExitCode.Usage,
    };
}

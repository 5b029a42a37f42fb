using EmotionMLNet.MLNetZip;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>Turns the exceptions that users cause into one line on stderr and an exit code.</summary>
internal static class Guard
{
    public static int Run(Func<int> verb)
    {
        try
        {
            return verb();
        }
        catch (UserException e)
        {
            Console.Error.WriteLine(e.Message);
            return e.ExitCode;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("cancelled");
            return ExitCode.Cancelled;
        }
        catch (Exception e) when (e is ModelFormatException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message.ReplaceLineEndings(" "));
            return ExitCode.Failure;
        }
    }
}

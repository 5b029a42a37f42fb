using EmotionMLNet.Files;
using EmotionMLNet.Formatting;

namespace EmotionMLNet.Terminal;

/// <summary>
/// Turns every exception into one line on stderr and an exit code: nobody is shown a stack trace who did not ask for one.
/// </summary>
internal static class Guard
{
    /// <summary>Set to 1, an unexpected exception is printed with its stack trace.</summary>
    public const string TraceVariable = "EMOTIONMLNET_TRACE";

    /// <param name="verb">The work of a command.</param>
    /// <returns>What it returns, or the code of its exception.</returns>
    public static int Run(Func<int> verb)
    {
        try
        {
            return verb();
        }
        catch (Exception e)
        {
            return Explain(e, Console.Error);
        }
    }

    /// <summary>Writes the line of an exception.</summary>
    /// <returns>Its exit code.</returns>
    internal static int Explain(Exception exception, TextWriter messages)
    {
        exception = Cause(exception);
        switch (exception)
        {
            case UserException e:
                messages.WriteLine(PrintableText.Line(e.Message));
                return e.ExitCode;
            case OperationCanceledException:
                messages.WriteLine("cancelled");
                return ExitCode.Cancelled;
            case FileLockedException e:
                messages.WriteLine(PrintableText.Line(e.Message));
                return ExitCode.Usage;
            case EmotionMLNetException or IOException or UnauthorizedAccessException or InvalidDataException:
                messages.WriteLine(PrintableText.Line(exception.Message));
                return ExitCode.Failure;
            case OutOfMemoryException:
                messages.WriteLine("not enough memory: use a smaller --batch-size, smaller pictures or fewer --threads");
                return ExitCode.Failure;
            default:
                bool traced = Environment.GetEnvironmentVariable(TraceVariable) == "1";
                string how = traced
                    ? ""
                    : $" (a fault of this program: please report it with this line and what {TraceVariable}=1 adds to it)";
                messages.WriteLine(PrintableText.Line($"unexpected {exception.GetType().Name}: {exception.Message}{how}"));
                if (traced) messages.WriteLine(exception);
                return ExitCode.Failure;
        }
    }

    /// <summary>What threads and tasks wrapped.</summary>
    internal static Exception Cause(Exception exception)
    {
        while (
            exception is AggregateException or System.Reflection.TargetInvocationException or TypeInitializationException
            && exception.InnerException is { } inner
        )
            exception = inner;
        return exception;
    }
}

namespace EmotionMLNet.Terminal;

/// <summary>A mistake that the user can mend: printed as one line (what, where, what to do), without a stack trace.</summary>
internal sealed class UserException(string message, int exitCode = ExitCode.Usage) : EmotionMLNetException(message)
{
    public int ExitCode { get; } = exitCode;
}

namespace EmotionMLNet.Predictor;

/// <summary>Exit codes, a contract with scripts.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>Something failed; one line on stderr says what.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Finished, but some files could not be read; each is in the output with its reason.</summary>
    public const int Unreadable = 3;

    /// <summary>Cancelled; a run with --out can be continued.</summary>
    public const int Cancelled = 130;
}

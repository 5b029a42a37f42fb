namespace EmotionMLNet.Terminal;

/// <summary>Exit codes of all programs, a contract with scripts.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>Something failed; one line on stderr says what.</summary>
    public const int Failure = 1;

    /// <summary>The command line or a settings file is wrong.</summary>
    public const int Usage = 2;

    /// <summary>
    /// Finished, but with findings: unusable files under --strict, or pictures that could not be read; each is in the output with its
    /// reason.
    /// </summary>
    public const int Findings = 3;

    /// <summary>Cancelled by Ctrl+C; what was done is kept.</summary>
    public const int Cancelled = 130;
}

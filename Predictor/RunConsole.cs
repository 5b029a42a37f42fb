namespace EmotionMLNet.Predictor;

/// <summary>What a run talks to.</summary>
internal sealed record RunConsole
{
    /// <summary>Rows, unless they go to a file.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Everything else.</summary>
    public required TextWriter Messages { get; init; }

    /// <summary>Paths, where the command line says so.</summary>
    public Stream Input { get; init; } = Stream.Null;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Messages go to a terminal, on which a line can be redrawn.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Rows go to a terminal too, so that they and a redrawn line would get in each other's way.</summary>
    public bool IsShared { get; init; }

    /// <summary>See <see cref="ProgramState"/>; null remembers nothing.</summary>
    public string? StateFolder { get; init; }

    /// <summary>The command line as it can be typed again.</summary>
    public string Command { get; init; } = "Predictor.Console";
}

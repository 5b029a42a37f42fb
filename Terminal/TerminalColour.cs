namespace EmotionMLNet.Terminal;

/// <summary>Colour, where there is a terminal that shows it and nobody asked for none.</summary>
internal static class TerminalColour
{
    /// <summary>False where NO_COLOR is set to anything (https://no-color.org).</summary>
    public static bool IsWanted => string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>Whether a stream is a terminal that understands escape codes.</summary>
    /// <param name="isRedirected">Whether the stream is redirected, as <see cref="Console"/> knows it.</param>
    public static bool IsTerminal(bool isRedirected) => !isRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";

    /// <summary>Text in green.</summary>
    public static string Good(string text) => $"\u001b[32m{text}\u001b[0m";
}

namespace EmotionMLNet.Terminal;

/// <summary>How wide the terminal is.</summary>
internal static class TerminalSize
{
    /// <summary>
    /// Its columns now, for windows can be resized; <see cref="TextLayout.Columns"/> where there is none, or one that doesn't say.
    /// </summary>
    public static int Columns()
    {
        try
        {
            return Console.WindowWidth is > 0 and var columns ? columns : TextLayout.Columns;
        }
        catch (Exception e) when (e is IOException or PlatformNotSupportedException)
        {
            return TextLayout.Columns;
        }
    }
}

using EmotionMLNet.Formatting;

namespace EmotionMLNet.Terminal;

/// <summary>
/// Where text for people goes: its width, and whether it understands colours. In a file or a pipe there are neither, and lines stay whole.
/// </summary>
/// <param name="Writer">Stdout or stderr.</param>
/// <param name="IsTerminal">Whether somebody looks at it.</param>
/// <param name="Columns">Width, at least <see cref="Fewest"/>.</param>
/// <param name="HasColour">Whether escape codes for colours are written.</param>
internal sealed record TerminalOutput(TextWriter Writer, bool IsTerminal, int Columns, bool HasColour)
{
    private const int Fewest = 40, Most = 120;

    public static TerminalOutput Stdout() => Create(Console.Out, Console.IsOutputRedirected);

    public static TerminalOutput Stderr() => Create(Console.Error, Console.IsErrorRedirected);

    /// <summary>A line of text from anywhere, broken between words where a terminal would break it anywhere.</summary>
    public void WriteLine(string text)
    {
        text = PrintableText.Line(text);
        foreach (string line in IsTerminal ? TextLayout.Wrap(text, hang: 0, Columns - 1) : [text]) Writer.WriteLine(line);
    }

    private static TerminalOutput Create(TextWriter writer, bool isRedirected)
    {
        int columns = isRedirected ? TextLayout.Columns : Math.Clamp(TerminalSize.Columns(), Fewest, Most);
        return new TerminalOutput(writer, !isRedirected, columns, TerminalColour.IsTerminal(isRedirected) && TerminalColour.IsWanted);
    }
}

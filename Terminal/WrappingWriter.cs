using System.Text;

namespace EmotionMLNet.Terminal;

/// <summary>
/// Breaks the lines of messages at words where a terminal would break them anywhere. Lines that begin with two blanks are left as they are:
/// tables, and commands to be pasted. What is not a terminal gets its lines whole.
/// </summary>
/// <param name="inner">The terminal.</param>
/// <param name="columns">Its width; asked anew for every line.</param>
internal sealed class WrappingWriter(TextWriter inner, Func<int> columns) : TextWriter
{
    private const int Fewest = 24; // narrower ones cannot hold a table

    public override Encoding Encoding => inner.Encoding;

    /// <summary>Lets stderr of this process wrap, where it is a terminal.</summary>
    public static void Install()
    {
        if (TerminalColour.IsTerminal(Console.IsErrorRedirected) && Console.Error is not WrappingWriter)
            Console.SetError(new WrappingWriter(Console.Error, TerminalSize.Columns));
    }

    public override void Write(char value) => inner.Write(value);

    public override void Write(string? value) => inner.Write(value);

    public override void WriteLine(string? value)
    {
        foreach (string line in Wrapped(value ?? "", columns())) inner.WriteLine(line);
    }

    public override void Flush() => inner.Flush();

    /// <summary>
    /// The lines of a text, each at most so wide unless a single word is wider; those behind the first are indented by two.
    /// </summary>
    internal static IEnumerable<string> Wrapped(string text, int columns)
    {
        bool isWhole =
            columns < Fewest
            || text.StartsWith("  ", StringComparison.Ordinal)
            || text.Contains('\n', StringComparison.Ordinal)
            || text.Contains('\u001b', StringComparison.Ordinal);
        return isWhole ? [text] : TextLayout.Wrap(text, hang: 2, columns);
    }
}

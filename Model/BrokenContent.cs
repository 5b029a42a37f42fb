using System.Text.Json;

namespace EmotionMLNet;

/// <summary>
/// What goes wrong inside .NET when bytes of unknown origin do not mean what they should: a loader turns each of these into its own
/// exception.
/// </summary>
internal static class BrokenContent
{
    /// <summary>
    /// Whether the content is to blame: an index, a size, a kind or a number in it is wrong. Cancellation, missing files and want of memory
    /// are not among them.
    /// </summary>
    public static bool Explains(Exception e) =>
        e
            is InvalidDataException
                or EndOfStreamException
                or JsonException
                or FormatException
                or ArgumentException
                or ArithmeticException
                or IndexOutOfRangeException
                or InvalidCastException
                or InvalidOperationException
                or KeyNotFoundException
                or NotSupportedException
                or NullReferenceException;

    /// <summary>A name or message out of a file, short enough for one line: a hostile file may name a thing with megabytes.</summary>
    public static string Short(string text)
    {
        const int most = 300;
        string line = text.ReplaceLineEndings(" ");
        return line.Length <= most ? line : $"{line.AsSpan(0, most)}…";
    }
}

using System.Buffers;

namespace EmotionMLNet.Terminal;

/// <summary>Words of a command that can be pasted into the user's shell.</summary>
internal static class ShellQuote
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,@%+");

    /// <summary>The word as it is where the shell takes it for one, else in single quotes (POSIX) or double quotes (Windows).</summary>
    public static string Quote(string word) => Quote(word, OperatingSystem.IsWindows());

    internal static string Quote(string word, bool windows)
    {
        string safe = windows ? word.Replace('\\', '/') : word; // there, both separate folders
        if (word.Length > 0 && !safe.AsSpan().ContainsAnyExcept(Plain)) return word;
        return windows ? $"\"{word.Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}

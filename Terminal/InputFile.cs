using EmotionMLNet.Files;
using Microsoft.Win32.SafeHandles;

namespace EmotionMLNet.Terminal;

/// <summary>
/// Files that a person names: only regular ones are opened, so neither a pipe nor a device can hold a program up. See
/// <see cref="RegularFile"/>.
/// </summary>
internal static class InputFile
{
    /// <summary>Refuses what can't be read as a file, without opening anything.</summary>
    /// <param name="path">Links are followed.</param>
    /// <param name="maxBytes">Largest length accepted.</param>
    /// <exception cref="UnusableFileException">It is a pipe, a socket, a device or a folder, or too large.</exception>
    /// <exception cref="IOException">There is no such file.</exception>
    public static void Check(string path, long maxBytes = RegularFile.DefaultMaxBytes) => RegularFile.Check(path, maxBytes);

    /// <summary>Whether <see cref="Open"/> would take it.</summary>
    public static bool Exists(string path) => RegularFile.Exists(path);

    /// <summary>Opens a file of any length for reading.</summary>
    /// <param name="path">Links are followed.</param>
    /// <exception cref="UnusableFileException">It is a pipe, a socket, a device or a folder.</exception>
    /// <exception cref="IOException">There is no such file, or it can't be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static SafeFileHandle Open(string path) => RegularFile.Open(path, long.MaxValue);
}

using EmotionMLNet.Files;

namespace EmotionMLNet.Terminal;

/// <summary>Files that a program writes: whole or not at all, by one process at a time, never over something by accident.</summary>
/// <remarks>
/// The means are Model's (<see cref="AtomicFile"/>, <see cref="FileLock"/>, <see cref="CsvLine"/>, <see cref="SafeFileName"/>), which its
/// package keeps to itself. A program that is no friend of Model, as Predictor, has them from here.
/// </remarks>
internal static class OutputFile
{
    /// <summary>Refuses a file, or a folder that holds something; call it before any long work.</summary>
    /// <param name="path">The file to be written.</param>
    /// <param name="force">Whether the user said that it may be replaced.</param>
    /// <exception cref="UserException">It exists, and nobody said so.</exception>
    public static void Refuse(string path, bool force)
    {
        if (force) return;
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
            throw new UserException($"{path} exists already: give --force to replace it or another name");
    }

    /// <summary>Creates or replaces a file when all of it is written; see <see cref="AtomicFile.Write"/>.</summary>
    public static void Write(string path, Action<Stream> write) => AtomicFile.Write(path, write);

    /// <summary>The same with UTF-8 text without a byte order mark.</summary>
    public static void WriteText(string path, string text) => AtomicFile.WriteText(path, text);

    /// <summary>Keeps other processes away from a file until what is returned is disposed of.</summary>
    /// <param name="path">The file to be written; the lock is a file beside it.</param>
    /// <exception cref="FileLockedException">Another process has it.</exception>
    public static IDisposable Lock(string path) => FileLock.Acquire(path + ".lock", path);

    /// <summary>A record of a CSV file with its line feed.</summary>
    /// <param name="cells">The cells in order.</param>
    /// <param name="isSafe">Puts an apostrophe before text that a spreadsheet would run as a formula.</param>
    public static string CsvRecord(IEnumerable<string?> cells, bool isSafe) => CsvLine.Format(cells, isSafe);

    /// <summary>Names of folders for texts from elsewhere, distinct and safe on every system, in the order of the texts.</summary>
    public static IReadOnlyList<string> FolderNames(IReadOnlyList<string> texts) => SafeFileName.CreateDistinct(texts);
}

using System.Text;

namespace EmotionMLNet.Files;

/// <summary>Writes a file under a temporary name beside its place and moves it there when it is complete: a reader, or a
/// killed process, sees the old content or the new, never half.</summary>
internal static class AtomicFile
{
    private const string Suffix = ".tmp";

    /// <summary>Creates or replaces <paramref name="path"/> with what <paramref name="write"/> puts into the stream.</summary>
    /// <remarks>
    /// If <paramref name="write"/> throws, the old file stays and the temporary one is removed. Missing folders are created.
    /// </remarks>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        string temporary = $"{full}.{Environment.ProcessId}{Suffix}";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Whether a file is one that is still being written, or was left when its writer was killed.</summary>
    public static bool IsTemporary(string path) => path.EndsWith(Suffix, StringComparison.Ordinal);

    /// <summary>Copies a file, whole or not at all. Others may write and remove it meanwhile.</summary>
    public static void Copy(string from, string to) => Write(to, stream =>
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        source.CopyTo(stream);
    });

    /// <summary>Writes UTF-8 text without a byte order mark.</summary>
    public static void WriteText(string path, string text)
        => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
}

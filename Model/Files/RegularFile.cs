using Microsoft.Win32.SafeHandles;

namespace EmotionMLNet.Files;

/// <summary>
/// Opens files that come from anywhere: only regular ones, up to a size. A named pipe would block for ever, a device such as /dev/zero
/// never ends; both are told apart before anything is opened for reading.
/// </summary>
public static class RegularFile
{
    /// <summary>Largest picture file read unless the caller says otherwise: 256 MB.</summary>
    public const long DefaultMaxBytes = 256L << 20;

    /// <summary>Opens a regular file for reading, following links.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">Largest length accepted.</param>
    /// <exception cref="UnusableFileException">It is a pipe, a socket, a device or a folder, or too large.</exception>
    /// <exception cref="IOException">There is no such file, or it can't be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static SafeFileHandle Open(string path, long maxBytes = DefaultMaxBytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Check(path, maxBytes);
        SafeFileHandle handle = File.OpenHandle(path, options: FileOptions.SequentialScan);
        try
        {
            // A file may have grown, or been exchanged, since it was looked at.
            if (RandomAccess.GetLength(handle) > maxBytes) throw TooLarge(path, RandomAccess.GetLength(handle), maxBytes);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Refuses what <see cref="Open"/> refuses, without opening anything.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">Largest length accepted.</param>
    /// <exception cref="UnusableFileException">It is a pipe, a socket, a device or a folder, or too large.</exception>
    /// <exception cref="IOException">There is no such file.</exception>
    public static void Check(string path, long maxBytes = DefaultMaxBytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path.Contains('\0', StringComparison.Ordinal)) throw new UnusableFileException(path, "a path can't hold a NUL");
        FileSystemInfo file = new FileInfo(path);
        if (file.LinkTarget is not null) file = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
        if (Directory.Exists(file.FullName)) throw new UnusableFileException(path, "a folder, where a file is wanted");
        if (!File.Exists(file.FullName)) throw new FileNotFoundException($"{path}: there is no such file", path);
        if (FileKind.Irregular(file.FullName) is { } kind) throw new UnusableFileException(path, $"{kind}, not a regular file");
        long length = new FileInfo(file.FullName).Length;
        if (length > maxBytes) throw TooLarge(path, length, maxBytes);
    }

    /// <summary>Whether <see cref="Open"/> would take it, however large it is.</summary>
    /// <param name="path">The file.</param>
    public static bool Exists(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            Check(path, long.MaxValue);
            return true;
        }
        catch (Exception e) when (e is EmotionMLNetException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    private static UnusableFileException TooLarge(string path, long length, long maxBytes)
        => new(path, $"{length} bytes are more than the limit of {maxBytes}");
}

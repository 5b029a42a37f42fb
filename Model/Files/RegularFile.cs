using Microsoft.Win32.SafeHandles;

namespace EmotionMLNet.Files;

/// <summary>
/// Opens files that come from anywhere: only regular ones, up to a size. A named pipe would block for ever, a device such as /dev/zero
/// never ends; both are told apart before anything is opened for reading.
/// </summary>
internal static class RegularFile
{
    /// <summary>Largest picture file read unless the caller says otherwise: 256 MB.</summary>
    public const long DefaultMaxBytes = 256L << 20;

    // Files that are made when they are read (/proc) tell no length; what is worth reading of them is short.
    private const int UnknownLength = 1 << 16;

    /// <summary>Opens a regular file for reading, following links.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">Largest length accepted.</param>
    /// <exception cref="UnusableFileException">It is a pipe, a socket, a device or a folder, or too large.</exception>
    /// <exception cref="IOException">There is no such file, or it can't be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static SafeFileHandle Open(string path, long maxBytes = DefaultMaxBytes) => Open(path, maxBytes, out _);

    /// <summary>Reads a whole regular file, following links.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">Largest length accepted.</param>
    /// <exception cref="UnusableFileException">It is a pipe, a socket, a device or a folder, or too large.</exception>
    /// <exception cref="IOException">There is no such file, or it can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] ReadAllBytes(string path, long maxBytes = DefaultMaxBytes)
    {
        using SafeFileHandle file = Open(path, Math.Min(maxBytes, Array.MaxLength), out long length);
        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)length);
        int count = ReadAll(file, bytes).Length;
        return count == bytes.Length ? bytes : bytes[..count];
    }

    /// <summary>The same without holding a thread while the disk is waited for.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadAllBytesAsync(string path, long maxBytes, CancellationToken cancellationToken)
    {
        using SafeFileHandle file = Open(path, Math.Min(maxBytes, Array.MaxLength), out long length);
        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)length);
        int count = 0;
        while (
            count < bytes.Length
            && await RandomAccess.ReadAsync(file, bytes.AsMemory(count), count, cancellationToken).ConfigureAwait(false) is > 0 and var got
        )
            count += got;
        return bytes.AsMemory(0, count);
    }

    /// <summary>Refuses what <see cref="Open(string, long)"/> refuses, without opening anything.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">Largest length accepted.</param>
    /// <exception cref="UnusableFileException">It is a pipe, a socket, a device or a folder, or too large.</exception>
    /// <exception cref="IOException">There is no such file.</exception>
    public static void Check(string path, long maxBytes = DefaultMaxBytes)
    {
        CheckKind(path);
        FileSystemInfo file = new FileInfo(path);
        if (file.LinkTarget is not null) file = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
        if (!File.Exists(file.FullName)) throw new FileNotFoundException($"{path}: there is no such file", path);
        long length = new FileInfo(file.FullName).Length;
        if (length > maxBytes) throw TooLarge(path, length, maxBytes);
    }

    /// <summary>Whether <see cref="Open(string, long)"/> would take it, however large it is.</summary>
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

    /// <summary>The same as <see cref="Open(string, long)"/>, with the length to read.</summary>
    internal static SafeFileHandle Open(string path, long maxBytes, out long length)
    {
        CheckKind(path);
        SafeFileHandle handle = OpenHandle(path);
        try
        {
            // Of the file that is open: it may have been exchanged, or have grown, since it was looked at.
            length = RandomAccess.GetLength(handle);
            if (length > maxBytes) throw TooLarge(path, length, maxBytes);
            if (length == 0) length = Math.Min(UnknownLength, maxBytes);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Fills what is given from a file's start, or as much as the file has.</summary>
    internal static ReadOnlySpan<byte> ReadAll(SafeFileHandle file, Span<byte> bytes)
    {
        int count = 0;
        while (count < bytes.Length && RandomAccess.Read(file, bytes[count..], count) is > 0 and var got) count += got;
        return bytes[..count];
    }

    private static SafeFileHandle OpenHandle(string path)
    {
        try
        {
            return File.OpenHandle(path, options: FileOptions.SequentialScan);
        }
        catch (FileNotFoundException e)
        {
            throw new FileNotFoundException($"{path}: there is no such file", path, e);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new DirectoryNotFoundException($"{path}: there is no such file, nor its folder", e);
        }
    }

    private static void CheckKind(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path.Contains('\0', StringComparison.Ordinal)) throw new UnusableFileException(path, "a path can't hold a NUL");
        if (FileKind.Irregular(path) is { } kind) throw new UnusableFileException(path, $"{kind}, not a regular file");
    }

    private static UnusableFileException TooLarge(string path, long length, long maxBytes)
        => new(path, $"{length} bytes are more than the limit of {maxBytes}");
}

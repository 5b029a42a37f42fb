using Microsoft.Win32.SafeHandles;

namespace EmotionMLNet.Files;

/// <summary>Reads one file after another into the same memory. One caller at a time.</summary>
internal sealed class FileBuffer
{
    // A longer file is an exception, and its memory is not held on to.
    private const int MostKept = 1 << 22;

    private byte[] bytes = [];

    /// <summary>The whole of a regular file, good until the next call; the file is open only meanwhile.</summary>
    /// <param name="path">Links are followed.</param>
    /// <param name="maxBytes">Largest length accepted.</param>
    /// <exception cref="UnusableFileException">It is no regular file, or too large.</exception>
    /// <exception cref="IOException">There is no such file, or it can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public ReadOnlySpan<byte> Read(string path, long maxBytes = RegularFile.DefaultMaxBytes)
    {
        using SafeFileHandle file = RegularFile.Open(path, maxBytes, out long length);
        if (length > MostKept) return RegularFile.ReadAll(file, GC.AllocateUninitializedArray<byte>((int)length));
        if (bytes.Length < length) bytes = GC.AllocateUninitializedArray<byte>((int)length);
        return RegularFile.ReadAll(file, bytes.AsSpan(0, (int)length));
    }
}

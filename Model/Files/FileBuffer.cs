using Microsoft.Win32.SafeHandles;

namespace EmotionMLNet.Files;

/// <summary>Reads one file after another into the same memory. One caller at a time.</summary>
internal sealed class FileBuffer
{
    // A longer file is an exception, and its memory is not held on to.
    private const int MostKept = 1 << 26;

    private byte[] bytes = [];

    /// <summary>The whole of a file, good until the next call; the file is open only meanwhile.</summary>
    /// <exception cref="IOException">The file cannot be read, or holds 2 GB or more.</exception>
    public ReadOnlySpan<byte> Read(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        long length = RandomAccess.GetLength(file);
        // A length of 0 may mean that it is not known, as in /proc.
        if (length is 0 or > MostKept) return File.ReadAllBytes(path);
        if (bytes.Length < length) bytes = GC.AllocateUninitializedArray<byte>((int)length);
        int count = 0;
        while (count < length && RandomAccess.Read(file, bytes.AsSpan(count, (int)length - count), count) is > 0 and var got) count += got;
        return bytes.AsSpan(0, count);
    }
}

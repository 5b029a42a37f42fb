using EmotionMLNet.Files;

namespace EmotionMLNet.Training.Data;

/// <summary>The lines of a file of any size as bytes, each with its place in the file.</summary>
internal sealed class ByteLines(string path) : IDisposable
{
    private const int MaximumLength = 1 << 24;

    private readonly FileStream stream = new(RegularFile.Open(path, long.MaxValue), FileAccess.Read, bufferSize: 0);
    private byte[] buffer = new byte[1 << 20];
    private int start, next, end;
    private long bufferOffset;

    /// <summary>The line without its line feed; valid until the next move.</summary>
    public ReadOnlySpan<byte> Current => buffer.AsSpan(start, Math.Max(0, next - start - 1));

    /// <summary>Byte in the file at which <see cref="Current"/> begins.</summary>
    public long Offset => bufferOffset + start;

    public bool MoveNext()
    {
        start = Math.Min(next, end);
        int searched = start;
        while (true)
        {
            int feed = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (feed >= 0)
            {
                next = searched + feed + 1;
                return true;
            }
            int pending = end - start;
            if (!Fill())
            {
                next = end + 1; // as if a line feed followed
                return pending > 0;
            }
            searched = start + pending;
        }
    }

    public void Dispose() => stream.Dispose();

    /// <summary>Moves the unfinished line to the front, makes room and reads on.</summary>
    private bool Fill()
    {
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        bufferOffset += start;
        end -= start;
        start = 0;
        if (end == buffer.Length)
        {
            if (buffer.Length >= MaximumLength)
                throw new TrainingException($"{path}: a line is longer than {MaximumLength} bytes: this is not a table of images.");
            Array.Resize(ref buffer, buffer.Length * 2);
        }
        int read = stream.Read(buffer, end, buffer.Length - end);
        end += read;
        return read > 0;
    }
}

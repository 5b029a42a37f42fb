using System.Buffers;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>
/// The entropy-coded bytes of one scan, freed of stuffed zeros and restart markers beforehand: the bit reader then needs no test
/// for FF, and restart intervals are known by their ends. One instance serves all scans of a file, and one file after another.
/// </summary>
internal sealed class EntropyData : IDisposable
{
    /// <summary>More than the longest MCU, 64 blocks of 64 codes of 16 bits with 15 bits of value each.</summary>
    public const int Padding = 64 * 256;

    // Larger files are rare, and the memory of theirs is not held on to.
    private const int MostKept = 1 << 23;

    private readonly List<int> ends = [];
    private int start;

    /// <summary>
    /// The bytes without stuffing, of the length that the last of <see cref="Segment"/> tells, and then <see cref="Padding"/> zeros.
    /// </summary>
    public byte[] Bytes { get; private set; } = [];

    /// <summary>Restart intervals found, at least 1.</summary>
    public int Segments => ends.Count;

    /// <summary>Where in the file the marker stands that ended the scan; the file's length if there was none.</summary>
    public int EndOffset { get; private set; }

    /// <summary>Whether the file ended before any marker.</summary>
    public bool EndsWithFile { get; private set; }

    public (int Start, int End) Segment(int index) => (index == 0 ? 0 : ends[index - 1], ends[index]);

    /// <summary>Reads from <paramref name="offset"/> up to the next marker that is no restart marker.</summary>
    public void Read(ReadOnlySpan<byte> file, int offset)
    {
        ends.Clear();
        (start, EndsWithFile) = (offset, false);
        int most = file.Length - offset + Padding;
        if (Bytes.Length == 0) Bytes = most > MostKept ? GC.AllocateUninitializedArray<byte>(most) : ArrayPool<byte>.Shared.Rent(most);
        int length = 0;
        while (true)
        {
            int run = file[offset..].IndexOf((byte)0xFF);
            int count = run < 0 ? file.Length - offset : run;
            file.Slice(offset, count).CopyTo(Bytes.AsSpan(length));
            offset += count;
            length += count;
            // Any number of FF may precede a marker.
            while (offset + 1 < file.Length && file[offset + 1] == 0xFF) offset++;
            if (offset + 1 >= file.Length)
            {
                (EndsWithFile, offset) = (true, file.Length);
                break;
            }
            byte code = file[offset + 1];
            if (code == 0) Bytes[length++] = 0xFF;
            else if (code is >= JpegMarker.Rst0 and <= JpegMarker.Rst7) ends.Add(length);
            else break;
            offset += 2;
        }
        ends.Add(length);
        EndOffset = offset;
        Bytes.AsSpan(length, Padding).Clear();
    }

    /// <summary>Where in the file the first <paramref name="count"/> of <see cref="Bytes"/> end; slow, for messages.</summary>
    public int FileOffset(ReadOnlySpan<byte> file, long count)
    {
        int offset = start;
        for (long i = 0; i < count && offset < EndOffset; i++)
        {
            while (offset + 1 < EndOffset && file[offset] == 0xFF && file[offset + 1] != 0) offset += file[offset + 1] == 0xFF ? 1 : 2;
            offset += file[offset] == 0xFF ? 2 : 1;
        }
        return Math.Min(offset, EndOffset);
    }

    /// <summary>Finds the end of a scan that is not read.</summary>
    /// <returns>Where the next marker stands that is no restart marker; the file's length if there is none.</returns>
    public static int EndOf(ReadOnlySpan<byte> file, int offset)
    {
        while (true)
        {
            int found = file[offset..].IndexOf((byte)0xFF);
            if (found < 0 || offset + found + 1 >= file.Length) return file.Length;
            offset += found;
            byte code = file[offset + 1];
            if (code is not (0 or 0xFF or (>= JpegMarker.Rst0 and <= JpegMarker.Rst7))) return offset;
            offset += code == 0xFF ? 1 : 2;
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (Bytes.Length is > 0 and <= MostKept) ArrayPool<byte>.Shared.Return(Bytes);
        Bytes = [];
    }
}

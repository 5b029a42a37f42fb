using System.IO.Compression;

namespace EmotionMLNet.Files;

/// <summary>Unpacks entries of zips that come from anywhere: what an entry announces is checked before a byte of it is unpacked.</summary>
internal static class ZipContent
{
    /// <summary>
    /// Most bytes that a packed byte may stand for, beyond <see cref="Free"/>: weights hardly deflate at all, texts five- to tenfold, and
    /// bombs a thousandfold.
    /// </summary>
    private const int LargestRatio = 20;

    /// <summary>Bytes that any entry may unpack to, however small it is packed.</summary>
    private const long Free = 1 << 20;

    private const int Piece = 1 << 20;

    /// <summary>Most bytes that all entries of a zip may unpack to together.</summary>
    /// <param name="length">Length of the zip in bytes.</param>
    public static long Most(long length) => 16 * Free + LargestRatio * length;

    /// <summary>The whole entry.</summary>
    /// <param name="entry">An entry of a zip that is open for reading.</param>
    /// <param name="largest">Most bytes that such an entry has.</param>
    /// <param name="cancellationToken">Checked about once a megabyte.</param>
    /// <exception cref="InvalidDataException">It announces too much, holds less or more than it announces, or is damaged.</exception>
    public static byte[] Read(ZipArchiveEntry entry, long largest, CancellationToken cancellationToken = default)
    {
        Check(entry, largest);
        using Stream stream = entry.Open(); // refuses an entry that reaches beyond the file
        var content = new byte[entry.Length];
        for (int at = 0; at < content.Length;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int read = stream.Read(content, at, Math.Min(Piece, content.Length - at));
            if (read == 0) throw new InvalidDataException($"its entry {Name(entry)} ends early: the file is damaged");
            at += read;
        }
        if (stream.ReadByte() >= 0)
            throw new InvalidDataException($"its entry {Name(entry)} is longer than it announces: the file was altered");
        return content;
    }

    /// <summary>The first bytes of an entry, or fewer where it ends before.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static byte[] ReadStart(ZipArchiveEntry entry, int count)
    {
        using Stream stream = entry.Open();
        var content = new byte[count];
        return content[..stream.ReadAtLeast(content, count, throwOnEndOfStream: false)];
    }

    /// <summary>Refuses an entry that announces more than it may have.</summary>
    /// <exception cref="InvalidDataException">The announced length, or its ratio to the packed one, is out of bounds.</exception>
    public static void Check(ZipArchiveEntry entry, long largest)
    {
        if (entry.Length > largest)
            throw new InvalidDataException(
                $"its entry {Name(entry)} announces {entry.Length} bytes, and {largest} are the most that are read"
            );
        if (entry.Length > Free + LargestRatio * entry.CompressedLength)
            throw new InvalidDataException(
                $"its entry {Name(entry)} announces {entry.Length} bytes packed into {entry.CompressedLength}, far more than "
                    + "weights or texts can be packed: it is not unpacked"
            );
    }

    private static string Name(ZipArchiveEntry entry) => BrokenContent.Short(entry.FullName);
}

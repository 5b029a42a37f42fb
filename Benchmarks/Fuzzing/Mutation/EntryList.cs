using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace EmotionMLNet.Benchmarks.Fuzzing.Mutation;

/// <summary>
/// The entries of a zip as plain bytes, which mutators and the minimiser change like any other: a name, a line feed, four bytes of length,
/// the content. Every sequence of bytes is some list, so no change is lost in a zip that does not open.
/// </summary>
internal static class EntryList
{
    public static byte[] Of(IEnumerable<(string Name, byte[] Content)> entries)
    {
        using var stream = new MemoryStream();
        Span<byte> length = stackalloc byte[4];
        foreach ((string name, byte[] content) in entries)
        {
            stream.Write(Encoding.UTF8.GetBytes(name));
            stream.WriteByte((byte)'\n');
            BinaryPrimitives.WriteInt32LittleEndian(length, content.Length);
            stream.Write(length);
            stream.Write(content);
        }
        return stream.ToArray();
    }

    /// <summary>Leaves an entry out, doubles it, changes its name or, nearly always, its content.</summary>
    /// <param name="entries">Changed in place.</param>
    /// <param name="at">Which one.</param>
    /// <param name="random">Draws the change.</param>
    /// <param name="words">What names are changed with.</param>
    /// <param name="change">Makes another content of a name and its content.</param>
    public static void Change(
        List<(string Name, byte[] Content)> entries,
        int at,
        FuzzRandom random,
        IReadOnlyList<byte[]> words,
        Func<string, byte[], byte[]> change
    )
    {
        (string name, byte[] content) = entries[at];
        switch (random.Below(30))
        {
            case 0:
                entries.RemoveAt(at);
                break;
            case 1:
                entries.Insert(random.Below(entries.Count), entries[at]);
                break;
            case 2:
                string other = Encoding.UTF8.GetString(ByteMutator.Mutate(Encoding.UTF8.GetBytes(name), random, words, []));
                entries[at] = (other.Replace('\n', ' '), content);
                break;
            default:
                entries[at] = (name, change(name, content));
                break;
        }
    }

    public static List<(string Name, byte[] Content)> Entries(ReadOnlySpan<byte> list)
    {
        var entries = new List<(string, byte[])>();
        while (list.Length > 5 && list.IndexOf((byte)'\n') is >= 0 and int end && end + 5 <= list.Length)
        {
            string name = Encoding.UTF8.GetString(list[..end]);
            int length = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(list[(end + 1)..]), (uint)(list.Length - end - 5));
            entries.Add((name, list.Slice(end + 5, length).ToArray()));
            list = list[(end + 5 + length)..];
        }
        return entries;
    }

    /// <summary>The entries of a zip that opens.</summary>
    public static byte[] OfZip(Stream zip)
    {
        using var archive = new ZipArchive(zip, ZipArchiveMode.Read);
        return Of([.. archive.Entries.Select(e =>
        {
            using Stream stream = e.Open();
            var content = new byte[e.Length];
            stream.ReadExactly(content);
            return (e.FullName, content);
        })]);
    }

    /// <summary>A zip of stored entries: small, quick to make, and with right checksums.</summary>
    public static byte[] ToZip(IEnumerable<(string Name, byte[] Content)> entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach ((string name, byte[] content) in entries)
            {
                if (name.Length is 0 or > 1000) continue; // the writer refuses them
                ZipArchiveEntry entry = archive.CreateEntry(name, CompressionLevel.NoCompression);
                entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using Stream to = entry.Open();
                to.Write(content);
            }
        return stream.ToArray();
    }
}

using EmotionMLNet.Training.Options;
using System.Buffers.Binary;
using System.IO.Compression;
using EmotionMLNet.Imaging.Png;

namespace EmotionMLNet.Benchmarks.Fuzzing.Mutation;

/// <summary>Changes pictures in their parts: chunks of PNG and WebP, segments of JPEG, and PNG's rows behind its compression.</summary>
internal static class ImageMutators
{
    /// <summary>Words that mean something in one format or another.</summary>
    public static IReadOnlyList<byte[]> Words { get; } =
    [
        .. (
            "IHDR|IDAT|PLTE|tRNS|IEND|eXIf|acTL|fdAT|RIFF|WEBP|VP8 "
            + "|VP8L|VP8X|ALPH|ANIM|ANMF|EXIF|ICCP|GIF89a|NETSCAPE2.0|Exif\0\0|II*\0|MM\0*|JFIF\0|Adobe|P1|P4|P5|P6|P7|WIDTH "
            + "|HEIGHT |DEPTH |MAXVAL |TUPLTYPE |ENDHDR\n|#|BM"
        )
            .Split('|')
            .Select(System.Text.Encoding.Latin1.GetBytes),
        [0xFF, 0xD8],
        [0xFF, 0xD9],
        [0xFF, 0xDA],
        [0xFF, 0xC0],
        [0xFF, 0xC1],
        [0xFF, 0xC2],
        [0xFF, 0xC4],
        [0xFF, 0xDB],
        [0xFF, 0xDD],
        [0xFF, 0xDC],
        [0xFF, 0xE1],
        [0xFF, 0xEE],
        [0xFF, 0xD0],
        [0xFF, 0xFF],
        [0xFF, 0x00],
        [0x21, 0xF9, 0x04],
        [0x2C],
        [0x3B],
        [0x2F],
        [0x9D, 0x01, 0x2A],
        [0x12, 0x01, 0x03, 0x00],
    ];

    public static byte[] Png(ReadOnlySpan<byte> file, FuzzRandom random, ReadOnlySpan<byte> other)
    {
        if (random.OneIn(4)) return ByteMutator.Mutate(file, random, Words, other);
        List<byte[]> chunks = PngChunks(file);
        if (chunks.Count == 0) return ByteMutator.Mutate(file, random, Words, other);
        if (random.OneIn(3)) MutateRows(chunks, random);
        else Parts(chunks, random);
        using var stream = new MemoryStream();
        stream.Write(file[..Math.Min(8, file.Length)]);
        Span<byte> four = stackalloc byte[4];
        foreach (byte[] chunk in chunks)
        {
            BinaryPrimitives.WriteInt32BigEndian(four, chunk.Length - 4);
            stream.Write(four);
            stream.Write(chunk);
            stream.Write(four); // the checksum, which is put right later
        }
        return stream.ToArray();
    }

    /// <summary>All checksums of chunks made right.</summary>
    public static byte[] RepairPng(byte[] file)
    {
        byte[] repaired = [.. file];
        int at = 8;
        while (repaired.Length - at >= 12)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(repaired.AsSpan(at));
            if (length > repaired.Length - at - 12) break;
            int end = at + 8 + (int)length;
            BinaryPrimitives.WriteUInt32BigEndian(repaired.AsSpan(end), Crc32.Compute(repaired.AsSpan((at + 4)..end)));
            at = end + 4;
        }
        return repaired;
    }

    public static byte[] Jpeg(ReadOnlySpan<byte> file, FuzzRandom random, ReadOnlySpan<byte> other)
    {
        if (random.OneIn(3)) return ByteMutator.Mutate(file, random, Words, other);
        List<byte[]> segments = Segments(file);
        if (segments.Count < 2) return ByteMutator.Mutate(file, random, Words, other);
        Parts(segments, random);
        if (random.OneIn(6) && Segments(other) is { Count: > 1 } foreign) segments.Insert(random.Below(segments.Count), random.Of(foreign));
        // A part that begins with a marker has its length behind it.
        foreach (byte[] s in segments)
            if (s is [0xFF, >= 0xC0, _, _, ..] && s[1] is not (0xD8 or 0xD9 or (>= 0xD0 and <= 0xD7) or 0xDA))
                BinaryPrimitives.WriteUInt16BigEndian(s.AsSpan(2), (ushort)(s.Length - 2));
        return Joined(segments);
    }

    public static byte[] WebP(ReadOnlySpan<byte> file, FuzzRandom random, ReadOnlySpan<byte> other)
    {
        byte[] changed;
        if (random.OneIn(2) || file.Length < 20) changed = ByteMutator.Mutate(file, random, Words, other);
        else
        {
            List<byte[]> chunks = [];
            ReadOnlySpan<byte> rest = file[12..];
            while (rest.Length >= 8)
            {
                int length = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]), (uint)(rest.Length - 8));
                chunks.Add(rest[..(8 + length)].ToArray());
                rest = rest[Math.Min(rest.Length, 8 + length + (length & 1))..];
            }
            Parts(chunks, random);
            foreach (byte[] chunk in chunks)
                if (chunk.Length >= 8) BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(4), chunk.Length - 8);
            changed = [.. file[..12], .. chunks.SelectMany(c => c.Length % 2 == 0 ? c : [.. c, 0])];
        }
        if (changed.Length >= 8 && !random.OneIn(8)) BinaryPrimitives.WriteInt32LittleEndian(changed.AsSpan(4), changed.Length - 8);
        return changed;
    }

    private static void Parts(List<byte[]> parts, FuzzRandom random)
    {
        int changes = 1 + (random.OneIn(2) ? 0 : random.Below(3));
        for (int i = 0; i < changes && parts.Count > 0; i++)
        {
            int at = random.Below(parts.Count);
            switch (random.Below(8))
            {
                case 0:
                    parts.RemoveAt(at);
                    break;
                case 1:
                    for (int n = random.OneIn(10) ? random.Below(60) : 1; n > 0; n--) parts.Insert(at, [.. parts[at]]);
                    break;
                case 2:
                    int second = random.Below(parts.Count);
                    (parts[at], parts[second]) = (parts[second], parts[at]);
                    break;
                default:
                    int kept = random.OneIn(8) ? 0 : Math.Min(parts[at].Length, 4); // the name stays
                    parts[at] = [.. parts[at][..kept], .. ByteMutator.Mutate(parts[at].AsSpan(kept), random, Words, [])];
                    break;
            }
        }
    }

    private static byte[] Joined(List<byte[]> parts)
    {
        byte[] file = [.. parts.SelectMany(p => p)];
        return file.Length > ByteMutator.MostBytes ? file[..ByteMutator.MostBytes] : file;
    }

    // Type and data of each chunk.
    private static List<byte[]> PngChunks(ReadOnlySpan<byte> file)
    {
        List<byte[]> chunks = [];
        int at = 8;
        while (file.Length - at >= 12)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - 12) break;
            chunks.Add(file.Slice(at + 4, 4 + (int)length).ToArray());
            at += 12 + (int)length;
        }
        return chunks;
    }

    private static void MutateRows(List<byte[]> chunks, FuzzRandom random)
    {
        byte[] packed = [.. chunks.Where(IsData).SelectMany(c => c.AsSpan(4).ToArray())];
        int at = chunks.FindIndex(IsData);
        if (at < 0) return;
        byte[] rows;
        try
        {
            using var unpack = new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress);
            rows = new byte[ByteMutator.MostBytes];
            rows = rows[..unpack.ReadAtLeast(rows, rows.Length, throwOnEndOfStream: false)];
        }
        catch (InvalidDataException)
        {
            return;
        }
        using var stream = new MemoryStream();
        stream.Write("IDAT"u8);
        using (var pack = new ZLibStream(stream, CompressionLevel.Fastest, leaveOpen: true))
            pack.Write(ByteMutator.Mutate(rows, random, [], []));
        chunks.RemoveAll(IsData);
        chunks.Insert(Math.Min(at, chunks.Count), stream.ToArray());

        static bool IsData(byte[] chunk) => chunk.AsSpan().StartsWith("IDAT"u8);
    }

    // Markers with their payload; entropy-coded data are a part of their own.
    private static List<byte[]> Segments(ReadOnlySpan<byte> file)
    {
        List<byte[]> segments = [];
        int at = 0;
        while (at + 4 <= file.Length)
        {
            int end;
            if (file[at] == 0xFF && file[at + 1] is 0xD8 or 0xD9 or (>= 0xD0 and <= 0xD7)) end = at + 2;
            else if (file[at] == 0xFF && file[at + 1] >= 0xC0) end = at + 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            else
            {
                end = at + 1;
                while (end + 1 < file.Length && !(file[end] == 0xFF && file[end + 1] >= 0xC0)) end++;
            }
            end = Math.Min(end, file.Length);
            segments.Add(file[at..end].ToArray());
            at = end;
        }
        if (at < file.Length) segments.Add(file[at..].ToArray());
        return segments;
    }
}

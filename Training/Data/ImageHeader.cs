using System.Buffers.Binary;

namespace EmotionMLNet.Training.Data;

/// <summary>Format and stored size of a picture, read from its first bytes for the pre-flight table; it decides nothing.</summary>
internal sealed record ImageHeader(string Format, int Width, int Height)
{
    /// <summary>Null for content that is none of the readable formats or has a broken header.</summary>
    public static ImageHeader? Read(ReadOnlySpan<byte> d)
    {
        if (d.Length >= 24 && d.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']))
            return new("PNG", BinaryPrimitives.ReadInt32BigEndian(d[16..]), BinaryPrimitives.ReadInt32BigEndian(d[20..]));
        if (d.Length >= 10 && d.StartsWith("GIF8"u8))
            return new("GIF", BinaryPrimitives.ReadUInt16LittleEndian(d[6..]), BinaryPrimitives.ReadUInt16LittleEndian(d[8..]));
        if (d.Length >= 26 && d.StartsWith("BM"u8)) return Bmp(d);
        if (d.Length >= 30 && d.StartsWith("RIFF"u8) && d[8..].StartsWith("WEBP"u8)) return WebP(d);
        if (d.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8])) return Jpeg(d);
        return d.Length >= 3 && d[0] == 'P' && d[1] is >= (byte)'1' and <= (byte)'7' ? Pnm(d) : null;
    }

    private static ImageHeader Bmp(ReadOnlySpan<byte> d) =>
        BinaryPrimitives.ReadInt32LittleEndian(d[14..]) == 12
            ? new("BMP", BinaryPrimitives.ReadUInt16LittleEndian(d[18..]), BinaryPrimitives.ReadUInt16LittleEndian(d[20..]))
            : new(
                "BMP",
                BinaryPrimitives.ReadInt32LittleEndian(d[18..]),
                int.Abs(Math.Max(BinaryPrimitives.ReadInt32LittleEndian(d[22..]), -int.MaxValue))
            );

    /// <summary>
    /// VP8 keeps 14 bits of each side at byte 26, VP8L 14 bits of each less one from byte 21, VP8X 24 bits of each less one at 24 and 27.
    /// </summary>
    private static ImageHeader? WebP(ReadOnlySpan<byte> d)
    {
        if (d[12..].StartsWith("VP8 "u8))
            return new(
                "WebP",
                BinaryPrimitives.ReadUInt16LittleEndian(d[26..]) & 0x3FFF,
                BinaryPrimitives.ReadUInt16LittleEndian(d[28..]) & 0x3FFF
            );
        if (d[12..].StartsWith("VP8L"u8))
        {
            uint bits = BinaryPrimitives.ReadUInt32LittleEndian(d[21..]);
            return new("WebP", (int)(bits & 0x3FFF) + 1, (int)((bits >> 14) & 0x3FFF) + 1);
        }
        if (d[12..].StartsWith("VP8X"u8))
            return new("WebP", (d[24] | d[25] << 8 | d[26] << 16) + 1, (d[27] | d[28] << 8 | d[29] << 16) + 1);
        return null;
    }

    /// <summary>Walks the segments to the first frame header (SOF0 to SOF15 less DHT, JPG and DAC).</summary>
    private static ImageHeader? Jpeg(ReadOnlySpan<byte> d)
    {
        int at = 2;
        while (at + 9 < d.Length)
        {
            if (d[at] != 0xFF) return null;
            byte marker = d[at + 1];
            if (marker == 0xFF)
            {
                at++;
                continue;
            }
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return new(
                    "JPEG",
                    BinaryPrimitives.ReadUInt16BigEndian(d[(at + 7)..]),
                    BinaryPrimitives.ReadUInt16BigEndian(d[(at + 5)..])
                );
            at += marker is 0x01 or (>= 0xD0 and <= 0xD8) ? 2 : 2 + BinaryPrimitives.ReadUInt16BigEndian(d[(at + 2)..]);
        }
        return null;
    }

    /// <summary>Two decimal numbers after the magic (PAM spells them out after WIDTH and HEIGHT), between blanks and comments.</summary>
    private static ImageHeader? Pnm(ReadOnlySpan<byte> d)
    {
        string text = System.Text.Encoding.Latin1.GetString(d[..Math.Min(d.Length, 1024)]);
        IEnumerable<string> words = text.Split('\n')
            .Select(line => line.Split('#')[0])
            .SelectMany(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        int[] sides =
        [
            .. words.Skip(1).Where(w => w is not ("WIDTH" or "HEIGHT")).Take(2).Select(w => int.TryParse(w, out int side) ? side : 0),
        ];
        return sides.Length == 2 ? new("PNM", sides[0], sides[1]) : null;
    }
}

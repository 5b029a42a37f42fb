namespace EmotionMLNet.Imaging.Pnm;

/// <summary>Netpbm pictures: PBM, PGM and PPM as text or bytes (P1 to P6) and PAM (P7); samples v become round(v · 255 / maxval).</summary>
internal static class PnmDecoder
{
    internal const string Format = "PNM";

    public static bool Recognises(ReadOnlySpan<byte> data) =>
        data.Length >= 3 && data[0] == 'P' && data[1] is >= (byte)'1' and <= (byte)'7' && (IsSpace(data[2]) || data[2] == '#');

    /// <returns>The picture as it is wanted.</returns>
    /// <exception cref="ImageFormatException">The content is broken, truncated or larger than the limits.</exception>
    public static Raster Decode(ReadOnlySpan<byte> data, ImageReaderOptions options, ImageMemory memory)
    {
        var reader = new PnmTokens(data, Format, 2);
        char kind = (char)data[1];
        PnmHeader header = kind == '7' ? PnmHeader.ReadPam(ref reader) : PnmHeader.ReadClassic(ref reader, kind);
        PixelLimit.Check(Format, 2, header.Width, header.Height, options);
        if (header.Largest is < 1 or > 65535)
            throw new ImageFormatException(Format, reader.Position, $"a largest sample of {header.Largest} does not exist");
        if (header.Depth is < 1 or > 4)
            throw new ImageFormatException(Format, reader.Position, $"{header.Depth} samples a pixel are not supported");

        long samples = (long)header.Width * header.Height * header.Depth;
        bool text = kind is '1' or '2' or '3', bits = kind is '1' or '4';
        int wide = header.Largest > 255 ? 2 : 1;
        // A text sample takes a byte and, but for bits, a blank; the last one may lack it.
        long needed = text ? bits ? samples : 2 * samples - 1 : bits ? (header.Width + 7L) / 8 * header.Height : samples * wide;
        if (needed > data.Length - reader.Position)
            throw new ImageFormatException(
                Format,
                data.Length,
                $"the file ends here, {header.Width} x {header.Height} pixels want {needed} bytes from byte {reader.Position} on"
            );
        int channels = header.Depth == 2 ? 4 : header.Depth;
        var picture = new PictureBuilder(header.Width, header.Height, channels, orientation: 1, ordered: true, options, memory);
        picture.Begin(Format, 2, (long)header.Width * (header.Depth + channels));
        int position = reader.Position;
        byte[] values = new byte[header.Width * header.Depth], rgba = header.Depth == 2 ? new byte[4 * header.Width] : [];
        for (int y = 0; y < header.Height; y++)
        {
            if (text) ReadText(ref reader, values, header, bits);
            else if (bits) ReadBits(data[(position + y * ((header.Width + 7) / 8))..], values);
            else ReadBytes(data, position + y * values.Length * wide, values, header, wide);
            picture.Add(y, header.Depth == 2 ? GreyAlphaToRgba(values, rgba) : values);
        }
        return picture.Finish();
    }

    internal static bool IsSpace(byte b) => b is (byte)' ' or >= 9 and <= 13;

    private static void ReadText(ref PnmTokens reader, byte[] values, PnmHeader header, bool bits)
    {
        for (int i = 0; i < values.Length; i++)
        {
            int v = bits ? 1 - reader.ReadBit() : reader.ReadNumber();
            if (v > header.Largest)
                throw new ImageFormatException(Format, reader.Position, $"a sample of {v} above the largest of {header.Largest}");
            values[i] = To8Bits(v, header.Largest);
        }
    }

    /// <summary>A row of bits, highest first; 1 is black.</summary>
    private static void ReadBits(ReadOnlySpan<byte> row, byte[] values)
    {
        for (int x = 0; x < values.Length; x++) values[x] = (row[x >> 3] >> (7 - (x & 7)) & 1) == 0 ? (byte)255 : (byte)0;
    }

    private static void ReadBytes(ReadOnlySpan<byte> data, int offset, byte[] values, PnmHeader header, int wide)
    {
        ReadOnlySpan<byte> row = data.Slice(offset, values.Length * wide);
        if (header.Largest == 255)
        {
            row.CopyTo(values);
            return;
        }
        for (int i = 0; i < values.Length; i++)
        {
            int v = wide == 2 ? row[2 * i] << 8 | row[2 * i + 1] : row[i];
            if (v > header.Largest)
                throw new ImageFormatException(Format, offset + (long)i * wide, $"a sample of {v} above the largest of {header.Largest}");
            values[i] = To8Bits(v, header.Largest);
        }
    }

    private static byte To8Bits(int v, int largest) => (byte)((v * 255 + largest / 2) / largest);

    private static byte[] GreyAlphaToRgba(byte[] values, byte[] rgba)
    {
        for (int i = 0; i < values.Length; i += 2)
        {
            rgba.AsSpan(2 * i, 3).Fill(values[i]);
            rgba[2 * i + 3] = values[i + 1];
        }
        return rgba;
    }
}

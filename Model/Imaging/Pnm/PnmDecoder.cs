namespace EmotionMLNet.Imaging.Pnm;

/// <summary>Netpbm pictures: PBM, PGM and PPM as text or bytes (P1 to P6) and PAM (P7); samples v become round(v · 255 / maxval).</summary>
internal static class PnmDecoder
{
    private const string Format = "PNM";

    public static bool Recognises(ReadOnlySpan<byte> data) =>
        data.Length >= 3 && data[0] == 'P' && data[1] is >= (byte)'1' and <= (byte)'7' && (IsSpace(data[2]) || data[2] == '#');

    public static Image Decode(ReadOnlySpan<byte> data, ImageReaderOptions options)
    {
        var reader = new PnmTokens(data, Format, 2);
        char kind = (char)data[1];
        PnmHeader header = kind == '7' ? PnmHeader.ReadPam(ref reader) : PnmHeader.ReadClassic(ref reader, kind);
        PixelLimit.Check(Format, 2, header.Width, header.Height, options);
        if (header.Largest is < 1 or > 65535) throw new ImageFormatException(Format, reader.Position, $"a largest sample of {header.Largest} does not exist");
        if (header.Depth is < 1 or > 4) throw new ImageFormatException(Format, reader.Position, $"{header.Depth} samples a pixel are not supported");

        long samples = (long)header.Width * header.Height * header.Depth;
        bool text = kind is '1' or '2' or '3', bits = kind is '1' or '4';
        int wide = header.Largest > 255 ? 2 : 1;
        // A text sample takes a byte and, but for bits, a blank; the last one may lack it.
        long needed = text ? bits ? samples : 2 * samples - 1 : bits ? (header.Width + 7L) / 8 * header.Height : samples * wide;
        if (needed > data.Length - reader.Position)
            throw new ImageFormatException(Format, data.Length, $"the file ends here, {header.Width} x {header.Height} pixels want {needed} bytes from byte {reader.Position} on");
        byte[] values = GC.AllocateUninitializedArray<byte>(checked((int)samples));
        if (text) ReadText(ref reader, values, header, bits);
        else if (bits) ReadBits(data[reader.Position..], values, header);
        else ReadBytes(data[reader.Position..], reader.Position, values, header, wide);
        return WithStandardChannels(values, header);
    }

    internal static bool IsSpace(byte b) => b is (byte)' ' or >= 9 and <= 13;

    private static void ReadText(ref PnmTokens reader, byte[] values, PnmHeader header, bool bits)
    {
        for (int i = 0; i < values.Length; i++)
        {
            int v = bits ? 1 - reader.ReadBit() : reader.ReadNumber();
            if (v > header.Largest) throw new ImageFormatException(Format, reader.Position, $"a sample of {v} above the largest of {header.Largest}");
            values[i] = To8Bits(v, header.Largest);
        }
    }

    /// <summary>Rows of bits, highest first, padded to bytes; 1 is black.</summary>
    private static void ReadBits(ReadOnlySpan<byte> data, byte[] values, PnmHeader header)
    {
        int stride = (header.Width + 7) / 8;
        for (int y = 0; y < header.Height; y++)
        {
            for (int x = 0; x < header.Width; x++)
                values[y * header.Width + x] = (data[y * stride + (x >> 3)] >> (7 - (x & 7)) & 1) == 0 ? (byte)255 : (byte)0;
        }
    }

    private static void ReadBytes(ReadOnlySpan<byte> data, int offset, byte[] values, PnmHeader header, int wide)
    {
        if (header.Largest == 255)
        {
            data[..values.Length].CopyTo(values);
            return;
        }
        for (int i = 0; i < values.Length; i++)
        {
            int v = wide == 2 ? data[2 * i] << 8 | data[2 * i + 1] : data[i];
            if (v > header.Largest) throw new ImageFormatException(Format, offset + (long)i * wide, $"a sample of {v} above the largest of {header.Largest}");
            values[i] = To8Bits(v, header.Largest);
        }
    }

    private static byte To8Bits(int v, int largest) => (byte)((v * 255 + largest / 2) / largest);

    /// <summary>Grey with alpha becomes RGBA.</summary>
    private static Image WithStandardChannels(byte[] values, PnmHeader header)
    {
        if (header.Depth != 2) return new Image(header.Width, header.Height, header.Depth, values);
        byte[] rgba = GC.AllocateUninitializedArray<byte>(checked(2 * values.Length));
        for (int i = 0; i < values.Length; i += 2)
        {
            rgba.AsSpan(2 * i, 3).Fill(values[i]);
            rgba[2 * i + 3] = values[i + 1];
        }
        return new Image(header.Width, header.Height, 4, rgba);
    }
}

using System.Buffers.Binary;

namespace EmotionMLNet.Imaging.Bmp;

/// <summary>Windows and OS/2 bitmaps of 1 to 32 bits, run-length coded or with bit fields, bottom-up or top-down.</summary>
/// <remarks>
/// The fourth byte of 32-bit pixels without bit fields means nothing and is passed over. With an alpha mask it is alpha, unless it
/// is 0 in all pixels: many programs write the mask and forget the values.
/// </remarks>
internal static class BmpDecoder
{
    internal const string Format = "BMP";

    // Above this size a run-length coded file must at least hold enough bytes to fill the picture with the longest runs.
    private const int LargestSparsePicture = 1 << 24;

    public static bool Recognises(ReadOnlySpan<byte> data) => data.StartsWith("BM"u8);

    public static Image Decode(ReadOnlySpan<byte> data, ImageReaderOptions options)
    {
        BmpHeader header = BmpHeader.Read(data, options);
        byte[] palette = ReadPalette(data, header);
        if (header.Compression == BmpCompression.RunLength) return DecodeRuns(data, header, palette);

        long rowBytes = ((long)header.Width * header.BitsPerPixel + 7) / 8;
        long needed = (long)header.Stride * (header.Height - 1) + rowBytes; // the padding of the last row may be missing
        if (needed > data.Length - header.PixelOffset)
            throw new ImageFormatException(Format, data.Length, $"the file ends here, {header.Width} x {header.Height} pixels want {needed} bytes from byte {header.PixelOffset} on");
        int channels = header.Compression == BmpCompression.BitFields && header.Masks.Alpha != 0 ? 4 : 3;
        byte[] pixels = GC.AllocateUninitializedArray<byte>(header.Width * header.Height * channels);
        var fields = new Fields(header);
        for (int y = 0; y < header.Height; y++)
        {
            ReadOnlySpan<byte> row = data.Slice(header.PixelOffset + y * header.Stride, (int)rowBytes);
            Span<byte> target = pixels.AsSpan((header.TopDown ? y : header.Height - 1 - y) * header.Width * channels, header.Width * channels);
            switch (header.BitsPerPixel)
            {
                case <= 8: ConvertIndices(row, header.BitsPerPixel, palette, target); break;
                case 24: SwapRedAndBlue(row, 3, target); break;
                case 32 when channels == 3 && header.Masks == (0xFF0000, 0xFF00, 0xFF, 0): SwapRedAndBlue(row, 4, target); break;
                default: fields.Convert(row, header.BitsPerPixel / 8, target, channels); break;
            }
        }
        if (channels == 4) MakeOpaqueIfNothingIs(pixels);
        return new Image(header.Width, header.Height, channels, pixels);
    }

    private static Image DecodeRuns(ReadOnlySpan<byte> data, BmpHeader header, byte[] palette)
    {
        long area = (long)header.Width * header.Height, bytes = data.Length - header.PixelOffset;
        if (area > LargestSparsePicture && area > bytes * 128)
            throw new ImageFormatException(Format, header.PixelOffset, $"{bytes} bytes of runs cannot fill {header.Width} x {header.Height} pixels");
        byte[] rgba = new byte[checked((int)area * 4)];
        new BmpRunLength(header, palette, data, rgba).Decode();
        return new Image(header.Width, header.Height, 4, rgba);
    }

    /// <summary>256 RGB triples: what the file does not define is black.</summary>
    private static byte[] ReadPalette(ReadOnlySpan<byte> data, BmpHeader header)
    {
        byte[] palette = new byte[256 * 3];
        for (int i = 0; i < header.PaletteCount; i++)
        {
            ReadOnlySpan<byte> bgr = data.Slice(header.PaletteOffset + i * header.PaletteEntry, 3);
            (palette[3 * i], palette[3 * i + 1], palette[3 * i + 2]) = (bgr[2], bgr[1], bgr[0]);
        }
        return palette;
    }

    private static void ConvertIndices(ReadOnlySpan<byte> row, int bits, byte[] palette, Span<byte> rgb)
    {
        int mask = (1 << bits) - 1;
        for (int x = 0; 3 * x < rgb.Length; x++)
        {
            int bit = x * bits, index = row[bit >> 3] >> (8 - bits - (bit & 7)) & mask;
            palette.AsSpan(3 * index, 3).CopyTo(rgb[(3 * x)..]);
        }
    }

    private static void SwapRedAndBlue(ReadOnlySpan<byte> row, int step, Span<byte> rgb)
    {
        for (int s = 0, d = 0; d + 3 <= rgb.Length && s + 3 <= row.Length; s += step, d += 3)
            (rgb[d], rgb[d + 1], rgb[d + 2]) = (row[s + 2], row[s + 1], row[s]);
    }

    private static void MakeOpaqueIfNothingIs(byte[] rgba)
    {
        for (int i = 3; i < rgba.Length; i += 4)
        {
            if (rgba[i] != 0) return;
        }
        for (int i = 3; i < rgba.Length; i += 4) rgba[i] = 255;
    }

    private readonly struct Fields(BmpHeader header)
    {
        private readonly BitField red = new(header.Masks.Red), green = new(header.Masks.Green), blue = new(header.Masks.Blue), alpha = new(header.Masks.Alpha);

        public void Convert(ReadOnlySpan<byte> row, int step, Span<byte> target, int channels)
        {
            for (int s = 0, d = 0; d < target.Length; s += step, d += channels)
            {
                uint pixel = step == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(row[s..]) : BinaryPrimitives.ReadUInt32LittleEndian(row[s..]);
                (target[d], target[d + 1], target[d + 2]) = (red.Of(pixel), green.Of(pixel), blue.Of(pixel));
                if (channels == 4) target[d + 3] = alpha.Of(pixel);
            }
        }
    }
}

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

    // Where the size stands in the file.
    private const int HeaderSize = 18;

    // Above this size a run-length coded file must at least hold enough bytes to fill the picture with the longest runs.
    private const int LargestSparsePicture = 1 << 24;

    public static bool Recognises(ReadOnlySpan<byte> data) => data.StartsWith("BM"u8);

    /// <returns>The picture as it is wanted.</returns>
    /// <exception cref="ImageFormatException">The content is broken, truncated or larger than the limits.</exception>
    public static Raster Decode(ReadOnlySpan<byte> data, ImageReaderOptions options, ImageMemory memory)
    {
        BmpHeader header = BmpHeader.Read(data, options);
        byte[] palette = ReadPalette(data, header);
        if (header.Compression == BmpCompression.RunLength) return DecodeRuns(data, header, palette, options, memory);

        long rowBytes = ((long)header.Width * header.BitsPerPixel + 7) / 8;
        long needed = (long)header.Stride * (header.Height - 1) + rowBytes; // the padding of the last row may be missing
        if (needed > data.Length - header.PixelOffset)
            throw new ImageFormatException(
                Format,
                data.Length,
                $"the file ends here, {header.Width} x {header.Height} pixels want {needed} bytes from byte {header.PixelOffset} on"
            );
        var fields = new Fields(header);
        bool hasAlpha = header.Compression == BmpCompression.BitFields && header.Masks.Alpha != 0;
        for (int y = 0, any = 0; hasAlpha && any == 0; y++)
        {
            if (y == header.Height) hasAlpha = false;
            else any = fields.HasAlpha(Row(data, header, y, (int)rowBytes), header.BitsPerPixel / 8) ? 1 : 0;
        }
        int channels = hasAlpha ? 4 : 3;
        var picture = new PictureBuilder(header.Width, header.Height, channels, orientation: 1, ordered: true, options, memory);
        picture.Begin(Format, HeaderSize, (long)header.Width * channels);
        byte[] line = new byte[header.Width * channels];
        for (int y = 0; y < header.Height; y++)
        {
            ReadOnlySpan<byte> row = Row(data, header, y, (int)rowBytes);
            switch (header.BitsPerPixel)
            {
                case <= 8: ConvertIndices(row, header.BitsPerPixel, palette, line); break;
                case 24: SwapRedAndBlue(row, 3, line); break;
                case 32 when channels == 3 && header.Masks is (0xFF0000, 0xFF00, 0xFF, _): SwapRedAndBlue(row, 4, line); break;
                default: fields.Convert(row, header.BitsPerPixel / 8, line, channels); break;
            }
            picture.Add(header.TopDown ? y : header.Height - 1 - y, line);
        }
        return picture.Finish();
    }

    private static ReadOnlySpan<byte> Row(ReadOnlySpan<byte> data, BmpHeader header, int y, int rowBytes) =>
        data.Slice(header.PixelOffset + y * header.Stride, rowBytes);

    private static Raster DecodeRuns(
        ReadOnlySpan<byte> data,
        BmpHeader header,
        byte[] palette,
        ImageReaderOptions options,
        ImageMemory memory
    )
    {
        long area = (long)header.Width * header.Height, bytes = data.Length - header.PixelOffset;
        if (area > LargestSparsePicture && area > bytes * 128)
            throw new ImageFormatException(
                Format,
                header.PixelOffset,
                $"{bytes} bytes of runs cannot fill {header.Width} x {header.Height} pixels"
            );
        var picture = new PictureBuilder(header.Width, header.Height, channels: 4, orientation: 1, ordered: true, options, memory);
        picture.Begin(Format, HeaderSize, 4L * header.Width);
        new BmpRunLength(header, palette, data, picture).Decode();
        return picture.Finish();
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

    private readonly struct Fields(BmpHeader header)
    {
        private readonly BitField red = new(header.Masks.Red),
            green = new(header.Masks.Green),
            blue = new(header.Masks.Blue),
            alpha = new(header.Masks.Alpha);

        public bool HasAlpha(ReadOnlySpan<byte> row, int step)
        {
            for (int s = 0; s + step <= row.Length; s += step)
            {
                if (
                    alpha.Extract(
                        step == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(row[s..]) : BinaryPrimitives.ReadUInt32LittleEndian(row[s..])
                    ) != 0
                )
                    return true;
            }
            return false;
        }

        public void Convert(ReadOnlySpan<byte> row, int step, Span<byte> target, int channels)
        {
            for (int s = 0, d = 0; d < target.Length; s += step, d += channels)
            {
                uint pixel =
                    step == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(row[s..]) : BinaryPrimitives.ReadUInt32LittleEndian(row[s..]);
                (target[d], target[d + 1], target[d + 2]) = (red.Extract(pixel), green.Extract(pixel), blue.Extract(pixel));
                if (channels == 4) target[d + 3] = alpha.Extract(pixel);
            }
        }
    }
}

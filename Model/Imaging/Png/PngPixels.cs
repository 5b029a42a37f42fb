using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace EmotionMLNet.Imaging.Png;

/// <summary>Turns unfiltered rows of any colour type and depth into grey, RGB or RGBA of 8 bits.</summary>
/// <remarks>
/// Fewer bits are stretched to 0 ... 255; 16 bits become round(v · 255 / 65535). gAMA and colour profiles are not applied.
/// </remarks>
internal sealed class PngPixels
{
    private readonly PngHeader header;
    private readonly byte[] palette = [];
    private readonly int paletteEntry;
    private readonly ushort[] transparent = [];

    public PngPixels(PngFile file)
    {
        header = file.Header;
        switch (header.Colour)
        {
            case PngColour.Palette:
                paletteEntry = file.Transparency.IsEmpty ? 3 : 4;
                palette = CreatePalette(file.Palette, file.Transparency, paletteEntry);
                Channels = paletteEntry;
                break;
            case PngColour.Grey or PngColour.Rgb when !file.Transparency.IsEmpty:
                transparent = new ushort[header.Samples];
                for (int i = 0; i < transparent.Length; i++)
                    transparent[i] = (ushort)(
                        BinaryPrimitives.ReadUInt16BigEndian(file.Transparency[(2 * i)..]) & ((1 << header.BitDepth) - 1)
                    );
                Channels = 4;
                break;
            default:
                Channels = header.Colour switch { PngColour.Grey => 1, PngColour.Rgb => 3, _ => 4 };
                break;
        }
    }

    /// <summary>Samples a pixel of the result: 1, 3 or 4.</summary>
    public int Channels { get; }

    /// <summary>Converts a row.</summary>
    /// <param name="row">Unfiltered bytes of the row.</param>
    /// <param name="pixels">Room for the row, <see cref="Channels"/> samples a pixel.</param>
    /// <returns>The pixels, there or where they were.</returns>
    public ReadOnlySpan<byte> Convert(ReadOnlySpan<byte> row, Span<byte> pixels)
    {
        if (header.Samples == Channels && header.Colour != PngColour.Palette)
        {
            if (header.BitDepth == 8) return row[..pixels.Length];
            if (header.BitDepth == 16)
            {
                Halve(row, pixels);
                return pixels;
            }
        }
        int width = pixels.Length / Channels;
        switch (header.Colour)
        {
            case PngColour.Palette:
                for (int x = 0; x < width; x++)
                    palette.AsSpan(Sample(row, x) * paletteEntry, paletteEntry).CopyTo(pixels[(x * paletteEntry)..]);
                break;
            case PngColour.Grey:
                ConvertGrey(row, pixels, width);
                break;
            case PngColour.GreyAlpha:
                for (int x = 0; x < width; x++)
                {
                    pixels.Slice(4 * x, 3).Fill(To8Bits(Sample(row, 2 * x)));
                    pixels[4 * x + 3] = To8Bits(Sample(row, 2 * x + 1));
                }
                break;
            case PngColour.Rgba:
                for (int i = 0; i < 4 * width; i++) pixels[i] = To8Bits(Sample(row, i));
                break;
            default:
                ConvertRgb(row, pixels, width);
                break;
        }
        return pixels;
    }

    /// <summary>16 bits to 8: round(v · 255 / 65535), which is (255 v + 32895) >> 16 for all v.</summary>
    private static void Halve(ReadOnlySpan<byte> row, Span<byte> pixels)
    {
        int i = 0;
        for (; i + Vector128<byte>.Count <= pixels.Length && 2 * i + 32 <= row.Length; i += Vector128<byte>.Count)
            Vector128.Narrow(Halved(row[(2 * i)..]), Halved(row[(2 * i + 16)..])).CopyTo(pixels[i..]);
        for (; i < pixels.Length; i++) pixels[i] = (byte)(((row[2 * i] << 8 | row[2 * i + 1]) * 255 + 32895) >> 16);
    }

    private static Vector128<ushort> Halved(ReadOnlySpan<byte> samples)
    {
        Vector128<ushort> stored = Vector128.Create(samples).AsUInt16();
        (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen((stored << 8) | (stored >>> 8));
        Vector128<uint> half = Vector128.Create(32895u);
        return Vector128.Narrow((low * 255 + half) >>> 16, (high * 255 + half) >>> 16);
    }

    private void ConvertGrey(ReadOnlySpan<byte> row, Span<byte> pixels, int width)
    {
        if (Channels == 1)
        {
            for (int x = 0; x < width; x++) pixels[x] = To8Bits(Sample(row, x));
            return;
        }
        for (int x = 0; x < width; x++)
        {
            int v = Sample(row, x);
            pixels.Slice(4 * x, 3).Fill(To8Bits(v));
            pixels[4 * x + 3] = v == transparent[0] ? (byte)0 : (byte)255;
        }
    }

    private void ConvertRgb(ReadOnlySpan<byte> row, Span<byte> pixels, int width)
    {
        for (int x = 0; x < width; x++)
        {
            int r = Sample(row, 3 * x), g = Sample(row, 3 * x + 1), b = Sample(row, 3 * x + 2);
            Span<byte> pixel = pixels.Slice(x * Channels, Channels);
            (pixel[0], pixel[1], pixel[2]) = (To8Bits(r), To8Bits(g), To8Bits(b));
            if (Channels == 4) pixel[3] = r == transparent[0] && g == transparent[1] && b == transparent[2] ? (byte)0 : (byte)255;
        }
    }

    /// <summary>Sample i of a row as it stands in the file.</summary>
    private int Sample(ReadOnlySpan<byte> row, int i)
    {
        switch (header.BitDepth)
        {
            case 8: return row[i];
            case 16: return row[2 * i] << 8 | row[2 * i + 1];
            default:
                int bit = i * header.BitDepth;
                return row[bit >> 3] >> (8 - header.BitDepth - (bit & 7)) & ((1 << header.BitDepth) - 1);
        }
    }

    private byte To8Bits(int sample) => header.BitDepth switch
    {
        8 => (byte)sample,
        16 => (byte)((sample * 255 + 32767) / 65535),
        _ => (byte)(sample * (255 / ((1 << header.BitDepth) - 1))),
    };

    /// <summary>256 entries, so that an index beyond the palette is black rather than an error, as in every browser.</summary>
    private static byte[] CreatePalette(ReadOnlySpan<byte> colours, ReadOnlySpan<byte> alpha, int entry)
    {
        byte[] palette = new byte[256 * entry];
        for (int i = 0; i < 256; i++)
        {
            if (3 * i < colours.Length) colours.Slice(3 * i, 3).CopyTo(palette.AsSpan(i * entry));
            if (entry == 4) palette[i * entry + 3] = i < alpha.Length ? alpha[i] : (byte)255;
        }
        return palette;
    }
}

using System.Buffers;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>
/// JPEG (ITU-T T.81): baseline, extended sequential and progressive at 8 bits; grey, YCbCr at any subsampling, RGB, CMYK and YCCK; restart
/// intervals; EXIF orientation; decoding at 1/2, 1/4 or 1/8 straight from the DCT. Pixels equal those of the common reference decoder.
/// </summary>
internal static class JpegDecoder
{
    /// <summary>Scans beyond this are an attack: a progressive picture has some ten.</summary>
    private const int MostScans = 200;

    /// <summary>Whether the content begins as a JPEG.</summary>
    public static bool Recognises(ReadOnlySpan<byte> encoded) => encoded.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);

    /// <summary>Decodes to an upright image of 1 (grey) or 3 (RGB) channels.</summary>
    /// <exception cref="ImageFormatException">The content is broken, unsupported or larger than the limit.</exception>
    public static Image Decode(ReadOnlySpan<byte> encoded, ImageReaderOptions options)
    {
        var file = new JpegFile(options);
        int position = 2;
        for (int scans = 0; file.ReadSegments(encoded, ref position, out Scan scan); scans++)
        {
            if (scans == MostScans) throw new ImageFormatException("JPEG", position, $"more than {MostScans} scans");
            var decoder = new ScanDecoder(encoded, position, file.Frame!, scan.Components, scan.First, scan.Last, scan.High, scan.Low);
            position = decoder.Decode(file.RestartInterval);
        }
        Frame frame = file.Frame ?? throw new ImageFormatException("JPEG", position, "there is no picture in the file");
        if (frame.Components.Any(c => c.Quantisation is null)) throw new ImageFormatException("JPEG", position, "a colour component has no data");
        if (frame.Progressive) Transform(frame);
        return Exif.Apply(Assemble(frame, file.Colours()), file.Orientation);
    }

    private static void Transform(Frame frame)
    {
        foreach (Component c in frame.Components)
        {
            for (int y = 0; y < c.Rows; y++)
            {
                for (int x = 0; x < c.Stride; x++)
                    InverseDct.Transform(c.Coefficients.AsSpan((y * c.Stride + x) * 64, 64), c.Quantisation, c.Size, c.Samples.AsSpan(y * c.Size * c.SampleStride + x * c.Size), c.SampleStride);
            }
        }
    }

    private static Image Assemble(Frame frame, ColourModel colours)
    {
        int width = frame.OutWidth, height = frame.OutHeight, channels = colours == ColourModel.Grey ? 1 : 3, count = frame.Components.Length;
        byte[] pixels = GC.AllocateUninitializedArray<byte>(checked(width * height * channels));
        byte[] rows = ArrayPool<byte>.Shared.Rent(count * width);
        bool smooth = frame.Size > 1; // the reference decoder repeats at 1/8
        for (int y = 0; y < height; y++)
        {
            for (int i = 0; i < count; i++)
            {
                Component c = frame.Components[i];
                Upsampling.Row(c, Ratio(frame.MaxH * frame.Size, c.H * c.Size), Ratio(frame.MaxV * frame.Size, c.V * c.Size), smooth, y, rows.AsSpan(i * width, width));
            }
            Span<byte> output = pixels.AsSpan(y * width * channels, width * channels);
            ReadOnlySpan<byte> a = rows.AsSpan(0, width), b = count > 1 ? rows.AsSpan(width, width) : default, d = count > 2 ? rows.AsSpan(2 * width, width) : default;
            switch (colours)
            {
                case ColourModel.Grey: a.CopyTo(output); break;
                case ColourModel.YCbCr: ColourConversion.YCbCr(a, b, d, output); break;
                case ColourModel.Rgb:
                    for (int x = 0; x < width; x++) (output[3 * x], output[3 * x + 1], output[3 * x + 2]) = (a[x], b[x], d[x]);
                    break;
                default: ColourConversion.Inks(a, b, d, rows.AsSpan(3 * width, width), colours == ColourModel.Ycck, output); break;
            }
        }
        ArrayPool<byte>.Shared.Return(rows);
        return new Image(width, height, channels, pixels);
    }

    // Output samples a component sample, as a fraction in lowest terms.
    private static (int Times, int Over) Ratio(int whole, int part)
    {
        int a = whole, b = part;
        while (b != 0) (a, b) = (b, a % b);
        return (whole / a, part / a);
    }
}

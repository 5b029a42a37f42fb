namespace EmotionMLNet.Imaging;

/// <summary>
/// Luma of a picture that is in memory, at 1/2, 1/4 or 1/8 by the mean of boxes of pixels where that is enough: however large the picture
/// is, little memory is taken for it.
/// </summary>
internal static class GreyPicture
{
    // As in PictureBuilder: boxes are a coarser filter than the resize that follows.
    private const int Margin = 4, MostReduction = 8;

    /// <summary>Turns a picture to luma.</summary>
    /// <param name="picture">Of 1, 3 or 4 channels; grey is returned as it is.</param>
    /// <param name="background">Colour behind transparent pixels.</param>
    /// <param name="wantedLongSide">Pixels of the longer side that the caller can use; above four times as many, it is reduced.</param>
    /// <param name="memory">Where the result stands, until the next picture.</param>
    /// <param name="reduction">Pixels of the picture that one of the result stands for, each way.</param>
    public static Raster Make(
        Raster picture, (byte Red, byte Green, byte Blue) background, int wantedLongSide, ImageMemory memory, out int reduction)
    {
        reduction = 1;
        if (picture.Channels == 1) return picture;
        int factor = MostReduction;
        while (factor > 1 && Math.Max(picture.Width, picture.Height) / factor < Margin * wantedLongSide) factor /= 2;
        if (factor == 1 && picture.Channels == 3)
        {
            Luma.FromRgb(picture.Samples, memory.Grey.Take(picture.Width * picture.Height));
            return new Raster(picture.Width, picture.Height, 1, memory.Grey);
        }
        reduction = factor;
        return Reduce(picture, background, factor, memory);
    }

    private static Raster Reduce(Raster picture, (byte Red, byte Green, byte Blue) background, int factor, ImageMemory memory)
    {
        (int width, int height, int channels) = (picture.Width, picture.Height, picture.Channels);
        (int newWidth, int newHeight) = ((width + factor - 1) / factor, (height + factor - 1) / factor);
        Span<byte> result = memory.Grey.Take(newWidth * newHeight);
        Span<ushort> sums = memory.Sums.TakeZeros<ushort>(width);
        Span<byte> rows = memory.Rows.Take(4 * width), grey = rows[..width], rgb = rows[width..];
        ReadOnlySpan<byte> samples = picture.Samples;
        for (int y = 0; y < height; y++)
        {
            memory.Watch.Check();
            ReadOnlySpan<byte> row = samples.Slice(y * width * channels, width * channels);
            if (channels == 4)
            {
                AlphaBlend.Over(row, background, rgb);
                row = rgb;
            }
            Span<byte> target = result.Slice(y / factor * newWidth, newWidth);
            if (factor == 1)
            {
                Luma.FromRgb(row, target);
                continue;
            }
            Luma.FromRgb(row, grey);
            PictureBuilder.AddTo(sums, grey);
            if ((y + 1) % factor != 0 && y + 1 < height) continue;
            Divide(sums, factor, y % factor + 1, target);
            sums.Clear();
        }
        return new Raster(newWidth, newHeight, 1, memory.Grey);
    }

    private static void Divide(ReadOnlySpan<ushort> sums, int factor, int rows, Span<byte> target)
    {
        for (int x = 0; x < target.Length; x++)
        {
            ReadOnlySpan<ushort> box = sums.Slice(x * factor, Math.Min(factor, sums.Length - x * factor));
            int pixels = box.Length * rows, sum = pixels / 2;
            foreach (ushort s in box) sum += s;
            target[x] = (byte)(sum / pixels);
        }
    }
}

using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Kernels;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Augmentation;
using EmotionMLNet.Training.Data;

namespace EmotionMLNet.Training.Reports;

/// <summary>A picture that shows what training sees: a row an image, as stored on the left, then drawn anew in each column.</summary>
internal static class AugmentationSheet
{
    public const string FileName = "augmentation.png";

    private const int Rows = 8, Columns = 10, Gap = 2;

    // Small network inputs are enlarged to about this side, without smoothing, so that every pixel can be judged.
    private const int Side = 96;

    /// <summary>Writes the sheet as PNG. The draws come from a <see cref="BatchLoader"/>, mixup included.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="set">Images are taken evenly over it, so that every class has a chance.</param>
    /// <param name="augmenter">The augmenter of the training.</param>
    /// <param name="seed">The seed of the run.</param>
    public static void Write(string path, ImageSet set, Augmenter augmenter, ulong seed)
    {
        byte[] png = PngEncoder.Encode(Draw(set, augmenter, seed));
        AtomicFile.Write(path, stream => stream.Write(png));
    }

    internal static Image Draw(ImageSet set, Augmenter augmenter, ulong seed)
    {
        ImagePreprocessing p = augmenter.Preprocessing;
        int rows = Math.Min(Rows, set.Count), zoom = Math.Max(1, Side / Math.Max(p.Width, p.Height));
        int[] chosen = [.. Enumerable.Range(0, rows).Select(r => (int)((r + 0.5) * set.Count / rows))];
        ImageSet sample = set.Subset(chosen);
        int cellWidth = p.Width * zoom + Gap, cellHeight = p.Height * zoom + Gap, width = Columns * cellWidth + Gap;
        byte[] sheet = new byte[width * (rows * cellHeight + Gap) * p.Channels];
        void Paste(ReadOnlySpan<byte> pixels, int row, int column) =>
            Enlarge(
                pixels,
                p,
                zoom,
                sheet.AsSpan(((row * cellHeight + Gap) * width + column * cellWidth + Gap) * p.Channels),
                width * p.Channels
            );

        using var team = new ThreadTeam(1);
        var loader = BatchLoader.ForTraining(sample, augmenter, rows, seed, team);
        var input = new Tensor(rows, new Shape(p.Height, p.Width, p.Channels));
        var targets = new Tensor(rows, Shape.Vector(set.TargetLength));
        byte[] shown = new byte[p.Length];
        for (int row = 0; row < rows; row++) Paste(Centre(sample.Pixels[row], augmenter.Stored, p), row, 0);
        for (int column = 1; column < Columns; column++)
        {
            ReadOnlySpan<int> images = loader.Load(column - 1, 0, input, targets);
            for (int n = 0; n < rows; n++)
            {
                ToBytes(input.Image(n), p, shown);
                Paste(shown, images[n], column);
            }
        }
        return new Image(width, rows * cellHeight + Gap, p.Channels, sheet);
    }

    /// <summary>Cuts out what windows of that size show in the middle of a stored picture.</summary>
    private static byte[] Centre(byte[] pixels, ImagePreprocessing stored, ImagePreprocessing window)
    {
        var centre = new byte[window.Length];
        int left = (stored.Width - window.Width) / 2, top = (stored.Height - window.Height) / 2;
        Resize.Bilinear(
            pixels,
            stored.Width,
            stored.Height,
            stored.Channels,
            new Box(left, top, left + window.Width, top + window.Height),
            centre,
            window.Width,
            window.Height
        );
        return centre;
    }

    /// <summary>The inverse of normalisation.</summary>
    private static void ToBytes(ReadOnlySpan<float> tensor, ImagePreprocessing p, Span<byte> pixels)
    {
        for (int i = 0; i < pixels.Length; i++)
        {
            float level = tensor[i] * p.StandardDeviation[i % p.Channels] + p.Mean[i % p.Channels];
            pixels[i] = (byte)Math.Clamp(MathF.Round(level * 255), 0, 255);
        }
    }

    private static void Enlarge(ReadOnlySpan<byte> pixels, ImagePreprocessing p, int zoom, Span<byte> target, int stride)
    {
        for (int y = 0; y < p.Height * zoom; y++)
            for (int x = 0; x < p.Width * zoom; x++)
                pixels.Slice((y / zoom * p.Width + x / zoom) * p.Channels, p.Channels).CopyTo(target[(y * stride + x * p.Channels)..]);
    }
}

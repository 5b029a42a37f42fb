using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Trainer.Augmentation;

/// <summary>Applies per-image augmentation and normalisation. Thread-safe; what is drawn depends on the seed alone.</summary>
/// <remarks>
/// Order: one warp (flip, rotate, scale, shift), brightness and contrast, erasing, normalisation. Every kind draws from its own
/// stream, so that switching one on or off leaves what the others draw unchanged.
/// </remarks>
internal sealed class Augmenter
{
    private const ulong FlipStream = 1, WarpStream = 2, LightStream = 3, EraseStream = 4;

    private readonly float[] scale, shift;

    public Augmenter(AugmentationOptions options, ImagePreprocessing preprocessing)
    {
        (Options, Preprocessing) = (options, preprocessing);
        // y = x·scale + shift, rounded as ImagePreprocessing.Normalise does: an image that nothing changed has the same bits either way.
        scale = [.. preprocessing.StandardDeviation.Select(s => (float)(1 / (255.0 * s)))];
        shift = [.. preprocessing.Mean.Zip(preprocessing.StandardDeviation, (m, s) => (float)(-m / (double)s))];
    }

    public AugmentationOptions Options { get; }

    public ImagePreprocessing Preprocessing { get; }

    /// <summary>Everything but mixup (which needs two images and lives in the batch loader): bytes in, normalised floats out.</summary>
    /// <param name="pixels">[Height, Width, Channels] samples.</param>
    /// <param name="tensor">Receives [Height, Width, Channels] normalised values.</param>
    /// <param name="seed">A function of run seed, epoch and image index.</param>
    public void Apply(ReadOnlySpan<byte> pixels, Span<float> tensor, ulong seed)
    {
        (int width, int height, int channels) = (Preprocessing.Width, Preprocessing.Height, Preprocessing.Channels);
        bool flip = Options.Flip && (RandomStream.Key(seed, FlipStream) & 1) != 0;
        bool lights = Options.Brightness != 0 || Options.Contrast != 0;
        if (!flip && !Options.Warps && !lights && Options.Erase == 0)
        {
            Preprocessing.Normalise(pixels, tensor);
            return;
        }
        if (Options.Warps) DrawWarp(seed, flip).Apply(pixels, tensor, width, height, channels);
        else if (flip) Mirror(pixels, tensor, width, channels);
        else for (int i = 0; i < pixels.Length; i++) tensor[i] = pixels[i];

        if (lights) Light(pixels, tensor, seed);
        if (Options.Erase != 0) Erase(tensor, seed);
        Normalise(tensor);
    }

    private Warp DrawWarp(ulong seed, bool flip)
    {
        var random = new RandomStream(RandomStream.Key(seed, WarpStream));
        float degrees = random.Between(-Options.Rotate, Options.Rotate);
        float dx = random.Between(-Options.Shift, Options.Shift) * Preprocessing.Width, dy = random.Between(-Options.Shift, Options.Shift) * Preprocessing.Height;
        float enlargement = random.Between(1 - Options.Scale, 1 + Options.Scale);
        return new Warp(Preprocessing.Width, Preprocessing.Height, flip, degrees, enlargement, dx, dy);
    }

    private static void Mirror(ReadOnlySpan<byte> pixels, Span<float> tensor, int width, int channels)
    {
        int row = width * channels;
        for (int start = 0; start < pixels.Length; start += row)
            for (int x = 0; x < row; x += channels)
                for (int c = 0; c < channels; c++)
                    tensor[start + row - channels - x + c] = pixels[start + x + c];
    }

    /// <summary>y = (x - mean)·contrast + mean + brightness, kept in 0 to 255; the mean is that of the image before any change.</summary>
    private void Light(ReadOnlySpan<byte> pixels, Span<float> tensor, ulong seed)
    {
        var random = new RandomStream(RandomStream.Key(seed, LightStream));
        float brightness = random.Between(-Options.Brightness, Options.Brightness) * 255;
        float contrast = random.Between(1 - Options.Contrast, 1 + Options.Contrast);
        long sum = 0;
        foreach (byte p in pixels) sum += p;
        float mean = (float)((double)sum / pixels.Length), offset = mean - mean * contrast + brightness;
        foreach (ref float v in tensor) v = Math.Clamp(v * contrast + offset, 0f, 255f);
    }

    /// <summary>Fills a rectangle of 2 % to 33 % of the area and aspect ratio 0.3 to 3.3 with uniform noise.</summary>
    private void Erase(Span<float> tensor, ulong seed)
    {
        const int Attempts = 10;
        var random = new RandomStream(RandomStream.Key(seed, EraseStream));
        if (random.NextSingle() >= Options.Erase) return;
        (int width, int height, int channels) = (Preprocessing.Width, Preprocessing.Height, Preprocessing.Channels);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            float area = random.Between(0.02f, 0.33f) * width * height, ratio = MathF.Exp(random.Between(MathF.Log(0.3f), MathF.Log(3.3f)));
            int w = (int)MathF.Round(MathF.Sqrt(area / ratio)), h = (int)MathF.Round(MathF.Sqrt(area * ratio));
            if (w < 1 || h < 1 || w >= width || h >= height) continue;
            int left = random.Next(width - w + 1), top = random.Next(height - h + 1);
            for (int y = top; y < top + h; y++)
                foreach (ref float v in tensor.Slice((y * width + left) * channels, w * channels)) v = random.NextSingle() * 255;
            return;
        }
    }

    private void Normalise(Span<float> tensor)
    {
        if (scale.Length == 1)
        {
            (float a, float b) = (scale[0], shift[0]);
            foreach (ref float v in tensor) v = MathF.FusedMultiplyAdd(v, a, b);
            return;
        }
        for (int i = 0; i < tensor.Length; i += scale.Length)
            for (int c = 0; c < scale.Length; c++)
                tensor[i + c] = MathF.FusedMultiplyAdd(tensor[i + c], scale[c], shift[c]);
    }
}

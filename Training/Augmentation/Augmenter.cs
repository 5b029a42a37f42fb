using EmotionMLNet.Kernels;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Randomness;

namespace EmotionMLNet.Training.Augmentation;

/// <summary>Applies per-image augmentation and normalisation. Thread-safe; what is drawn depends on the seed alone.</summary>
/// <remarks>
/// Order: one warp (flip, rotate, scale and stretch, shift, crop), brightness and contrast, sharpness, erasing, normalisation. Every kind
/// draws from its own stream, so that switching one on or off leaves what the others draw unchanged.
/// </remarks>
internal sealed class Augmenter
{
    private const ulong FlipStream = 1,
        WarpStream = 2,
        LightStream = 3,
        EraseStream = 4,
        ChanceStream = 5,
        AspectStream = 6,
        SharpnessStream = 7,
        CropStream = 8;

    // A value a channel.
    private readonly float[] scale, shift;

    public Augmenter(AugmentationOptions options, ImagePreprocessing preprocessing)
    {
        Options = options;
        Stored = preprocessing;
        Preprocessing = options.Shown(preprocessing);
        // y = x·scale + shift, rounded as ImagePreprocessing.Normalise does: an image that nothing changed has the same bits either way.
        int channels = preprocessing.Channels;
        scale = new float[channels];
        shift = new float[channels];
        for (int i = 0; i < scale.Length; i++)
        {
            float mean = preprocessing.Mean[i], deviation = preprocessing.StandardDeviation[i];
            scale[i] = (float)(1 / (255.0 * deviation));
            shift[i] = (float)(-mean / (double)deviation);
        }
    }

    public AugmentationOptions Options { get; }

    /// <summary>Size of the pictures that <see cref="Apply"/> takes.</summary>
    public ImagePreprocessing Stored { get; }

    /// <summary>What <see cref="Apply"/> gives: of the stored pictures' size, or smaller where training sees windows of them.</summary>
    public ImagePreprocessing Preprocessing { get; }

    /// <summary>
    /// Everything but mixup and CutMix (which need two images, see <see cref="PairMixing"/>): bytes in, normalised floats out.
    /// </summary>
    /// <param name="pixels">[Height, Width, Channels] samples of a stored picture.</param>
    /// <param name="tensor">Receives [Height, Width, Channels] normalised values.</param>
    /// <param name="seed">A function of run seed, epoch and image index.</param>
    public void Apply(ReadOnlySpan<byte> pixels, Span<float> tensor, ulong seed)
    {
        (int width, int channels) = (Preprocessing.Width, Preprocessing.Channels);
        bool windowed = pixels.Length != tensor.Length;
        bool flip = Options.Flip && (RandomStream.Key(seed, FlipStream) & 1) != 0;
        bool lights = Options.Brightness != 0 || Options.Contrast != 0;
        if (!flip && !windowed && !Options.Warps && !lights && Options.Sharpness == 0 && Options.Erase == 0)
        {
            Preprocessing.Normalise(pixels, tensor);
            return;
        }
        var chance = new RandomStream(RandomStream.Key(seed, ChanceStream));
        bool turn = Happens(ref chance),
            move = Happens(ref chance),
            reshape = Happens(ref chance),
            relight = Happens(ref chance),
            sharpen = Happens(ref chance);
        if (windowed || Options.Warps) Resample(pixels, tensor, seed, DrawWarp(seed, flip, turn, move, reshape));
        else if (flip) Mirror(pixels, tensor, width, channels);
        else for (int i = 0; i < pixels.Length; i++) tensor[i] = pixels[i];

        if (lights && relight) Light(pixels, tensor, seed);
        if (Options.Sharpness != 0 && sharpen)
        {
            var random = new RandomStream(RandomStream.Key(seed, SharpnessStream));
            Sharpness.Change(tensor, width, channels, random.Between(1 - Options.Sharpness, 1 + Options.Sharpness));
        }
        if (Options.Erase != 0) Erase(tensor, seed);
        Normalise(tensor);
    }

    private bool Happens(ref RandomStream chance) => chance.NextSingle() < Options.Chance;

    private void Resample(ReadOnlySpan<byte> pixels, Span<float> tensor, ulong seed, Warp warp)
    {
        (int columns, int rows) = (Preprocessing.Width, Preprocessing.Height);
        var random = new RandomStream(RandomStream.Key(seed, CropStream));
        (int left, int top) = (random.Next(Stored.Width - columns + 1), random.Next(Stored.Height - rows + 1));
        warp.Apply(pixels, Stored.Width, Stored.Height, Stored.Channels, tensor, left, top, columns, rows);
    }

    private Warp DrawWarp(ulong seed, bool flip, bool turn, bool move, bool reshape)
    {
        var random = new RandomStream(RandomStream.Key(seed, WarpStream));
        float degrees = random.Between(-Options.Rotate, Options.Rotate);
        float dx = random.Between(-Options.Shift, Options.Shift) * Stored.Width,
            dy = random.Between(-Options.Shift, Options.Shift) * Stored.Height;
        float enlargement = random.Between(1 - Options.Scale, 1 + Options.Scale), stretch = 1;
        if (Options.Aspect != 0)
        {
            float widest = MathF.Log(1 + Options.Aspect) / 2; // the square root: width gains what height loses
            stretch = MathF.Exp(new RandomStream(RandomStream.Key(seed, AspectStream)).Between(-widest, widest));
        }
        if (!turn) degrees = 0;
        if (!move) dx = dy = 0;
        if (!reshape) enlargement = stretch = 1;
        return new Warp(Stored.Width, Stored.Height, flip, degrees, enlargement, dx, dy, stretch);
    }

    private static void Mirror(ReadOnlySpan<byte> pixels, Span<float> tensor, int width, int channels)
    {
        int row = width * channels;
        for (int start = 0; start < pixels.Length; start += row)
        {
            ReadOnlySpan<byte> from = pixels.Slice(start, row);
            Span<float> to = tensor.Slice(start, row);
            if (channels == 1)
            {
                for (int x = 0; x < from.Length; x++) to[to.Length - 1 - x] = from[x];
                continue;
            }
            for (int x = 0; x < row; x += channels)
                for (int c = 0; c < channels; c++)
                    to[row - channels - x + c] = from[x + c];
        }
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
        PictureAdjustments.Light(tensor, contrast, offset);
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

    private void Normalise(Span<float> tensor) => PictureAdjustments.Normalise(tensor, scale, shift);
}

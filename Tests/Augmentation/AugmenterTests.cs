using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Augmentation;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Augmentation;

public sealed class AugmenterTests
{
    private static readonly AugmentationOptions Everything = new()
    {
        Flip = true,
        Rotate = 15,
        Shift = 0.1f,
        Scale = 0.2f,
        Aspect = 0.3f,
        Brightness = 0.2f,
        Contrast = 0.3f,
        Sharpness = 0.5f,
        Chance = 0.7f,
        Erase = 0.5f,
    };

    private static ImagePreprocessing Preprocessing(int width, int height, int channels) => new()
    {
        Width = width, Height = height, Channels = channels,
        Mean = channels == 1 ? [0.5f] : [0.485f, 0.456f, 0.406f],
        StandardDeviation = channels == 1 ? [0.25f] : [0.229f, 0.224f, 0.225f],
    };

    /// <summary>One that leaves grey levels as they are, so that tests can speak of them.</summary>
    private static ImagePreprocessing Levels(int width, int height) =>
        Preprocessing(width, height, 1) with
        {
            Mean = [0],
            StandardDeviation = [1 / 255f],
        };

    private static byte[] Noise(int length, int seed = 1)
    {
        byte[] pixels = new byte[length];
        new Random(seed).NextBytes(pixels);
        return pixels;
    }

    /// <summary>A smooth hill off the centre: survives resampling.</summary>
    private static byte[] Hill(int side, float x, float y) =>
        [
            .. Enumerable
                .Range(0, side * side)
                .Select(i => (byte)(40 + 180 * MathF.Exp(-(MathF.Pow(i % side - x, 2) + MathF.Pow(i / side - y, 2)) / 20))),
        ];

    private static float[] Apply(AugmentationOptions options, ImagePreprocessing preprocessing, byte[] pixels, ulong seed)
    {
        var augmenter = new Augmenter(options, preprocessing);
        float[] tensor = new float[augmenter.Preprocessing.Length];
        augmenter.Apply(pixels, tensor, seed);
        return tensor;
    }

    private static float[] Normalised(ImagePreprocessing preprocessing, byte[] pixels)
    {
        float[] tensor = new float[pixels.Length];
        preprocessing.Normalise(pixels, tensor);
        return tensor;
    }

    [Theory]
    [InlineData(48, 48, 1)]
    [InlineData(13, 7, 3)]
    [InlineData(1, 5, 3)]
    [InlineData(1, 1, 1)]
    public void Without_options_it_is_the_plain_normalisation_bit_for_bit(int width, int height, int channels)
    {
        ImagePreprocessing preprocessing = Preprocessing(width, height, channels);
        byte[] pixels = Noise(preprocessing.Length);
        Assert.Equal(Normalised(preprocessing, pixels), Apply(AugmentationOptions.None, preprocessing, pixels, 5));
    }

    [Theory]
    [InlineData(48, 48, 1)]
    [InlineData(13, 7, 3)]
    public void A_flip_mirrors_exactly_and_happens_half_the_time(int width, int height, int channels)
    {
        ImagePreprocessing preprocessing = Preprocessing(width, height, channels);
        byte[] pixels = Noise(preprocessing.Length), mirrored = new byte[pixels.Length];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                for (int c = 0; c < channels; c++)
                    mirrored[(y * width + width - 1 - x) * channels + c] = pixels[(y * width + x) * channels + c];
        float[] straight = Normalised(preprocessing, pixels), flipped = Normalised(preprocessing, mirrored);
        var options = new AugmentationOptions { Flip = true };
        int flips = 0;
        for (ulong seed = 0; seed < 1000; seed++)
        {
            float[] result = Apply(options, preprocessing, pixels, seed);
            bool flip = !result.SequenceEqual(straight);
            Assert.Equal(flip ? flipped : straight, result);
            if (flip) flips++;
        }
        Assert.InRange(flips, 430, 570);
    }

    [Fact]
    public void The_same_seed_draws_the_same_and_another_seed_something_else()
    {
        ImagePreprocessing preprocessing = Preprocessing(48, 48, 1);
        byte[] pixels = Noise(preprocessing.Length);
        float[] first = Apply(Everything, preprocessing, pixels, 1);
        Assert.Equal(first, Apply(Everything, preprocessing, pixels, 1));
        Assert.NotEqual(first, Apply(Everything, preprocessing, pixels, 2));
    }

    [Fact]
    public void Each_kind_draws_for_itself()
    {
        ImagePreprocessing preprocessing = Levels(48, 48);
        byte[] pixels = Hill(48, 20, 24);
        var rotate = new AugmentationOptions { Rotate = 15 };
        for (ulong seed = 0; seed < 20; seed++)
        {
            float[] alone = Apply(rotate, preprocessing, pixels, seed),
                erased = Apply(rotate with { Erase = 1 }, preprocessing, pixels, seed);
            int same = alone.Zip(erased, (a, b) => a == b).Count(equal => equal);
            Assert.InRange(same, 48 * 48 / 2, 48 * 48 - 1); // all but the erased rectangle
        }
    }

    [Theory]
    [InlineData(false, 90, 1, 0, 0)] // clockwise: what was right of the centre is below it
    [InlineData(false, 0, 1, 4, -3)]
    [InlineData(true, 0, 1, 0, 0)]
    [InlineData(false, 0, 1.2f, 0, 0)]
    [InlineData(false, 0, 0.7f, 0, 0)]
    [InlineData(true, 90, 1, 2, 0)]
    public void A_warp_moves_a_point_where_it_should(bool flip, float degrees, float scale, float dx, float dy)
    {
        // Centre 15.5; the hill stands at (19, 15), that is (+3.5, -0.5).
        float[] output = new float[32 * 32];
        new Warp(32, 32, flip, degrees, scale, dx, dy).Apply(Hill(32, 19, 15), 32, 32, 1, output, 0, 0, 32, 32);
        float mass = output.Sum(v => v - 40);
        float meanX = output.Select((v, i) => (v - 40) * (i % 32)).Sum() / mass,
            meanY = output.Select((v, i) => (v - 40) * (i / 32)).Sum() / mass;
        // A quarter turn clockwise takes (+a, +b) to (-b, +a), the y axis pointing down.
        (float a, float b) = (flip ? -3.5f : 3.5f, -0.5f);
        (float expectedX, float expectedY) =
            degrees == 90 ? (15.5f - b * scale + dx, 15.5f + a * scale + dy) : (15.5f + a * scale + dx, 15.5f + b * scale + dy);
        Assert.InRange(meanX, expectedX - 0.3f, expectedX + 0.3f);
        Assert.InRange(meanY, expectedY - 0.3f, expectedY + 0.3f);
    }

    [Fact]
    public void A_stretch_widens_by_what_it_flattens()
    {
        float[] output = new float[32 * 32];
        new Warp(32, 32, flip: false, 0, 1, 0, 0, stretch: 1.25f).Apply(Hill(32, 19.5f, 11.5f), 32, 32, 1, output, 0, 0, 32, 32);
        float mass = output.Sum(v => v - 40);
        Assert.Equal(15.5f + 4 * 1.25f, output.Select((v, i) => (v - 40) * (i % 32)).Sum() / mass, 0.3f);
        Assert.Equal(15.5f - 4 / 1.25f, output.Select((v, i) => (v - 40) * (i / 32)).Sum() / mass, 0.3f);
    }

    [Theory]
    [InlineData("rotate")]
    [InlineData("shift")]
    [InlineData("scale")]
    [InlineData("aspect")]
    [InlineData("brightness")]
    [InlineData("sharpness")]
    public void Chance_leaves_that_share_of_images_to_each_kind(string kind)
    {
        ImagePreprocessing preprocessing = Levels(16, 16);
        byte[] pixels = Noise(preprocessing.Length);
        float[] plain = Normalised(preprocessing, pixels);
        AugmentationOptions always = AugmentationText.Parse(kind), half = always with { Chance = 0.3f };
        int changed = 0;
        for (ulong seed = 0; seed < 500; seed++)
        {
            float[] result = Apply(half, preprocessing, pixels, seed);
            bool unchanged = result.Zip(plain).All(p => MathF.Abs(p.First - p.Second) < 1e-3f);
            if (!unchanged) Assert.Equal(Apply(always, preprocessing, pixels, seed), result);
            if (!unchanged) changed++;
        }
        Assert.InRange(changed, 110, 190);
    }

    [Fact]
    public void A_crop_is_a_window_of_the_picture_at_every_place_alike()
    {
        ImagePreprocessing preprocessing = Levels(12, 9);
        byte[] pixels = Noise(preprocessing.Length);
        var seen = new Dictionary<(int Left, int Top), int>();
        for (ulong seed = 0; seed < 1000; seed++)
        {
            float[] window = Apply(new AugmentationOptions { Crop = 0.67f }, preprocessing, pixels, seed);
            Assert.Equal(8 * 6, window.Length);
            (int left, int top) = (
                from x in Enumerable.Range(0, 5)
                from y in Enumerable.Range(0, 4)
                where Holds(window, x, y)
                select (x, y)
            ).Single();
            seen[(left, top)] = seen.GetValueOrDefault((left, top)) + 1;
        }
        Assert.Equal(20, seen.Count);
        Assert.All(seen.Values, count => Assert.InRange(count, 25, 80)); // 50 each, give or take four deviations

        bool Holds(float[] window, int left, int top) =>
            window.Index().All(v => MathF.Abs(v.Item - pixels[(top + v.Index / 8) * 12 + left + v.Index % 8]) < 1e-3f);
    }

    [Fact]
    public void A_flip_within_a_crop_mirrors_the_whole_picture_first()
    {
        ImagePreprocessing preprocessing = Levels(12, 12);
        byte[] pixels = [.. Enumerable.Range(0, 144).Select(i => (byte)(10 * (i % 12)))]; // brighter to the right
        var flip = new AugmentationOptions { Flip = true, Crop = 0.5f };
        float[][] windows = [.. Enumerable.Range(0, 50).Select(seed => Apply(flip, preprocessing, pixels, (ulong)seed))];
        Assert.Contains(windows, w => w[0] < w[5]);
        Assert.Contains(windows, w => w[0] > w[5]);
        Assert.All(windows, w => Assert.Equal(50, MathF.Abs(w[5] - w[0]), 1e-2f));
    }

    [Fact]
    public void A_flip_within_a_warp_is_exact()
    {
        byte[] pixels = Noise(32 * 31);
        float[] output = new float[pixels.Length];
        new Warp(32, 31, flip: true, 0, 1, 0, 0).Apply(pixels, 32, 31, 1, output, 0, 0, 32, 31);
        for (int i = 0; i < pixels.Length; i++) Assert.Equal(pixels[i / 32 * 32 + 31 - i % 32], output[i], 1e-3f);
    }

    [Theory]
    [InlineData(48, 48, 1)]
    [InlineData(20, 33, 3)]
    [InlineData(1, 9, 1)]
    [InlineData(9, 1, 3)]
    public void Nothing_leaves_the_range_of_grey_levels(int width, int height, int channels)
    {
        ImagePreprocessing preprocessing = Preprocessing(width, height, channels);
        byte[] pixels = Noise(preprocessing.Length);
        AugmentationOptions extreme = Everything with
        {
            Rotate = 180,
            Shift = 1,
            Scale = 0.9f,
            Aspect = 3,
            Brightness = 1,
            Contrast = 1,
            Sharpness = 1,
            Chance = 1,
            Erase = 1,
        };
        for (ulong seed = 0; seed < 50; seed++)
        {
            float[] result = Apply(extreme, preprocessing, pixels, seed);
            for (int i = 0; i < result.Length; i++)
            {
                float level = result[i] * preprocessing.StandardDeviation[i % channels] + preprocessing.Mean[i % channels];
                Assert.InRange(level, -1e-5f, 1 + 1e-5f);
            }
        }
    }

    [Fact]
    public void A_flat_image_stays_flat_under_every_warp()
    {
        byte[] pixels = [.. Enumerable.Repeat((byte)77, 48 * 48)];
        for (ulong seed = 0; seed < 20; seed++)
            Assert.All(
                Apply(
                    new AugmentationOptions
                    {
                        Flip = true,
                        Rotate = 30,
                        Shift = 0.3f,
                        Scale = 0.3f,
                    },
                    Levels(48, 48),
                    pixels,
                    seed
                ),
                v => Assert.Equal(77, v, 1e-3f)
            );
    }

    [Fact]
    public void Contrast_keeps_the_mean_and_brightness_moves_every_pixel_alike()
    {
        byte[] pixels = [.. Noise(48 * 48).Select(p => (byte)(100 + p / 8))]; // far from black and white: nothing is clipped
        double mean = pixels.Average(p => (double)p);
        var spreads = new HashSet<float>();
        for (ulong seed = 0; seed < 20; seed++)
        {
            float[] contrast = Apply(new AugmentationOptions { Contrast = 0.5f }, Levels(48, 48), pixels, seed);
            Assert.Equal(mean, contrast.Average(), 0.01);
            spreads.Add((contrast.Max() - contrast.Min()) / (pixels.Max() - pixels.Min()));
            float[] brightness = Apply(new AugmentationOptions { Brightness = 0.2f }, Levels(48, 48), pixels, seed);
            float moved = brightness[0] - pixels[0];
            Assert.InRange(moved, -51.01f, 51.01f);
            Assert.All(brightness.Zip(pixels), p => Assert.Equal(moved, p.First - p.Second, 1e-3f));
        }
        Assert.All(spreads, s => Assert.InRange(s, 0.499f, 1.501f));
        Assert.Equal(20, spreads.Count);
    }

    [Fact]
    public void Erasing_fills_one_rectangle_as_often_as_asked()
    {
        byte[] pixels = [.. Enumerable.Repeat((byte)128, 48 * 48)];
        int erased = 0;
        for (ulong seed = 0; seed < 400; seed++)
        {
            float[] result = Apply(new AugmentationOptions { Erase = 0.25f }, Levels(48, 48), pixels, seed);
            int[] changed = [.. Enumerable.Range(0, result.Length).Where(i => MathF.Abs(result[i] - 128) > 1e-3f)];
            if (changed.Length == 0) continue;
            erased++;
            int w = changed.Max(i => i % 48) - changed.Min(i => i % 48) + 1, h = changed.Max(i => i / 48) - changed.Min(i => i / 48) + 1;
            Assert.InRange(changed.Length, 0.9 * w * h, w * h);
            Assert.InRange(w * h / (48f * 48f), 0.015f, 0.345f);
        }
        Assert.InRange(erased, 70, 130);
    }

    [Theory]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    public void Impossible_strengths_are_refused(float strength) =>
        Assert.Equal(
            12,
            new AugmentationOptions
            {
                Rotate = strength,
                Shift = strength,
                Scale = strength,
                Aspect = strength,
                Brightness = strength,
                Contrast = strength,
                Sharpness = strength,
                Chance = strength,
                Erase = strength,
                Mixup = strength,
                CutMix = strength,
                Mix = strength,
            }
                .FindProblems()
                .Count()
        );
}

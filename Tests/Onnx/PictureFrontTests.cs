using EmotionMLNet.Imaging;
using EmotionMLNet.Onnx;
using EmotionMLNet.Onnx.Inputs;
using EmotionMLNet.Preprocessing;
using Microsoft.ML.OnnxRuntime;
using Image = EmotionMLNet.Imaging.Image;

namespace EmotionMLNet.Tests.Onnx;

/// <summary>
/// What the graph in a zip makes of the nearest pixels that ML.NET's steps hand over, in ONNX Runtime, against our own preprocessing.
/// </summary>
public sealed class PictureFrontTests
{
    private const int Side = 768;

    [Theory]
    [InlineData(48, 48, 1)]
    [InlineData(48, 48, 3)]
    [InlineData(48, 31, 1)] // enlarged down
    [InlineData(20, 31, 3)] // enlarged
    [InlineData(47, 49, 1)]
    [InlineData(100, 64, 1)]
    [InlineData(300, 251, 3)]
    [InlineData(511, 700, 1)]
    [InlineData(640, 480, 1)]
    [InlineData(765, 383, 1)] // nearly all columns: whether all are is hard to tell, and matters little
    [InlineData(768, 768, 3)]
    public void Every_picture_of_at_most_768_pixels_a_side_comes_out_as_our_preprocessing_makes_it(int width, int height, int channels)
    {
        ImagePreprocessing p = Preprocessing(48, 48, channels);
        Image picture = Photograph(width, height, seed: width + height);
        byte[] expected = Expected(p, picture);
        float[] found = Run(p, picture, alpha: null);
        AssertClose(expected, found, width == 48 && height == 48 ? 0 : 0.05);
    }

    [Theory]
    [InlineData(64, 32)]
    [InlineData(32, 56)]
    public void A_network_need_not_be_square(int width, int height)
    {
        ImagePreprocessing p = Preprocessing(width, height, 1);
        AssertClose(Expected(p, Photograph(width, height, 1)), Run(p, Photograph(width, height, 1), alpha: null), 0);
        AssertClose(Expected(p, Photograph(222, 111, 2)), Run(p, Photograph(222, 111, 2), alpha: null), 0.02);
    }

    [Theory]
    [InlineData(1200, 900)]
    [InlineData(769, 300)]
    public void Of_a_larger_picture_the_samples_stand_for_all(int width, int height)
    {
        ImagePreprocessing p = Preprocessing(48, 48, 1);
        Image picture = Photograph(width, height, 3);
        float[] found = Run(p, picture, alpha: null);
        double mean = Expected(p, picture).Zip(found, (a, b) => Math.Abs(a - b)).Average();
        Assert.InRange(mean, 0, 1.5); // of 255; noise of 40 grey levels is in the picture
    }

    [Fact]
    public void Plain_areas_are_not_taken_for_large_pixels()
    {
        // One edge: two columns would explain it as well, and enlarged they would be a gradient.
        ImagePreprocessing p = Preprocessing(48, 48, 1);
        var picture = new Image(100, 100, 1, [.. Enumerable.Range(0, 10000).Select(i => (byte)(i % 100 < 60 ? 20 : 220))]);
        float[] found = Run(p, picture, alpha: null);
        byte[] expected = Expected(p, picture);
        Assert.All(expected.Zip(found), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 25)); // the edge within half a column
        Assert.True(expected.Zip(found, (a, b) => Math.Abs(a - b)).Average() < 0.5);
        // And one with nothing in it at all.
        Assert.All(Run(p, new Image(9, 9, 1, [.. Enumerable.Repeat((byte)77, 81)]), alpha: null), v => Assert.Equal(77, v));
    }

    [Theory]
    [InlineData(48, 48, 1, 0.0)]
    [InlineData(48, 48, 3, 0.0)]
    [InlineData(400, 333, 1, 0.05)]
    public void Transparency_is_laid_over_white(int width, int height, int channels, double mostOff)
    {
        ImagePreprocessing p = Preprocessing(48, 48, channels);
        Image colours = Photograph(width, height, 4);
        byte[] alpha = [.. Enumerable.Range(0, width * height).Select(i => (byte)(i % width * 255 / (width - 1)))]; // clear to opaque
        byte[] premultiplied = new byte[3 * alpha.Length], over = new byte[3 * alpha.Length];
        for (int i = 0; i < premultiplied.Length; i++)
        {
            premultiplied[i] = (byte)((colours.Pixels[i] * alpha[i / 3] + 127) / 255);
            over[i] = (byte)(premultiplied[i] + 255 - alpha[i / 3]);
        }
        float[] found = Run(p, new Image(width, height, 3, premultiplied), alpha);
        AssertClose(Expected(p, new Image(width, height, 3, over)), found, mostOff);
    }

    [Fact]
    public void Pictures_of_different_sizes_go_through_in_one_batch()
    {
        ImagePreprocessing p = Preprocessing(48, 48, 1);
        Image[] pictures = [Photograph(48, 48, 1), Photograph(333, 222, 2), Photograph(60, 700, 3)];
        float[] found = Run(p, [.. pictures.Select(i => (i, (byte[]?)null))], files: null);
        for (int i = 0; i < pictures.Length; i++)
            AssertClose(Expected(p, pictures[i]), found[(i * p.Length)..((i + 1) * p.Length)], i == 0 ? 0 : 0.05);
    }

    public static TheoryData<string> Oriented =>
        [
            .. Enumerable.Range(1, 8).Select(o => $"Imaging/Jpeg/Golden/orientation{o}.jpg"),
            .. new[] { 2, 4, 6, 8 }.Select(o => $"Imaging/WebP/Golden/exif-orientation{o}.webp"),
        ];

    [Theory]
    [MemberData(nameof(Oriented))]
    public void A_picture_is_turned_upright_by_what_its_file_says(string name)
    {
        byte[] file = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, name));
        int orientation = name[^(Path.GetExtension(name).Length + 1)] - '0';
        ImagePreprocessing p = Preprocessing(48, 48, 1);
        Image stored = Photograph(48, 48, 7);
        float[] found = Run(p, [(stored, null)], [file]);
        AssertClose(Expected(p, Exif.Apply(stored, orientation)), found, 0);
    }

    [Fact]
    public void Both_byte_orders_are_read_and_anything_else_is_upright()
    {
        ImagePreprocessing p = Preprocessing(48, 48, 3);
        Image stored = Photograph(48, 48, 8);
        byte[] padding = new byte[40000];
        new Random(1).NextBytes(padding);
        byte[] little = [.. "Exif\0\0II*\0"u8, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0],
            big = [.. "Exif\0\0MM\0*"u8, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0];
        byte[] turned = Expected(p, Exif.Apply(stored, 6)), same = Expected(p, stored);
        AssertClose(turned, Run(p, [(stored, null)], [[.. little, .. padding]]), 0);
        AssertClose(turned, Run(p, [(stored, null)], [[.. big, .. padding]]), 0);
        AssertClose(turned, Run(p, [(stored, null)], [[.. padding, .. big]]), 0); // at the end of a file
        AssertClose(turned, Run(p, [(stored, null)], [big]), 0);
        big[^3] = 9; // no such orientation
        AssertClose(same, Run(p, [(stored, null)], [[.. big, .. padding]]), 0);
        AssertClose(same, Run(p, [(stored, null)], [padding]), 0);
        AssertClose(same, Run(p, [(stored, null)], [[]]), 0); // nobody gave the file
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(6, false)] // columns and rows cannot change places in a graph of fixed sizes
    public void A_network_that_is_not_square_turns_by_half_turns_only(int orientation, bool turns)
    {
        ImagePreprocessing p = Preprocessing(64, 32, 1);
        Image stored = Photograph(64, 32, 9);
        byte[] file = [.. "Exif\0\0II*\0"u8, 0x12, 1, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0];
        AssertClose(Expected(p, turns ? Exif.Apply(stored, orientation) : stored), Run(p, [(stored, null)], [file]), 0);
    }

    private static ImagePreprocessing Preprocessing(int width, int height, int channels) => new()
    {
        Width = width,
        Height = height,
        Channels = channels,
        Mean = new float[channels],
        StandardDeviation = [.. Enumerable.Repeat(1f, channels)],
    };

    // Smooth, with noise on it: neighbouring columns differ, as in photographs.
    private static Image Photograph(int width, int height, int seed)
    {
        var random = new Random(seed);
        var pixels = new byte[3 * width * height];
        for (int i = 0; i < pixels.Length; i++)
        {
            (int x, int y) = (i / 3 % width, i / 3 / width);
            double wave = Math.Sin(6.0 * x / width + i % 3) + Math.Cos(5.0 * y / height);
            pixels[i] = (byte)Math.Clamp(128 + 45 * wave + 40 * (random.NextDouble() - 0.5), 0, 255);
        }
        return new Image(width, height, 3, pixels);
    }

    private static byte[] Expected(ImagePreprocessing p, Image picture)
    {
        var pixels = new byte[p.Length];
        p.ToPixels(picture, pixels);
        return pixels;
    }

    private static float[] Run(ImagePreprocessing p, Image picture, byte[]? alpha) => Run(p, [(picture, alpha)], files: null);

    /// <summary>Samples [N, H, W, C] at network size.</summary>
    private static float[] Run(ImagePreprocessing p, (Image Picture, byte[]? Alpha)[] pictures, byte[][]? files)
    {
        InputStage stage = new SampledPictureInput("input");
        if (files is not null) stage = new UprightInput(stage, "file");
        var graph = new GraphWriter(stage.Opset);
        graph.Output(stage.Write(graph, p), ElementType.Float, "N", p.Channels, p.Height, p.Width);
        using var written = new MemoryStream();
        graph.Build([], []).WriteTo(written);

        using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(written.ToArray(), options);
        byte[] planesOfAll = [.. pictures.SelectMany(i => Planes(i.Picture, i.Alpha ?? Opaque(i.Picture)))];
        using OrtValue samplesOfAll = OrtValue.CreateTensorValueFromMemory(planesOfAll, [pictures.Length, 4, Side, Side]);
        var inputs = new Dictionary<string, OrtValue> { ["input"] = samplesOfAll };
        using OrtValue? file = files is null ? null : OrtValue.CreateTensorValueFromMemory(files[0], [1, files[0].Length]);
        if (file is not null) inputs["file"] = file;
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, inputs, session.OutputNames);
        float[] planes = outputs[0].GetTensorDataAsSpan<float>().ToArray();

        var samples = new float[planes.Length];
        int area = p.Width * p.Height;
        for (int i = 0; i < planes.Length; i++)
        {
            (int picture, int channel, int at) = (i / p.Length, i % p.Length / area, i % area);
            samples[picture * p.Length + at * p.Channels + channel] = planes[i];
        }
        return samples;
    }

    private static byte[] Opaque(Image picture) => [.. Enumerable.Repeat((byte)255, picture.Width * picture.Height)];

    private static IEnumerable<byte> Planes(Image picture, byte[] alpha)
    {
        (byte[] pixels, int channels) = (picture.Pixels, picture.Channels);
        IEnumerable<byte[]> planes =
            Enumerable.Range(0, 3).Select(c => alpha.Select((_, i) => pixels[i * channels + c % channels]).ToArray());
        return planes.Prepend(alpha).SelectMany(plane => Nearest(plane, picture.Width, picture.Height, Side));
    }

    // As ML.NET's Fill samples; Stock tests have ML.NET itself do it.
    private static byte[] Nearest(byte[] plane, int width, int height, int side)
    {
        var samples = new byte[side * side];
        for (int y = 0; y < side; y++)
            for (int x = 0; x < side; x++)
                samples[y * side + x] = plane[(2 * y + 1) * height / (2 * side) * width + (2 * x + 1) * width / (2 * side)];
        return samples;
    }

    // Sums that fall on a half may round the other way: one grey level, of few samples.
    private static void AssertClose(byte[] expected, float[] found, double mostOff)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, mostOff == 0 ? 0 : 1));
        Assert.InRange(expected.Zip(found, (a, b) => a == b ? 0 : 1).Average(), 0, mostOff);
    }
}

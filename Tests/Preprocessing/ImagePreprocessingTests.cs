using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tests.Imaging;

namespace EmotionMLNet.Tests.Preprocessing;

public class ImagePreprocessingTests
{
    public static TheoryData<int> GoldenCases => new(Enumerable.Range(0, ResizeGolden.Instance.Preparations.Length));

    [Theory, MemberData(nameof(GoldenCases))]
    public void Stretch_crop_and_pad_give_the_bits_of_Pillow(int number)
    {
        GoldenPreparation wanted = ResizeGolden.Instance.Preparations[number];
        ImagePreprocessing preprocessing = Preprocessing(wanted.Width, wanted.Height, wanted.Channels, Enum.Parse<ResizeMode>(wanted.Mode));
        byte[] pixels = new byte[preprocessing.Length];
        preprocessing.ToPixels(ResizeGolden.Instance.Sources[wanted.Source].ToImage(), pixels);
        Assert.Equal(wanted.Pixels, pixels);
    }

    [Theory]
    [InlineData(1, 1), InlineData(1, 23), InlineData(1, 24), InlineData(1, 100), InlineData(3, 1), InlineData(3, 8), InlineData(3, 77)]
    public void Normalise_subtracts_the_mean_and_divides_by_the_deviation(int channels, int count)
    {
        float[] mean = [.. new[] { 0.485f, 0.456f, 0.406f }.Take(channels)],
            deviation = [.. new[] { 0.229f, 0.224f, 0.225f }.Take(channels)];
        ImagePreprocessing preprocessing = Preprocessing(8, 8, channels) with { Mean = mean, StandardDeviation = deviation };
        byte[] pixels = [.. Enumerable.Range(0, count * channels).Select(i => (byte)(i * 53 + 7))];
        float[] tensor = new float[pixels.Length];
        preprocessing.Normalise(pixels, tensor);
        for (int i = 0; i < tensor.Length; i++)
            Assert.Equal((pixels[i] / 255.0 - mean[i % channels]) / deviation[i % channels], tensor[i], 1e-6);
    }

    [Fact]
    public void Mean_0_and_deviation_1_give_0_to_1()
    {
        float[] tensor = new float[256];
        Preprocessing(16, 16, 1).Normalise([.. Enumerable.Range(0, 256).Select(i => (byte)i)], tensor);
        Assert.Equal(0, tensor[0]);
        Assert.Equal(1, tensor[255]);
        Assert.Equal(0.2f, tensor[51], 1e-7f);
    }

    [Fact]
    public void Extreme_shapes_keep_at_least_a_line_when_padded()
    {
        byte[] pixels = new byte[32 * 32];
        Preprocessing(32, 32, 1, ResizeMode.Pad).ToPixels(new Image(5000, 1, 1, Enumerable.Repeat((byte)200, 5000).ToArray()), pixels);
        Assert.Equal(32, pixels.Count(p => p == 200));
        Assert.Equal(31 * 32, pixels.Count(p => p == 77));
    }

    [Fact]
    public void Wrong_lengths_and_alpha_are_refused()
    {
        ImagePreprocessing preprocessing = Preprocessing(4, 4, 1);
        Assert.Throws<ArgumentException>(() => preprocessing.ToPixels(new Image(2, 2, 1, new byte[4]), new byte[15]));
        Assert.Throws<ArgumentException>(() => preprocessing.ToPixels(new Image(2, 2, 4, new byte[16]), new byte[16]));
        Assert.Throws<ArgumentException>(() => preprocessing.Normalise(new byte[16], new float[15]));
        Assert.Throws<ArgumentException>(() => (preprocessing with { Mean = [0, 0] }).Normalise(new byte[16], new float[16]));
    }

    [Fact]
    public void Many_threads_get_the_same_pixels()
    {
        Image image = ResizeGolden.Instance.Sources["small"].ToImage();
        ImagePreprocessing preprocessing = Preprocessing(32, 20, 1, ResizeMode.CentreCrop);
        byte[] wanted = new byte[preprocessing.Length];
        preprocessing.ToPixels(image, wanted);
        Parallel.For(0, 200, _ =>
        {
            byte[] pixels = new byte[preprocessing.Length];
            preprocessing.ToPixels(image, pixels);
            Assert.Equal(wanted, pixels);
        });
    }

    private static ImagePreprocessing Preprocessing(int width, int height, int channels, ResizeMode mode = ResizeMode.Stretch) => new()
    {
        Width = width,
        Height = height,
        Channels = channels,
        Resize = mode,
        PadValue = 77,
        Mean = new float[channels],
        StandardDeviation = [.. Enumerable.Repeat(1f, channels)],
    };
}

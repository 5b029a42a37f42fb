using EmotionMLNet.Imaging;

namespace EmotionMLNet.Tests.Imaging;

public class ResizeTests
{
    public static TheoryData<int> GoldenCases => new(Enumerable.Range(0, ResizeGolden.Instance.Resizes.Length));

    [Theory, MemberData(nameof(GoldenCases))]
    public void Resize_gives_the_bits_of_Pillow(int number)
    {
        GoldenResize wanted = ResizeGolden.Instance.Resizes[number];
        GoldenPicture source = ResizeGolden.Instance.Sources[wanted.Source];
        Box window = wanted.Box is [var left, var top, var right, var bottom]
            ? new(left, top, right, bottom)
            : new(0, 0, source.Width, source.Height);
        byte[] pixels = new byte[wanted.Pixels.Length];
        Resize.Bilinear(source.Pixels, source.Width, source.Height, source.Channels, window, pixels, wanted.Width, wanted.Height);
        Assert.Equal(wanted.Pixels, pixels);
    }

    [Theory]
    [InlineData(1), InlineData(3), InlineData(4)]
    public void Channels_do_not_touch_one_another(int channels)
    {
        GoldenPicture grey = ResizeGolden.Instance.Sources["grey"];
        // Channel c holds the grey picture turned brighter by c, so that a swap would show.
        byte[] source = new byte[grey.Pixels.Length * channels];
        for (int i = 0; i < source.Length; i++) source[i] = (byte)(grey.Pixels[i / channels] / 2 + 40 * (i % channels));
        byte[] together = new byte[9 * 5 * channels], alone = new byte[9 * 5];
        Resize.Bilinear(source, grey.Width, grey.Height, channels, new Box(0, 0, grey.Width, grey.Height), together, 9, 5);
        for (int c = 0; c < channels; c++)
        {
            byte[] plane = [.. Enumerable.Range(0, grey.Pixels.Length).Select(i => source[i * channels + c])];
            Resize.Bilinear(plane, grey.Width, grey.Height, 1, new Box(0, 0, grey.Width, grey.Height), alone, 9, 5);
            Assert.Equal(alone, Enumerable.Range(0, 45).Select(i => together[i * channels + c]));
        }
    }

    [Fact]
    public void A_uniform_picture_stays_uniform_at_any_size()
    {
        byte[] white = Enumerable.Repeat((byte)255, 83 * 59 * 3).ToArray();
        foreach ((int width, int height) in ((int, int)[])[(1, 1), (13, 200), (82, 58), (300, 7)])
        {
            byte[] pixels = new byte[width * height * 3];
            Resize.Bilinear(white, 83, 59, 3, new Box(0.5f, 0.25f, 82, 58.5f), pixels, width, height);
            Assert.DoesNotContain(pixels, p => p != 255);
        }
    }

    [Fact]
    public void A_window_outside_the_picture_is_refused()
    {
        byte[] source = new byte[16], pixels = new byte[4];
        Assert.Throws<ArgumentException>(() => Resize.Bilinear(source, 4, 4, 1, new Box(0, 0, 4.5f, 4), pixels, 2, 2));
        Assert.Throws<ArgumentException>(() => Resize.Bilinear(source, 4, 4, 1, new Box(2, 0, 2, 4), pixels, 2, 2));
        Assert.Throws<ArgumentException>(() => Resize.Bilinear(source, 4, 4, 1, new Box(float.NaN, 0, 4, 4), pixels, 2, 2));
    }

    [Fact]
    public void Luma_gives_the_bits_of_Pillow()
    {
        byte[] grey = new byte[ResizeGolden.Instance.Luma.Length];
        Luma.FromRgb(ResizeGolden.Instance.Sources["small"].Pixels, grey);
        Assert.Equal(ResizeGolden.Instance.Luma, grey);
    }

    [Fact]
    public void Luma_of_grey_is_that_grey_at_every_length()
    {
        for (int length = 1; length < 70; length++)
        {
            byte[] grey = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 37 + length))];
            byte[] rgb = [.. grey.SelectMany(g => new[] { g, g, g })], luma = new byte[length];
            Luma.FromRgb(rgb, luma);
            Assert.Equal(grey, luma);
        }
    }
}

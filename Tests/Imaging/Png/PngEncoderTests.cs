using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;

namespace EmotionMLNet.Tests.Imaging.Png;

public sealed class PngEncoderTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(48, 48, 1)]
    [InlineData(5, 9, 3)]
    [InlineData(64, 3, 3)]
    public void What_is_written_is_read_back_exactly(int width, int height, int channels)
    {
        byte[] smooth = [.. Enumerable.Range(0, width * height * channels).Select(i => (byte)(i * 3 / channels + i / width))],
            noise = new byte[smooth.Length];
        new Random(1).NextBytes(noise);
        foreach (byte[] pixels in new[] { smooth, noise })
        {
            Image read = ImageReader.Read(PngEncoder.Encode(new Image(width, height, channels, pixels)));
            Assert.Equal((width, height, channels), (read.Width, read.Height, read.Channels));
            Assert.Equal(pixels, read.Pixels);
        }
    }

    [Fact]
    public void Filters_make_smooth_pictures_small()
    {
        byte[] ramp = [.. Enumerable.Range(0, 256 * 256).Select(i => (byte)(i % 256 / 2 + i / 512))];
        Assert.True(PngEncoder.Encode(new Image(256, 256, 1, ramp)).Length < 2_000);
    }
}

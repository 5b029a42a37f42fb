using System.Formats.Tar;
using System.IO.Compression;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Imaging.WebP;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Imaging.WebP;

public sealed class WebPDecoderTests
{
    public static TheoryData<string> Goldens => [.. WebPGolden.Names];

    [Theory]
    [MemberData(nameof(Goldens))]
    public void Every_pixel_is_that_of_libwebp(string name)
    {
        Image expected = WebPGolden.Expected(name);
        Image actual = WebPDecoder.Decode(WebPGolden.Encoded(name), ImageReaderOptions.Default);
        AssertSame(expected, actual, $"{name}, made by Imaging/WebP/Golden/golden.py");
    }

    [Fact]
    public void Webp_is_recognised_by_its_first_twelve_bytes()
    {
        Assert.True(WebPDecoder.Recognises("RIFF\0\0\0\0WEBP"u8));
        Assert.False(WebPDecoder.Recognises("RIFF\0\0\0\0WAVE"u8));
        Assert.False(WebPDecoder.Recognises("RIFF\0\0\0\0WEB"u8));
        Assert.False(WebPDecoder.Recognises([]));
    }

    [Fact]
    public void The_reader_hands_webp_over_and_lays_alpha_over_the_background()
    {
        Image decoded = WebPDecoder.Decode(WebPGolden.Encoded("lossless-alpha"), ImageReaderOptions.Default);
        Image read = ImageReader.Read(WebPGolden.Encoded("lossless-alpha"));
        AssertSame(Opaque(decoded), read, "lossless-alpha");
    }

    [Theory]
    [InlineData("lossy-q75")]
    [InlineData("lossless-scene")]
    [InlineData("exif-orientation6")]
    [InlineData("animation-offset-lossy")]
    public void A_picture_above_the_limit_is_refused(string name)
    {
        Image expected = WebPGolden.Expected(name);
        long pixels = (long)expected.Width * expected.Height;
        WebPDecoder.Decode(WebPGolden.Encoded(name), new ImageReaderOptions { MaxPixels = pixels });
        var error = Assert.Throws<ImageFormatException>(() =>
            WebPDecoder.Decode(WebPGolden.Encoded(name), new ImageReaderOptions { MaxPixels = pixels - 1 })
        );
        Assert.Equal("WebP", error.Format);
        Assert.Contains("limit", error.Reason, StringComparison.Ordinal);
    }

    [SharedDataFact("odd-images.tar.gz")]
    public void Samples_of_image_rs_decode_to_their_references()
    {
        Dictionary<string, byte[]> files = ReadSamples();
        int compared = 0;
        foreach ((string path, byte[] encoded) in files.Where(f => f.Key.EndsWith(".webp", StringComparison.Ordinal)))
        {
            Image actual = WebPDecoder.Decode(encoded, ImageReaderOptions.Default);
            if (!files.TryGetValue(path.Replace("/images/", "/reference/", StringComparison.Ordinal) + ".png", out byte[]? reference))
                continue;
            // The reference of the animation was blended over its canvas, which rounds; over white no pixel may be farther off than that.
            int tolerance = path.EndsWith("anim.webp", StringComparison.Ordinal) ? 2 : 0;
            AssertSame(Opaque(PngDecoder.Decode(reference, ImageReaderOptions.Default)), Opaque(actual), path, tolerance);
            compared++;
        }
        Assert.Equal(8, compared);
    }

    private static Dictionary<string, byte[]> ReadSamples()
    {
        var files = new Dictionary<string, byte[]>();
        using var tar = new TarReader(
            new GZipStream(File.OpenRead(Path.Combine(SharedData.Folder!, "odd-images.tar.gz")), CompressionMode.Decompress)
        );
        while (tar.GetNextEntry() is { } entry)
        {
            if (
                !entry.Name.Contains("image-rs/", StringComparison.Ordinal)
                || !entry.Name.Contains("/webp/", StringComparison.Ordinal)
                || entry.DataStream is null
            )
                continue;
            using var memory = new MemoryStream();
            entry.DataStream.CopyTo(memory);
            files[entry.Name] = memory.ToArray();
        }
        return files;
    }

    private static Image Opaque(Image image)
    {
        if (image.Channels != 4) return image;
        byte[] rgb = new byte[image.Width * image.Height * 3];
        AlphaBlend.Over(image.Pixels, (255, 255, 255), rgb);
        return new Image(image.Width, image.Height, 3, rgb);
    }

    private static void AssertSame(Image expected, Image actual, string what, int tolerance = 0)
    {
        Assert.Equal((what, expected.Width, expected.Height, expected.Channels), (what, actual.Width, actual.Height, actual.Channels));
        for (int i = 0; i < expected.Pixels.Length; i++)
        {
            if (Math.Abs(expected.Pixels[i] - actual.Pixels[i]) <= tolerance) continue;
            (int pixel, int channel) = Math.DivRem(i, expected.Channels);
            Assert.Fail(
                $"{what}: ({pixel % expected.Width}, {pixel / expected.Width}) channel {channel} is {actual.Pixels[i]} instead of "
                    + $"{expected.Pixels[i]}"
            );
        }
    }
}

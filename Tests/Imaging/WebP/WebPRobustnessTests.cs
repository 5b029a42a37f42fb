using System.Buffers.Binary;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.WebP;
using static EmotionMLNet.Tests.Imaging.WebP.WebPBuilder;

namespace EmotionMLNet.Tests.Imaging.WebP;

/// <summary>Whatever the bytes: an image or an <see cref="ImageFormatException"/>, nothing else, and an end.</summary>
public sealed class WebPRobustnessTests
{
    private const int Mutations = 400;

    private static readonly ImageReaderOptions Options = new() { MaxPixels = 1 << 18 };

    public static TheoryData<string> Victims =>
    [
        "lossy-q75", "lossy-8-partitions", "lossy-segments", "lossy-simple-filter-sharpness3", "lossless-scene", "lossless-places",
        "lossless-5-colours", "alpha-filtering2", "alpha-raw", "animation-offset-lossy-alpha", "exif-orientation6",
    ];

    [Theory]
    [MemberData(nameof(Victims))]
    public void A_file_cut_at_any_byte_is_refused(string name)
    {
        byte[] file = WebPGolden.Encoded(name);
        for (int length = 12; length < file.Length; length++)
        {
            byte[] cut = file[..length];
            Assert.Throws<ImageFormatException>(() => WebPDecoder.Decode(cut, Options));
        }
    }

    [Theory]
    [InlineData("lossy-q75", "VP8 ")]
    [InlineData("lossy-8-partitions", "VP8 ")]
    [InlineData("lossy-noise", "VP8 ")]
    [InlineData("lossless-scene", "VP8L")]
    [InlineData("lossless-256-colours", "VP8L")]
    public void A_bitstream_cut_at_any_byte_is_refused_though_its_container_is_whole(string name, string chunk)
    {
        byte[] file = WebPGolden.Encoded(name);
        int payload = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(16));
        // Encoders end with up to four bytes that no pixel depends on.
        for (int length = 0; length < payload - 4; length++)
        {
            byte[] cut = Riff(Chunk(chunk, file.AsSpan(20, length)));
            Assert.Throws<ImageFormatException>(() => WebPDecoder.Decode(cut, Options));
        }
    }

    [Theory]
    [MemberData(nameof(Victims))]
    public void Changed_bytes_end_in_an_image_or_a_reason(string name)
    {
        byte[] file = WebPGolden.Encoded(name);
        var random = new Random(20260101);
        int images = 0;
        for (int i = 0; i < Mutations; i++)
        {
            byte[] changed = [.. file];
            for (int n = random.Next(1, 6); n > 0; n--)
            {
                // The first bytes hold the headers, where most goes wrong; the RIFF size stays, or nothing else would be tried.
                int at = random.Next(2) == 0 ? random.Next(12, Math.Min(80, file.Length)) : random.Next(12, file.Length);
                changed[at] = random.Next(3) switch
                {
                    0 => (byte)random.Next(256),
                    1 => (byte)(changed[at] ^ (1 << random.Next(8))),
                    _ => (byte)(random.Next(2) * 255),
                };
            }
            if (Decodes(changed, $"{name}, mutation {i}")) images++;
        }
        Assert.InRange(images, 0, Mutations - 1);
    }

    [Fact]
    public void Noise_behind_a_sound_header_ends_in_an_image_or_a_reason()
    {
        var random = new Random(7);
        for (int i = 0; i < 2000; i++)
        {
            byte[] noise = new byte[random.Next(10, 400)];
            random.NextBytes(noise);
            byte[] lossless = [0x2F, 0x1F, 0xC0, 0x07, 0x00, .. noise];
            Decodes(Riff(Chunk("VP8L", lossless)), $"lossless noise {i}");
            int first = noise.Length / 2 << 5;
            byte[] lossy = [(byte)(0x10 | first), (byte)(first >> 8), (byte)(first >> 16), 0x9D, 0x01, 0x2A, 40, 0, 30, 0, .. noise];
            Decodes(Riff(Chunk("VP8 ", lossy)), $"lossy noise {i}");
        }
    }

    private static bool Decodes(byte[] file, string what)
    {
        try
        {
            Image image = WebPDecoder.Decode(file, Options);
            Assert.InRange((long)image.Width * image.Height, 1, Options.MaxPixels);
            return true;
        }
        catch (ImageFormatException error)
        {
            Assert.InRange(error.Offset, 0, file.Length);
            Assert.DoesNotContain("\n", error.Reason, StringComparison.Ordinal);
            return false;
        }
        catch (Exception error) when (error is not Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException(what, error);
        }
    }
}

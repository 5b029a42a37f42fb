using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Jpeg;

namespace EmotionMLNet.Tests.Imaging.Jpeg;

/// <summary>
/// Whatever the bytes: a picture or an <see cref="ImageFormatException"/>, and no more memory or time than the bytes can justify.
/// </summary>
public sealed class JpegRobustnessTests
{
    public static TheoryData<string> Goldens => [.. JpegGolden.Names];

    [Theory]
    [
        InlineData("grey"),
        InlineData("420"),
        InlineData("cmyk"),
        InlineData("restarts"),
        InlineData("progressive-420"),
        InlineData("two-scans")
    ]
    public void A_file_cut_anywhere_before_its_end_marker_is_refused(string name)
    {
        byte[] file = JpegGolden.Encoded(name);
        for (int length = 0; length < file.Length - 2; length++)
        {
            var e = Assert.Throws<ImageFormatException>(() => JpegDecoder.Decode(file.AsSpan(0, length), ImageReaderOptions.Default));
            Assert.InRange(e.Offset, 0, length);
        }
    }

    [Theory]
    [
        InlineData("grey"),
        InlineData("420"),
        InlineData("cmyk"),
        InlineData("restarts"),
        InlineData("progressive-420"),
        InlineData("two-scans")
    ]
    public void Only_the_end_marker_may_be_missing(string name)
    {
        byte[] file = JpegGolden.Encoded(name), expected = JpegGolden.Expected(name).Pixels;
        Assert.Equal(expected, JpegDecoder.Decode(file.AsSpan(0, file.Length - 1), ImageReaderOptions.Default).Pixels);
        Assert.Equal(expected, JpegDecoder.Decode(file.AsSpan(0, file.Length - 2), ImageReaderOptions.Default).Pixels);
    }

    [Theory, MemberData(nameof(Goldens))]
    public void A_damaged_file_is_decoded_or_refused(string name)
    {
        byte[] file = JpegGolden.Encoded(name);
        var random = new Random(name.Sum(c => c));
        for (int i = 0; i < 200; i++)
        {
            byte[] damaged = [.. file];
            for (int changes = random.Next(1, 6); changes > 0; changes--)
                damaged[random.Next(3, damaged.Length)] = random.Next(4) switch { 0 => 0, 1 => 255, _ => (byte)random.Next(256) };
            Try(damaged, new ImageReaderOptions { WantedSize = i % 2 == 0 ? (0, 0) : (random.Next(40), random.Next(40)) });
        }
    }

    [Fact]
    public void Noise_behind_a_right_beginning_is_decoded_or_refused()
    {
        // Everything up to the coded data is sound, so that all of the noise goes through the entropy decoder.
        var random = new Random(5);
        foreach (string name in (string[])["grey", "420", "progressive-420", "restarts", "cmyk-progressive"])
        {
            byte[] file = JpegGolden.Encoded(name);
            int scan = ScanData(file);
            for (int i = 0; i < 100; i++)
            {
                byte[] noise = new byte[scan + random.Next(3000)];
                random.NextBytes(noise);
                file.AsSpan(0, scan).CopyTo(noise);
                Try(noise, ImageReaderOptions.Default);
            }
        }
    }

    [Theory]
    [
        InlineData(0xC3, "lossless"),
        InlineData(0xC5, "hierarchical"),
        InlineData(0xC7, "hierarchical"),
        InlineData(0xC9, "arithmetic"),
        InlineData(0xCA, "arithmetic")
    ]
    [InlineData(0xCB, "lossless arithmetic"), InlineData(0xCE, "hierarchical arithmetic")]
    public void What_is_not_supported_is_refused_by_name(byte frameMarker, string reason)
    {
        byte[] file = JpegGolden.Encoded("grey");
        file[FrameHeader(file) + 1] = frameMarker;
        AssertRefused(file, reason);
    }

    [Theory]
    [InlineData(4, 12, "samples of 12 bits")]
    [InlineData(9, 2, "2 colour components")]
    [InlineData(11, 0x51, "sampling factors 5 x 1")]
    [InlineData(11, 0x10, "sampling factors 1 x 0")]
    [InlineData(12, 3, "quantisation table 3 is missing")]
    [InlineData(10, 77, "which the frame does not have")]
    [InlineData(8, 0, "a size of 0 x 53 pixels is impossible")]
    public void A_frame_header_that_cannot_be_is_refused(int at, byte value, string reason)
    {
        byte[] file = JpegGolden.Encoded("420");
        file[FrameHeader(file) + at] = value;
        AssertRefused(file, reason);
    }

    [Fact]
    public void A_picture_above_the_limit_is_refused_before_anything_is_allocated()
    {
        byte[] file = JpegGolden.Encoded("420");
        JpegDecoder.Decode(file, new ImageReaderOptions { MaxPixels = 37 * 53 });
        var e = Assert.Throws<ImageFormatException>(() => JpegDecoder.Decode(file, new ImageReaderOptions { MaxPixels = 37 * 53 - 1 }));
        Assert.Contains("limit", e.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("420"), InlineData("progressive-420"), InlineData("two-scans")]
    public void A_small_file_that_claims_a_huge_picture_is_refused_without_using_memory(string name)
    {
        byte[] file = JpegGolden.Encoded(name);
        SetSize(file, 9_900, 9_900);
        JpegDecoder.Decode(JpegGolden.Encoded(name), ImageReaderOptions.Default);
        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(file, "cannot hold 9900 x 9900 pixels");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Scans_without_end_are_refused()
    {
        byte[] file = JpegGolden.Encoded("progressive-grey");
        int tables = file.AsSpan().IndexOf([(byte)0xFF, JpegMarker.Dht]);
        using var data = new EntropyData();
        data.Read(file, ScanData(file));
        byte[][] parts = [file[..tables], .. Enumerable.Repeat(file[tables..data.EndOffset], 2000), file[data.EndOffset..]];
        AssertRefused([.. parts.SelectMany(p => p)], "scans over the picture");
        // A few repetitions are merely odd.
        Assert.Equal(
            JpegGolden.Expected("progressive-grey").Pixels,
            JpegDecoder.Decode([.. parts[..6].Append(parts[^1]).SelectMany(p => p)], ImageReaderOptions.Default).Pixels
        );
    }

    [Fact]
    public void A_picture_whose_scans_are_all_of_no_use_is_flat()
    {
        byte[] file = JpegGolden.Encoded("progressive-grey");
        int next(int from) => from + file.AsSpan(from).IndexOf([(byte)0xFF, JpegMarker.Sos]);
        int first = next(0), second = next(first + 2), third = next(second + 2);
        // The second scan alone has AC coefficients, and at this scale only DC values count.
        byte[] acOnly = [.. file.AsSpan(0, first), .. file.AsSpan(second, third - second), 0xFF, JpegMarker.Eoi];
        Assert.All(JpegDecoder.Decode(acOnly, new ImageReaderOptions { WantedSize = (1, 1) }).Pixels, p => Assert.Equal(128, p));
    }

    [Fact]
    public void A_writer_may_end_a_refining_scan_early()
    {
        byte[] file = JpegGolden.Encoded("progressive-grey");
        int lastScan = file.AsSpan().LastIndexOf([(byte)0xFF, JpegMarker.Sos]), data = lastScan + 10;
        byte[] whole = JpegGolden.Expected("progressive-grey").Pixels;
        byte[] without = JpegDecoder.Decode([.. file.AsSpan(0, lastScan), 0xFF, JpegMarker.Eoi], ImageReaderOptions.Default).Pixels;
        byte[] early = JpegDecoder.Decode([.. file.AsSpan(0, data + 100), 0xFF, JpegMarker.Eoi], ImageReaderOptions.Default).Pixels;
        // The first blocks are refined and the last ones are not; the data end within one.
        Assert.NotEqual(without, early);
        Assert.NotEqual(whole, early);
        Assert.InRange(Enumerable.Range(0, early.Length).Count(i => early[i] != whole[i] && early[i] != without[i]), 0, 64);
    }

    private static void AssertRefused(byte[] file, string reason)
    {
        var e = Assert.Throws<ImageFormatException>(() => JpegDecoder.Decode(file, ImageReaderOptions.Default));
        Assert.Equal("JPEG", e.Format);
        Assert.Contains(reason, e.Reason, StringComparison.Ordinal);
        Assert.InRange(e.Offset, 0, file.Length);
    }

    private static void Try(byte[] file, ImageReaderOptions options)
    {
        try
        {
            Assert.True(JpegDecoder.Decode(file, options).Channels is 1 or 3);
        }
        catch (ImageFormatException e)
        {
            Assert.InRange(e.Offset, 0, file.Length);
            Assert.False(string.IsNullOrWhiteSpace(e.Reason));
        }
    }

    private static void SetSize(byte[] file, int width, int height)
    {
        int header = FrameHeader(file);
        (file[header + 5], file[header + 6], file[header + 7], file[header + 8]) = (
            (byte)(height >> 8),
            (byte)height,
            (byte)(width >> 8),
            (byte)width
        );
    }

    private static int ScanData(byte[] file)
    {
        int scan = file.AsSpan().IndexOf([(byte)0xFF, JpegMarker.Sos]);
        return scan + 2 + ((file[scan + 2] << 8) | file[scan + 3]);
    }

    private static int FrameHeader(byte[] file) =>
        Math.Max(
            file.AsSpan().IndexOf([(byte)0xFF, JpegMarker.Sof0, (byte)0]),
            file.AsSpan().IndexOf([(byte)0xFF, JpegMarker.Sof2, (byte)0])
        );
}

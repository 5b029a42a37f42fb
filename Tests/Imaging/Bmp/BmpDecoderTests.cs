using System.Buffers.Binary;
using EmotionMLNet.Imaging;

namespace EmotionMLNet.Tests.Imaging.Bmp;

public class BmpDecoderTests
{
    [Theory]
    [InlineData(14, 13, "a header of 13 bytes")]
    [InlineData(18, -1, "a size of -1 x 11")]
    [InlineData(22, int.MinValue, "no side may be above")]
    [InlineData(30, 4, "a JPEG inside a BMP")]
    [InlineData(30, 5, "a PNG inside a BMP")]
    [InlineData(30, 1, "compression 1 with 24 bits")]
    [InlineData(10, 20, "inside the header")]
    [InlineData(22, 12, "the file ends here")]
    public void Broken_headers_are_refused_with_the_reason(int at, int value, string reason)
    {
        byte[] file = [.. FormatGolden.Named("BMP 24 bits").File];
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
        var e = Assert.Throws<ImageFormatException>(() => ImageReader.Read(file));
        Assert.Equal("BMP", e.Format);
        Assert.Contains(reason, e.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mask_with_gaps_is_refused()
    {
        byte[] file = [.. FormatGolden.Named("BMP bit fields 565").File];
        file[54] = 0x05;
        Assert.Contains("has gaps", Assert.Throws<ImageFormatException>(() => ImageReader.Read(file)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_that_end_early_are_refused()
    {
        byte[] file = FormatGolden.Named("BMP RLE8").File;
        var e = Assert.Throws<ImageFormatException>(() => ImageReader.Read(file.AsSpan(0, file.Length - 40)));
        Assert.Contains("the file ends here", e.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_padding_of_the_last_row_may_be_missing()
    {
        FormatGolden golden = FormatGolden.Named("BMP 24 bits");
        Assert.Equal(golden.Pixels, ImageReader.Read(golden.File.AsSpan(0, golden.File.Length - 1)).Pixels);
    }
}

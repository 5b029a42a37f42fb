using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Gif;

namespace EmotionMLNet.Tests.Imaging.Gif;

public class GifDecoderTests
{
    [Theory]
    [InlineData(new byte[] { 0b101_100 }, "the end code stands before the last pixel")] // clear, end
    [InlineData(new byte[] { 0b01_000_100 }, "the picture data end early")] // clear, 0, and two bits
    [InlineData(new byte[] { 0b11_000_100, 0b1 }, "code 7 has no meaning yet")] // clear, 0, 7
    [InlineData(new byte[] { 0b110_100 }, "code 6 has no meaning yet")] // clear, and a code defined by the one before, which is not there
    public void Bad_codes_are_refused(byte[] data, string problem)
    {
        bool decoded = GifLzw.TryDecode(data, 2, 10, 10, new Rows(), out string found);
        Assert.False(decoded);
        Assert.Equal(problem, found);
    }

    [Fact]
    public void A_code_may_stand_for_the_string_that_it_completes()
    {
        // clear, 1, 6 = "11", 7 = "111" as 3-bit codes, then 8 needs 4 bits.
        var rows = new Rows();
        Assert.True(GifLzw.TryDecode([0b10_001_100, 0b1111], 2, 3, 2, rows, out string problem), problem);
        Assert.Equal([1, 1, 1, 1, 1, 1], rows.Indices);
    }

    [Fact]
    public void A_file_that_ends_within_the_pixels_is_refused()
    {
        byte[] file = FormatGolden.Named("GIF 256 colours").File;
        var e = Assert.Throws<ImageFormatException>(() => ImageReader.Read(file.AsSpan(0, file.Length - 20)));
        Assert.Equal("the picture data end early", e.Reason);
    }

    [Fact]
    public void A_file_that_ends_after_the_pixels_is_read()
    {
        FormatGolden golden = FormatGolden.Named("GIF 256 colours");
        Assert.Equal(golden.Pixels, ImageReader.Read(golden.File.AsSpan(0, golden.File.Length - 2)).Pixels);
    }

    [Fact]
    public void A_file_without_a_picture_or_palette_is_refused()
    {
        Assert.Equal("the file ends without a picture", Refusal([.. "GIF89a"u8, 1, 0, 1, 0, 0, 0, 0, 0x3B]));
        Assert.Equal("there is no palette", Refusal([.. "GIF89a"u8, 1, 0, 1, 0, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2]));
        Assert.Equal("a block of unknown kind 99", Refusal([.. "GIF89a"u8, 1, 0, 1, 0, 0, 0, 0, 0x99]));
    }

    private sealed class Rows : GifLzw.IRows
    {
        public List<byte> Indices { get; } = [];

        public void Add(ReadOnlySpan<byte> indices) => Indices.AddRange(indices);
    }

    private static string Refusal(byte[] file) => Assert.Throws<ImageFormatException>(() => ImageReader.Read(file)).Reason;
}

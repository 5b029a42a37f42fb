using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.WebP;
using static EmotionMLNet.Tests.Imaging.WebP.WebPBuilder;

namespace EmotionMLNet.Tests.Imaging.WebP;

public sealed class WebPFileTests
{
    private static readonly byte[] Lossy = WebPGolden.Encoded("lossy-q75");
    private static readonly byte[] Lossless = WebPGolden.Encoded("lossless-scene");
    private static readonly (int Width, int Height) Size = (45, 37);

    public static TheoryData<string, byte[], string> Refused => new()
    {
        { "cut off", Lossy[..^1], "cut off" },
        { "only the header", Riff(), "leaves no room" },
        { "unknown first chunk", Riff(Chunk("JUNK", [1, 2]), Body(Lossy)), "'JUNK'" },
        { "chunk beyond the end", Riff("VP8 \u00FF\0\0\0"u8.ToArray()), "are left" },
        { "short extended header", Riff(Chunk("VP8X", [0, 0, 0, 0]), Body(Lossy)), "VP8X" },
        { "canvas of another size", Riff(Extended(Size.Width + 1, Size.Height), Body(Lossy)), "announces 46 x 37" },
        { "lossless canvas of another size", Riff(Extended(Size.Width, 1), Body(Lossless)), "announces 45 x 1" },
        { "no picture", Riff(Extended(Size.Width, Size.Height), Chunk("EXIF", [])), "no picture" },
        { "animation without frame", Riff(Extended(Size.Width, Size.Height, 0x02), Body(Lossy)), "no picture" },
        {
            "frame outside the canvas",
            Riff(Extended(50, 40, 0x02), Frame(6, 0, Size.Width, Size.Height, Body(Lossy))),
            "leaves the canvas"
        },
        { "frame of another size", Riff(Extended(50, 40, 0x02), Frame(0, 0, 40, 40, Body(Lossy))), "announces 40 x 40" },
        { "frame without picture", Riff(Extended(50, 40, 0x02), Frame(0, 0, 40, 40)), "no picture" },
        { "frame without header", Riff(Extended(50, 40, 0x02), Chunk("ANMF", [0, 0])), "less than its header" },
        { "empty alpha", Riff(Extended(Size.Width, Size.Height, 0x10), Chunk("ALPH", []), Body(Lossy)), "alpha chunk is empty" },
        { "short alpha", Riff(Extended(Size.Width, Size.Height, 0x10), Chunk("ALPH", [0, 1, 2]), Body(Lossy)), "alpha chunk has" },
        { "unknown alpha", Riff(Extended(Size.Width, Size.Height, 0x10), Chunk("ALPH", [2, 1, 2]), Body(Lossy)), "alpha header" },
        { "inter frame", Changed(Lossy, 20, b => (byte)(b | 1)), "no key frame" },
        { "hidden frame", Changed(Lossy, 20, b => (byte)(b & ~0x10)), "not to be shown" },
        { "unknown profile", Changed(Lossy, 20, b => (byte)(b | 0x0E)), "profile 7" },
        { "start code", Changed(Lossy, 24, b => (byte)(b + 1)), "start code" },
        { "first partition too long", Changed(Lossy, 22, _ => 0xFF), "first partition" },
        { "no width", Changed(Changed(Lossy, 26, _ => 0), 27, _ => 0), "0 x 37" },
        { "huge for its bytes", Changed(Changed(Lossy, 27, _ => 0x3F), 29, _ => 0x0F), "cannot serve" },
        { "lossless signature", Changed(Lossless, 20, _ => 0x2E), "signature" },
        { "lossless version", Changed(Lossless, 24, b => (byte)(b | 0xE0)), "version 7" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_broken_file_is_refused_with_its_reason(string what, byte[] file, string reason)
    {
        var error = Assert.Throws<ImageFormatException>(() => WebPDecoder.Decode(file, ImageReaderOptions.Default));
        Assert.True(error.Reason.Contains(reason, StringComparison.Ordinal), $"{what}: {error.Message}");
        Assert.InRange(error.Offset, 0, file.Length);
    }

    [Fact]
    public void Unknown_chunks_are_passed_over()
    {
        byte[] file = Riff(
            Extended(Size.Width, Size.Height),
            Chunk("ICCP", [1, 2, 3]),
            Chunk("what", [4]),
            Body(Lossy),
            Chunk("XMP ", [5])
        );
        Assert.Equal(Decode(Lossy).Pixels, Decode(file).Pixels);
    }

    [Fact]
    public void Bytes_after_the_announced_end_are_ignored() =>
        Assert.Equal(Decode(Lossy).Pixels, Decode([.. Lossy, .. "RIFF trailing"u8]).Pixels);

    [Fact]
    public void The_last_chunk_may_lack_its_padding()
    {
        byte[] file = Riff(Extended(Size.Width, Size.Height), Body(Lossy), Chunk("XMP ", [5]));
        file[4]--;
        Assert.Equal(Decode(Lossy).Pixels, Decode(file[..^1]).Pixels);
    }

    [Fact]
    public void The_scaling_bits_are_ignored()
    {
        byte[] file = Changed(Changed(Lossy, 27, b => (byte)(b | 0x80)), 29, b => (byte)(b | 0x40));
        Assert.Equal(Decode(Lossy).Pixels, Decode(file).Pixels);
    }

    [Fact]
    public void Alpha_beside_a_lossless_picture_is_ignored()
    {
        byte[] file = Riff(Extended(Size.Width, Size.Height, 0x10), Chunk("ALPH", new byte[1 + Size.Width * Size.Height]), Body(Lossless));
        Assert.Equal(Decode(Lossless).Pixels, Decode(file).Pixels);
    }

    private static Image Decode(byte[] file) => WebPDecoder.Decode(file, ImageReaderOptions.Default);

    private static byte[] Changed(byte[] file, int offset, Func<byte, byte> change)
    {
        byte[] copy = [.. file];
        copy[offset] = change(copy[offset]);
        return copy;
    }
}

using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;

namespace EmotionMLNet.Tests.Imaging.Png;

public class PngDecoderTests
{
    private static readonly byte[] Signature = [0x89, .. "PNG\r\n"u8, 0x1A, 10];
    private static readonly byte[] Header = Chunk("IHDR", 0, 0, 0, 2, 0, 0, 0, 2, 8, 0, 0, 0, 0);
    private static readonly byte[] End = Chunk("IEND");
    private static readonly byte[] Pixels = Chunk("IDAT", Deflate(0, 10, 20, 0, 30, 40));

    [Fact]
    public void A_minimal_file_is_read()
    {
        Image image = Read(Header, Pixels, End);
        Assert.Equal([10, 20, 30, 40], image.Pixels);
    }

    [Fact]
    public void What_follows_the_pixels_may_be_missing() => Assert.Equal(4, Read(Header, Pixels).Pixels.Length);

    public static TheoryData<string, byte[][]> Broken => new()
    {
        { "the first chunk is IDAT", [Pixels, End] },
        { "there is no IDAT chunk", [Header, End] },
        { "IDAT chunks do not follow one another", [Header, Pixels, Chunk("tEXt", 65, 0, 66), Pixels, End] },
        { "PLTE after IDAT", [Header, Pixels, Chunk("PLTE", 1, 2, 3), End] },
        { "a second PLTE", [Header, Chunk("PLTE", 1, 2, 3), Chunk("PLTE", 1, 2, 3), Pixels, End] },
        { "PLTE has 4 bytes", [Header, Chunk("PLTE", 1, 2, 3, 4), Pixels, End] },
        { "a palette picture without a PLTE", [Chunk("IHDR", 0, 0, 0, 2, 0, 0, 0, 2, 8, 3, 0, 0, 0), Pixels, End] },
        { "unknown critical chunk ABCD", [Header, Chunk("ABCD"), Pixels, End] },
        { "tRNS has 3 bytes instead of 2", [Header, Chunk("tRNS", 0, 1, 2), Pixels, End] },
        { "not four letters", [Header, Chunk("a\nbc"), Pixels, End] },
        { "IHDR has 12 bytes", [Chunk("IHDR", 0, 0, 0, 2, 0, 0, 0, 2, 8, 0, 0, 0), Pixels, End] },
        { "impossible", [Chunk("IHDR", 0, 0, 0, 0, 0, 0, 0, 2, 8, 0, 0, 0, 0), Pixels, End] },
        { "compression method 1", [Chunk("IHDR", 0, 0, 0, 2, 0, 0, 0, 2, 8, 0, 1, 0, 0), Pixels, End] },
        { "filter method 1", [Chunk("IHDR", 0, 0, 0, 2, 0, 0, 0, 2, 8, 0, 0, 1, 0), Pixels, End] },
        { "interlace method 2", [Chunk("IHDR", 0, 0, 0, 2, 0, 0, 0, 2, 8, 0, 0, 0, 2), Pixels, End] },
        { "no side may be above", [Chunk("IHDR", 0, 64, 0, 0, 0, 0, 0, 1, 8, 0, 0, 0, 0), Pixels, End] },
        { "the pixel data end before", [Header, Chunk("IDAT", Deflate(0, 10, 20, 0, 30)), End] },
        { "filter type 5", [Header, Chunk("IDAT", Deflate(0, 10, 20, 5, 30, 40)), End] },
        { "are damaged", [Header, Chunk("IDAT", 0x78, 0x9C, 0xFF, 0xFF, 0xFF), End] },
    };

    [Theory, MemberData(nameof(Broken))]
    public void Broken_files_are_refused_with_the_reason(string reason, byte[][] chunks)
    {
        var e = Assert.Throws<ImageFormatException>(() => Read(chunks));
        Assert.Equal("PNG", e.Format);
        Assert.Contains(reason, e.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_checksum_of_a_critical_chunk_is_refused_where_it_stands()
    {
        foreach (int broken in (int[])[0, 1, 2])
        {
            byte[][] chunks = [[.. Header], [.. Pixels], [.. End]];
            chunks[broken][^1] ^= 1;
            var e = Assert.Throws<ImageFormatException>(() => Read(chunks));
            Assert.Contains("the checksum of", e.Reason, StringComparison.Ordinal);
            Assert.Equal(8 + chunks.Take(broken).Sum(c => c.Length), e.Offset);
        }
    }

    [Fact]
    public void A_damaged_ancillary_chunk_is_passed_over()
    {
        byte[] transparent = Chunk("tRNS", 0, 10);
        Assert.Equal(255, Read(Header, transparent, Pixels, End).Pixels[0]);
        transparent[^1] ^= 1;
        Assert.Equal([10, 20, 30, 40], Read(Header, transparent, Pixels, End).Pixels);
    }

    [Fact]
    public void An_index_beyond_the_palette_is_black()
    {
        byte[] header = Chunk("IHDR", 0, 0, 0, 2, 0, 0, 0, 1, 8, 3, 0, 0, 0);
        Assert.Equal([1, 2, 3, 0, 0, 0], Read(header, Chunk("PLTE", 1, 2, 3), Chunk("IDAT", Deflate(0, 0, 200)), End).Pixels);
    }

    [Fact]
    public void Damaged_signatures_are_named()
    {
        foreach (int i in (int[])[0, 1, 4, 6])
        {
            byte[] file = [.. Signature, .. Header, .. Pixels, .. End];
            file[i] = 0x20;
            var e = Assert.Throws<ImageFormatException>(() => ImageReader.Read(file));
            Assert.Contains("signature", e.Reason, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(6), InlineData(8)]
    public void Filters_are_undone_as_the_specification_writes_them(int step)
    {
        var random = new Random(step);
        for (int type = 0; type < 5; type++)
        {
            foreach (int length in (int[])[step, 2 * step, 24 * step, 67 * step])
            {
                byte[] row = new byte[length + PngFilter.Slack], above = new byte[length + PngFilter.Slack];
                random.NextBytes(row);
                random.NextBytes(above);
                byte[] wanted = [.. row];
                for (int i = 0; i < length; i++)
                {
                    int a = i >= step ? wanted[i - step] : 0, b = above[i], c = i >= step ? above[i - step] : 0, p = a + b - c;
                    int paeth = new[] { a, b, c }.MinBy(v => Math.Abs(p - v));
                    wanted[i] = (byte)(row[i] + new[] { 0, a, b, (a + b) / 2, paeth }[type]);
                }
                Assert.True(PngFilter.Undo(type, row, above, step));
                Assert.Equal(wanted, row);
            }
        }
    }

    [Fact]
    public void The_checksum_is_that_of_the_standard() => Assert.Equal(0xCBF43926u, Crc32.Compute("123456789"u8));

    private static Image Read(params byte[][] chunks) => ImageReader.Read([.. Signature, .. chunks.SelectMany(c => c)]);

    private static byte[] Chunk(string name, params byte[] data)
    {
        byte[] chunk = new byte[12 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        Encoding.ASCII.GetBytes(name, chunk.AsSpan(4));
        data.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), Crc32.Compute(chunk.AsSpan(4, 4 + data.Length)));
        return chunk;
    }

    private static byte[] Deflate(params byte[] data)
    {
        var memory = new MemoryStream();
        using (var zlib = new ZLibStream(memory, CompressionLevel.Optimal)) zlib.Write(data);
        return memory.ToArray();
    }
}

using EmotionMLNet.Imaging.Jpeg;
using EmotionMLNet.Imaging.Jpeg.Huffman;

namespace EmotionMLNet.Tests.Imaging.Jpeg;

public sealed unsafe class EntropyCodingTests
{
    [Fact]
    public void Stuffing_and_restart_markers_are_taken_out_and_their_places_kept()
    {
        byte[] file = [9, 9, 1, 0xFF, 0, 2, 0xFF, 0xD0, 3, 0xFF, 0xFF, 0xFF, 0, 0xFF, 0xFF, 0xD1, 4, 0xFF, 0xDA, 5];
        using var data = new EntropyData();
        data.Read(file, 2);
        Assert.Equal(3, data.Segments);
        Assert.Equal([1, 0xFF, 2, 3, 0xFF, 4], data.Bytes[..6]);
        Assert.Equal([(0, 3), (3, 5), (5, 6)], Enumerable.Range(0, 3).Select(data.Segment));
        Assert.Equal((17, false), (data.EndOffset, data.EndsWithFile));
        Assert.Equal([2, 3, 5, 6], Enumerable.Range(0, 4).Select(i => data.FileOffset(file, i)));
        Assert.Equal(17, data.FileOffset(file, 6));
        Assert.Equal(17, EntropyData.EndOf(file, 2));
    }

    [Theory]
    [
        InlineData(new byte[] { 1, 2 }, 2),
        InlineData(new byte[] { 1, 2, 0xFF }, 2),
        InlineData(new byte[] { 1, 0xFF, 0, 0xFF, 0xFF }, 2),
        InlineData(new byte[0], 0)
    ]
    public void Data_may_end_with_the_file(byte[] file, int length)
    {
        using var data = new EntropyData();
        data.Read(file, 0);
        Assert.True(data.EndsWithFile);
        Assert.Equal(file.Length, EntropyData.EndOf(file, 0));
        Assert.Equal((0, length), data.Segment(0));
        Assert.All(data.Bytes[length..(length + EntropyData.Padding)], b => Assert.Equal(0, b));
    }

    [Fact]
    public void A_table_that_is_defined_anew_is_that_of_its_last_definition()
    {
        byte[] counts = new byte[16];
        counts[1] = 3;
        HuffmanTable table = HuffmanTable.TryBuild(counts, [0x01, 0x02, 0x00], isDc: false)!,
            other = HuffmanTable.TryBuild(counts, [0x00, 0x12, 0x01], isDc: false)!;
        ushort before = table.Skip.Pointer[0];
        Assert.NotEqual(before, other.Skip.Pointer[0]);
        Assert.True(table.TryDefine(counts, [0x00, 0x12, 0x01], isDc: false));
        Assert.Equal(other.Lookup, table.Lookup);
        for (int i = 0; i < 1 << AcSkipTable.Bits; i++) Assert.Equal(other.Skip.Pointer[i], table.Skip.Pointer[i]);
        // A code that there is not leaves nothing behind that the next definition could be mistaken for.
        counts[0] = 3;
        Assert.False(table.TryDefine(counts, [0x00, 0x12, 0x01, 1, 2, 3], isDc: false));
        counts[0] = 0;
        Assert.True(table.TryDefine(counts, [0x01, 0x02, 0x00], isDc: false));
        Assert.Equal(before, table.Skip.Pointer[0]);
    }

    [Fact]
    public void Codes_of_every_length_are_found_with_their_values()
    {
        // One code of each length: 0, 10, 110, ... and for length n the symbol n - 1: run 0, n - 1 bits of value.
        byte[] counts = [.. Enumerable.Repeat((byte)1, 16)], symbols = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];
        HuffmanTable table = HuffmanTable.TryBuild(counts, symbols, isDc: true)!;
        byte[] bytes = new byte[EntropyData.Padding + 64];
        fixed (byte* p = bytes)
        {
            for (int size = 0; size < 16; size++)
            {
                foreach (int value in size == 0 ? (int[])[0] : [1 << (size - 1), (1 << size) - 1, -(1 << (size - 1)), 1 - (1 << size)])
                {
                    // Ones, a zero, then the value; negative ones less 1 (T.81, F.1.2.1).
                    ulong bits = (((1UL << size) - 1) << (size + 1)) | (uint)(value < 0 ? value + (1 << size) - 1 : value);
                    System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, bits << (64 - (2 * size + 1)));
                    var reader = new JpegBitReader();
                    reader.Begin(p, p + 8);
                    Assert.True(SequentialBlock.TryReadDc(ref reader, table, out int difference));
                    Assert.Equal((size, value, 64 - (2 * size + 1)), (size, difference, (int)(p + 8 - reader.Next) * 8 + reader.Count));
                }
            }
            bytes.AsSpan(0, 8).Fill(0xFF);
            var last = new JpegBitReader();
            last.Begin(p, p + 8);
            Assert.False(SequentialBlock.TryReadDc(ref last, table, out _));
        }
    }

    [Theory]
    [InlineData(3, 0, 0), InlineData(2, 1, 0), InlineData(0, 5, 0), InlineData(1, 2, 1)]
    public void Too_many_codes_are_no_table(byte ones, byte twos, byte threes)
    {
        byte[] counts = new byte[16], symbols = new byte[ones + twos + threes];
        (counts[0], counts[1], counts[2]) = (ones, twos, threes);
        Assert.Null(HuffmanTable.TryBuild(counts, symbols, isDc: false));
    }

    [Fact]
    public void Reading_two_coefficients_at_a_look_gives_what_reading_one_does()
    {
        var random = new Random(9);
        byte[] bytes = new byte[200_000 + EntropyData.Padding];
        random.NextBytes(bytes.AsSpan(0, 200_000));
        short* single = stackalloc short[64], several = stackalloc short[PairedAc.BlockLength];
        int blocks = 0;
        fixed (byte* p = bytes)
        {
            foreach (HuffmanTable table in (HuffmanTable[])[StandardHuffmanTables.LumaAc, StandardHuffmanTables.ChromaAc])
            {
                var one = new JpegBitReader();
                one.Begin(p, p + 200_000);
                JpegBitReader two = one;
                while (!one.IsOverrun && one.Next < p + 199_000)
                {
                    new Span<short>(single, 64).Clear();
                    new Span<short>(several, 64).Clear();
                    int expected = SequentialBlock.ReadAc(ref one, table, single);
                    int actual = AcReader.Read(ref two, new PairedAc(table.Pairs.Pointer, several), table);
                    Assert.Equal(expected, actual);
                    blocks++;
                    if (expected != SequentialBlock.Invalid)
                    {
                        Assert.Equal(one.Next - p - one.Count / 8.0, two.Next - p - two.Count / 8.0);
                        Assert.True(new Span<short>(single, 64).SequenceEqual(new Span<short>(several, 64)));
                        continue;
                    }
                    // Noise ends in bits that are no code: go on a byte later.
                    one.Begin(p + Math.Min(200_000, one.Next - p + 1), p + 200_000);
                    two = one;
                }
            }
        }
        Assert.True(blocks > 1000, $"{blocks} blocks");
    }

    [Fact]
    public void Bits_are_deposited_with_and_without_the_instruction()
    {
        var random = new Random(10);
        for (int i = 0; i < 1000; i++)
        {
            ulong value = (ulong)random.NextInt64() << 1,
                mask = (ulong)random.NextInt64() * 2 & (ulong)random.NextInt64(),
                deposited = BandReader.DepositOneByOne(value, mask);
            Assert.Equal(deposited, BandReader.Deposit(value, mask));
            // The j-th lowest place holds the j-th lowest bit.
            for (int place = 0, j = 0; place < 64; place++)
            {
                bool isPlace = (mask >> place & 1) != 0;
                Assert.Equal(isPlace ? value >> j & 1 : 0, deposited >> place & 1);
                if (isPlace) j++;
            }
        }
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void Passing_over_coefficients_takes_the_bits_that_reading_them_takes(bool oneByOne)
    {
        var random = new Random(8);
        byte[] bytes = new byte[200_000 + EntropyData.Padding];
        random.NextBytes(bytes.AsSpan(0, 200_000));
        short* block = stackalloc short[64];
        int blocks = 0;
        fixed (byte* p = bytes)
        {
            foreach (HuffmanTable table in (HuffmanTable[])[StandardHuffmanTables.LumaAc, StandardHuffmanTables.ChromaAc])
            {
                AcSkipTable several = oneByOne ? AcSkipTable.Stepping : table.Skip;
                var read = new JpegBitReader();
                read.Begin(p, p + 200_000);
                JpegBitReader skip = read;
                while (!read.IsOverrun && read.Next < p + 199_000)
                {
                    bool valid = SequentialBlock.ReadAc(ref read, table, block) != SequentialBlock.Invalid;
                    Assert.Equal(valid, AcReader.Read(ref skip, new SkippedAc(several.Pointer), table) != SequentialBlock.Invalid);
                    if (valid) Assert.Equal(read.Next - p - read.Count / 8.0, skip.Next - p - skip.Count / 8.0);
                    blocks++;
                    // Noise ends in bits that are no code: go on a byte later.
                    if (!valid) read.Begin(p + Math.Min(200_000, read.Next - p + 1), p + 200_000);
                    if (!valid) skip = read;
                }
            }
        }
        Assert.True(blocks > 1000, $"{blocks} blocks");
    }
}

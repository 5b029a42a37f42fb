using EmotionMLNet.Imaging.WebP.Lossless;

namespace EmotionMLNet.Tests.Imaging.WebP.Lossless;

public sealed class HuffmanTablesTests
{
    [Fact]
    public void Random_codes_decode_what_their_canonical_words_say()
    {
        var random = new Random(1);
        var tables = new HuffmanTables(mostEntries: int.MaxValue);
        for (int round = 0; round < 200; round++)
        {
            byte[] lengths = RandomCompleteCode(random, symbols: random.Next(2, 2328), maxLength: HuffmanTables.MaxLength);
            Assert.True(tables.TryAdd(lengths, out HuffmanCode code));
            (int Word, int Length)[] words = CanonicalWords(lengths);
            int[] used = [.. Enumerable.Range(0, lengths.Length).Where(s => lengths[s] > 0)];
            int[] message = [.. Enumerable.Range(0, 100).Select(_ => used[random.Next(used.Length)])];
            byte[] packed = Pack(message.SelectMany(s => Bits(words[s])));
            var reader = new BitReader(packed, packed.Length, 0);
            foreach (int symbol in message)
            {
                reader.Fill();
                Assert.Equal(symbol, tables.Read(code, ref reader));
            }
        }
    }

    [Fact]
    public void A_single_symbol_takes_no_bit()
    {
        var tables = new HuffmanTables(mostEntries: int.MaxValue);
        Assert.True(tables.TryAdd([0, 0, 0, 5], out HuffmanCode code));
        var reader = new BitReader([0b1010], 1, 0);
        Assert.Equal(3, tables.Read(code, ref reader));
        Assert.Equal(0b1010, reader.Read(4));
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0 })]
    [InlineData(new byte[] { 1, 2, 0 })]
    [InlineData(new byte[] { 1, 1, 1 })]
    [InlineData(new byte[] { 1, 2, 2, 15 })]
    public void Empty_incomplete_and_overfull_codes_are_refused(byte[] lengths) =>
        Assert.False(new HuffmanTables(mostEntries: int.MaxValue).TryAdd(lengths, out _));

    /// <summary>Splits leaves of a tree at random, then deals the depths out to symbols.</summary>
    private static byte[] RandomCompleteCode(Random random, int symbols, int maxLength)
    {
        List<byte> leaves = [1, 1];
        int wanted = random.Next(2, symbols + 1);
        for (int tries = 0; leaves.Count < wanted && tries < 20 * symbols; tries++)
        {
            // Deep leaves are preferred now and then, so that all lengths occur.
            int i = random.Next(3) == 0 ? leaves.IndexOf(leaves.Max()) : random.Next(leaves.Count);
            if (leaves[i] == maxLength) continue;
            leaves[i]++;
            leaves.Add(leaves[i]);
        }
        byte[] lengths = new byte[symbols];
        int[] places = [.. Enumerable.Range(0, symbols)];
        random.Shuffle(places);
        for (int i = 0; i < leaves.Count; i++) lengths[places[i]] = leaves[i];
        return lengths;
    }

    private static (int Word, int Length)[] CanonicalWords(byte[] lengths)
    {
        var words = new (int, int)[lengths.Length];
        int word = 0;
        for (int length = 1; length <= HuffmanTables.MaxLength; length++, word <<= 1)
        {
            for (int symbol = 0; symbol < lengths.Length; symbol++)
            {
                if (lengths[symbol] == length) words[symbol] = (word++, length);
            }
        }
        return words;
    }

    private static IEnumerable<bool> Bits((int Word, int Length) word) =>
        Enumerable.Range(0, word.Length).Select(i => ((word.Word >> (word.Length - 1 - i)) & 1) != 0);

    private static byte[] Pack(IEnumerable<bool> bits)
    {
        bool[] all = [.. bits];
        byte[] bytes = new byte[all.Length / 8 + 1];
        for (int i = 0; i < all.Length; i++) bytes[i / 8] |= (byte)(all[i] ? 1 << (i % 8) : 0);
        return bytes;
    }
}

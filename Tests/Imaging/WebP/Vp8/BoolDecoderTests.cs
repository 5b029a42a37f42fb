using EmotionMLNet.Imaging.WebP.Vp8;

namespace EmotionMLNet.Tests.Imaging.WebP.Vp8;

public sealed class BoolDecoderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(10_000)]
    public void What_the_encoder_of_the_specification_writes_is_read_back(int count)
    {
        var random = new Random(count);
        (bool Bit, int Probability)[] message = [.. Enumerable.Range(0, count).Select(_ =>
        {
            int probability = random.Next(1, 256);
            return (random.Next(256) >= probability, probability);
        })];
        byte[] coded = Encode(message);
        // Not at the start of the array, and with something else behind.
        var decoder = new BoolDecoder([1, 2, 3, .. coded, 4, 5], 3, coded.Length);
        foreach ((bool bit, int probability) in message) Assert.Equal(bit, decoder.Read(probability));
        Assert.False(decoder.PastEnd);
        for (int i = 0; i < 64; i++) decoder.ReadFlag();
        Assert.True(decoder.PastEnd);
    }

    [Fact]
    public void Numbers_come_most_significant_bit_first_and_signs_behind()
    {
        // A flag, then 0b1011 and its sign.
        byte[] coded = Encode([.. new[] { true, true, false, true, true, true, false }.Select(b => (b, 128))]);
        var decoder = new BoolDecoder(coded, 0, coded.Length);
        Assert.Equal(-11, decoder.ReadOptionalSigned(4));
        Assert.Equal(0, decoder.ReadOptionalSigned(4));
    }

    /// <summary>RFC 6386, section 7.3, with a carry that runs back through the output.</summary>
    private static byte[] Encode((bool Bit, int Probability)[] message)
    {
        List<byte> output = [];
        uint range = 255;
        uint bottom = 0;
        int bitsToGo = 24;
        foreach ((bool bit, int probability) in message)
        {
            uint split = 1 + (((range - 1) * (uint)probability) >> 8);
            if (bit)
            {
                // 'bottom' has 32 bits: a sum beyond them is the carry.
                uint sum = bottom + split;
                if (sum < bottom) Carry(output);
                bottom = sum;
                range -= split;
            }
            else
            {
                range = split;
            }
            while (range < 128)
            {
                range <<= 1;
                if ((bottom & 0x8000_0000) != 0) Carry(output);
                bottom <<= 1;
                if (--bitsToGo != 0) continue;
                output.Add((byte)(bottom >> 24));
                bottom &= 0x00FF_FFFF;
                bitsToGo = 8;
            }
        }
        if ((bottom & (1u << (32 - bitsToGo))) != 0) Carry(output);
        bottom <<= bitsToGo & 7;
        for (int i = bitsToGo >> 3; i > 0; i--) bottom <<= 8;
        for (int i = 0; i < 4; i++, bottom <<= 8) output.Add((byte)(bottom >> 24));
        return [.. output];
    }

    private static void Carry(List<byte> output)
    {
        int i = output.Count - 1;
        while (output[i] == 255) output[i--] = 0;
        output[i]++;
    }
}

namespace EmotionMLNet.Kernels;

/// <summary>Random bits as a function of (seed, counter) alone, so that threads may draw them in any order: SplitMix64, Steele et al. 2014.</summary>
internal static class CounterRandom
{
    /// <summary>64 bits.</summary>
    public static ulong Bits(ulong seed, ulong counter)
    {
        ulong z = seed + (counter + 1) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Writes 0 with probability <paramref name="rate"/>, else 1 / (1 - rate), for positions first, first + 1, ... of the draw.</summary>
    /// <remarks>Four positions share 64 bits, so the rate is exact to 1/65536.</remarks>
    public static void Mask(ulong seed, int first, float rate, Span<float> mask)
    {
        var threshold = (uint)MathF.Round(rate * 65536);
        float keep = 65536f / (65536 - threshold);
        for (int i = 0; i < mask.Length; i++)
        {
            int position = first + i;
            ulong bits = Bits(seed, (ulong)position >> 2) >> (16 * (position & 3));
            mask[i] = (bits & 0xFFFF) < threshold ? 0 : keep;
        }
    }
}

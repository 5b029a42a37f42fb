namespace EmotionMLNet.Kernels;

/// <summary>
/// Random bits as a function of (seed, counter) alone, so that threads may draw them in any order: SplitMix64, Steele et al. 2014.
/// </summary>
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
}

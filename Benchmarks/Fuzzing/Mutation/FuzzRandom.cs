namespace EmotionMLNet.Benchmarks.Fuzzing.Mutation;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood 2014): a seed gives the same inputs on every machine and under every version of .NET.
/// </summary>
internal sealed class FuzzRandom(ulong seed)
{
    private ulong state = seed;

    /// <summary>One generator a block of inputs, so that a block can be run again without those before it.</summary>
    public static FuzzRandom For(string family, int seed, long block)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in family) hash = (hash ^ c) * 1099511628211;
        return new FuzzRandom(new FuzzRandom(hash ^ (ulong)(uint)seed << 32 ^ (ulong)block).Next());
    }

    public ulong Next()
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }

    /// <summary>0 up to below <paramref name="end"/>; 0 where that is not above it.</summary>
    public int Below(int end) => end <= 1 ? 0 : (int)(Next() % (ulong)end);

    public bool OneIn(int count) => Below(count) == 0;

    public byte Byte() => (byte)Next();

    public T Of<T>(IReadOnlyList<T> items) => items[Below(items.Count)];
}

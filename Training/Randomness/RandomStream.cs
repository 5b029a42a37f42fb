using EmotionMLNet.Kernels;

namespace EmotionMLNet.Training.Randomness;

/// <summary>
/// Distributions drawn from the counter-based <see cref="CounterRandom"/>: draw n is a function of key and n. Whatever is drawn
/// depends on the key alone, never on threads or on what was drawn elsewhere.
/// </summary>
internal struct RandomStream(ulong key)
{
    private ulong count;

    /// <summary>A key for one thing (an epoch, an image, a purpose) under another key.</summary>
    public static ulong Key(ulong key, ulong item) => CounterRandom.Bits(CounterRandom.Bits(key, item) ^ 0x8CB92BA72F3D8DD7, item);

    /// <summary>64 uniform bits.</summary>
    public ulong NextUInt64() => CounterRandom.Bits(key, count++);

    /// <summary>Uniform in [0, 1), 24 bits.</summary>
    public float NextSingle() => (NextUInt64() >> 40) * (1f / (1 << 24));

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1L << 53));

    /// <summary>Uniform in [low, high).</summary>
    public float Between(float low, float high) => low + (high - low) * NextSingle();

    /// <summary>Uniform in [0, count). The bias of the multiply-shift is below count / 2^64.</summary>
    public int Next(int count) => (int)Math.BigMul(NextUInt64(), (ulong)count, out _);

    /// <summary>Standard normal: Box and Muller 1958.</summary>
    public double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    /// <summary>Beta(α, α) as the share of one of two gamma variates.</summary>
    public double NextBeta(double alpha)
    {
        double x = NextGamma(alpha), y = NextGamma(alpha);
        return x + y > 0 ? x / (x + y) : 0.5;
    }

    /// <summary>Fisher-Yates.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>Gamma(shape, 1): Marsaglia and Tsang 2000, with their U^(1/shape) step below 1.</summary>
    private double NextGamma(double shape)
    {
        double boost = 1;
        if (shape < 1)
        {
            boost = Math.Pow(1 - NextDouble(), 1 / shape);
            shape += 1;
        }
        double d = shape - 1.0 / 3, c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = NextNormal(), v = 1 + c * x;
            if (v <= 0) continue;
            v = v * v * v;
            if (Math.Log(1 - NextDouble()) < 0.5 * x * x + d - d * v + d * Math.Log(v)) return boost * d * v;
        }
    }
}

namespace EmotionMLNet.Tests.Support;

/// <summary>Seeded inputs of kernels.</summary>
internal static class RandomValues
{
    /// <summary>Uniform in (-range, range).</summary>
    public static float[] Uniform(int count, int seed, float range = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => range * (float)(2 * random.NextDouble() - 1))];
    }
}

namespace EmotionMLNet.Layers;

/// <summary>Draws initial weights.</summary>
internal static class Initialisation
{
    /// <summary>N(0, deviation²) by Box and Muller 1958.</summary>
    public static void Normal(Span<float> values, double deviation, Random random)
    {
        for (int i = 0; i < values.Length; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())), angle = 2 * Math.PI * random.NextDouble();
            values[i] = (float)(deviation * radius * Math.Cos(angle));
        }
    }

    /// <summary>Uniform within ±bound.</summary>
    public static void Uniform(Span<float> values, double bound, Random random)
    {
        foreach (ref float v in values) v = (float)(bound * (2 * random.NextDouble() - 1));
    }
}

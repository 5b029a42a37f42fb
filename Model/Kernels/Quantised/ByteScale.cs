namespace EmotionMLNet.Kernels.Quantised;

/// <summary>What a byte q of an activation stands for: (q - <paramref name="Zero"/>) · <paramref name="Step"/>.</summary>
/// <param name="Step">Distance of two neighbouring values; positive.</param>
/// <param name="Zero">The byte that means exactly 0: what ReLU cuts at and what padding is filled with.</param>
internal readonly record struct ByteScale(float Step, byte Zero)
{
    /// <summary>The scale that spreads 256 values over a range, widened to hold 0.</summary>
    public static ByteScale FromRange(float least, float largest)
    {
        double low = Math.Min(least, 0), high = Math.Max(largest, 0), step = (high - low) / byte.MaxValue;
        return step > 0 && double.IsFinite(step) ? new ByteScale((float)step, (byte)Math.Round(-low / step)) : new ByteScale(1, 0);
    }
}

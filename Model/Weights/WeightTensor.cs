namespace EmotionMLNet.Weights;

/// <summary>A named tensor of a weights file.</summary>
/// <param name="Name">The name in the file, such as "layer1.0.conv1.weight".</param>
/// <param name="Dimensions">Extents, slowest first.</param>
/// <param name="Read">Reads the values, row-major; fractions of other precision and whole numbers are converted.</param>
internal sealed record WeightTensor(string Name, long[] Dimensions, Func<float[]> Read)
{
    /// <exception cref="WeightFormatException">No machine has so many.</exception>
    public static int CheckedLength(string name, IReadOnlyList<long> dimensions)
    {
        long length = 1;
        foreach (long d in dimensions)
            if (d < 0 || (d > 0 && length > int.MaxValue / 4 / d) || (length *= d) < 0)
                throw new WeightFormatException(
                    $"tensor '{BrokenContent.Short(name)}' of impossible size [{string.Join(", ", dimensions)}]"
                );
        return (int)length;
    }
}

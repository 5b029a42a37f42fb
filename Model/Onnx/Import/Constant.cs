namespace EmotionMLNet.Onnx.Import;

/// <summary>Numbers that do not depend on the picture: weights, and the shapes that graphs compute. Fractions or whole numbers.</summary>
internal sealed class Constant : Value
{
    /// <summary>Most values that a computed constant may have: shapes and masks, not weights.</summary>
    private const long MostComputed = 1 << 22;

    private readonly OnnxTensor? tensor;
    private float[]? floats;
    private long[]? whole;

    /// <exception cref="OnnxFormatException">The extents are not those of so many values.</exception>
    public Constant(long[] dimensions, float[] values)
    {
        Dimensions = Checked(dimensions, values.Length);
        floats = values;
        IsFloat = true;
    }

    /// <exception cref="OnnxFormatException">The extents are not those of so many values.</exception>
    public Constant(long[] dimensions, long[] values)
    {
        Dimensions = Checked(dimensions, values.Length);
        whole = values;
    }

    public Constant(OnnxTensor tensor)
    {
        Dimensions = tensor.Dimensions;
        this.tensor = tensor;
        IsFloat = tensor.IsFloat;
    }

    public override long[] Dimensions { get; }

    public bool IsFloat { get; }

    /// <summary>The values; whole numbers are converted.</summary>
    public float[] Floats => floats ??= IsFloat ? tensor!.Floats() : [.. Ints.Select(i => (float)i)];

    /// <summary>The values; fractions are cut off, as Cast does.</summary>
    public long[] Ints => whole ??= IsFloat ? [.. Floats.Select(f => (long)f)] : tensor!.Ints();

    /// <summary>
    /// Counted, not announced: a tensor whose extents are not those of its data is refused here, before anybody makes room for it.
    /// </summary>
    public int Length => IsFloat ? Floats.Length : Ints.Length;

    /// <summary>The same values under other extents.</summary>
    public Constant Reshape(long[] dimensions) => IsFloat ? new Constant(dimensions, Floats) : new Constant(dimensions, Ints);

    /// <summary>The values at the given places.</summary>
    public Constant Pick(long[] dimensions, IReadOnlyList<int> places) =>
        IsFloat ? new Constant(dimensions, [.. places.Select(p => Floats[p])]) : new Constant(dimensions, [.. places.Select(p => Ints[p])]);

    /// <param name="dimensions">The extents of a tensor that is computed.</param>
    /// <param name="given">Values that it is made from: as many again are never too many.</param>
    /// <exception cref="OnnxFormatException">More values than any shape computation has.</exception>
    public static int CheckedLength(long[] dimensions, long given = 0)
    {
        if (dimensions.Length > OnnxTensor.MostAxes) throw new OnnxFormatException($"a computed tensor of {dimensions.Length} axes");
        long length = 1;
        foreach (long d in dimensions)
            if (d is < 0 or > int.MaxValue || (length *= d) > Math.Max(MostComputed, given))
                throw new OnnxFormatException($"a computed tensor of impossible size [{string.Join(", ", dimensions)}]");
        return (int)length;
    }

    private static long[] Checked(long[] dimensions, int values) =>
        CheckedLength(dimensions, values) == values
            ? dimensions
            : throw new OnnxFormatException($"a computed tensor [{string.Join(", ", dimensions)}] of {values} values");
}

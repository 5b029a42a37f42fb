namespace EmotionMLNet.Layers;

/// <summary>
/// A named array of weights, in the dimension order and under the name that PyTorch uses, so that checkpoints interchange.
/// </summary>
internal sealed class Parameter
{
    /// <summary>Creates a zero-filled parameter.</summary>
    /// <param name="name">Name inside its layer: <c>weight</c>, <c>bias</c>, <c>running_mean</c>, <c>running_var</c>.</param>
    /// <param name="trainable">False for running statistics, which no optimiser touches.</param>
    /// <param name="decays">Whether weight decay applies: true for the weights of convolutions and linear layers only.</param>
    /// <param name="dimensions">The extents, for instance [Out, In / groups, KernelHeight, KernelWidth].</param>
    public Parameter(string name, bool trainable, bool decays, params int[] dimensions)
    {
        ArgumentNullException.ThrowIfNull(dimensions);
        Name = name;
        Trainable = trainable;
        Decays = decays;
        Dimensions = dimensions;
        Values = new float[dimensions.Aggregate(1, (a, b) => checked(a * b))];
    }

    /// <summary>Name inside its layer.</summary>
    public string Name { get; }

    /// <summary>Whether an optimiser changes it.</summary>
    public bool Trainable { get; }

    /// <summary>Whether weight decay applies.</summary>
    public bool Decays { get; }

    /// <summary>
    /// Scales the learning rate, for layers that were trained before; 0 freezes the parameter, and then no gradient is computed for it.
    /// </summary>
    internal float LearningRateFactor { get; set; } = 1;

    /// <summary>Whether an optimiser changes it now.</summary>
    internal bool Learns => Trainable && LearningRateFactor > 0;

    /// <summary>Extents, slowest first.</summary>
    public IReadOnlyList<int> Dimensions { get; }

    /// <summary>Number of values.</summary>
    public int Length => Values.Length;

    /// <summary>The values, row-major over <see cref="Dimensions"/>.</summary>
    internal float[] Values { get; }

    /// <summary>
    /// dLoss/dValue of the latest backward pass, as long as <see cref="Values"/>; made by a training plan, null in a predictor.
    /// </summary>
    internal float[]? Gradient { get; set; }

    /// <summary>Whether every value is a finite number.</summary>
    internal bool IsFinite
    {
        get
        {
            // An infinity or NaN times 0 is NaN, and stays it in a sum.
            float sum = 0;
            foreach (float v in Values) sum += v * 0;
            return sum == 0;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} [{string.Join(", ", Dimensions)}]";
}

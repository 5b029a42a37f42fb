namespace EmotionMLNet.Training.Tuning.Space;

/// <summary>What can be drawn from the unit cube: a range, a choice, or a space of several.</summary>
public abstract record OptionBase
{
    private protected OptionBase() { }

    /// <summary>Conditions, all of which must hold where the option counts; empty means always.</summary>
    public IReadOnlyList<Condition> When { get; init; } = [];

    /// <summary>Dimensions of the unit cube that the option takes: 1, or those of all inner ones together.</summary>
    public abstract int FeatureSpaceDim { get; }

    /// <summary>The value that is tried first.</summary>
    public abstract Parameter DefaultValue { get; }

    /// <summary>The parameter at a point of the unit cube.</summary>
    /// <param name="feature">[<see cref="FeatureSpaceDim"/>], each 0 to 1, both included.</param>
    /// <exception cref="ArgumentException">The point has another number of dimensions.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A coordinate is outside 0 to 1.</exception>
    public Parameter SampleFromFeatureSpace(IReadOnlyList<double> feature)
    {
        ArgumentNullException.ThrowIfNull(feature);
        if (feature.Count != FeatureSpaceDim)
            throw new ArgumentException($"The point has {feature.Count} dimensions, the option {FeatureSpaceDim}.", nameof(feature));
        if (feature.FirstOrDefault(u => !(u is >= 0 and <= 1), 0) is not 0 and var outside)
            throw new ArgumentOutOfRangeException(nameof(feature), outside, "Coordinates are 0 to 1.");
        return Sample(feature);
    }

    /// <summary>
    /// The point of a parameter: [<see cref="FeatureSpaceDim"/>], each 0 to 1. Values outside a range are taken as its nearest end; what
    /// has a few values lies in the middle of its cell; what the parameter lacks lies at its default.
    /// </summary>
    /// <param name="parameter">A parameter of this option.</param>
    /// <exception cref="ArgumentException">The parameter is of another kind or none of the choices.</exception>
    public double[] MappingToFeatureSpace(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return Map(parameter);
    }

    /// <summary>Whether both are of one kind with the same content.</summary>
    /// <param name="other">Another option, or null.</param>
    public virtual bool Equals(OptionBase? other) =>
        other is not null && EqualityContract == other.EqualityContract && When.SequenceEqual(other.When);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(EqualityContract, When.Count);

    private protected abstract Parameter Sample(IReadOnlyList<double> feature);

    private protected abstract double[] Map(Parameter parameter);

    /// <summary>Values that the option can have; 0 where they are a continuum.</summary>
    internal abstract int ValueCount { get; }
}

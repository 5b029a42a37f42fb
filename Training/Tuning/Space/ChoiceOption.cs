namespace EmotionMLNet.Training.Tuning.Space;

/// <summary>One of several values without an order.</summary>
public sealed record ChoiceOption : OptionBase
{
    /// <summary>Makes the choice.</summary>
    /// <param name="choices">At least one value, each different.</param>
    /// <param name="defaultValue">The one that is tried first.</param>
    /// <exception cref="ArgumentException">There are no values, one stands there twice, or the default is none of them.</exception>
    public ChoiceOption(IReadOnlyList<Parameter> choices, Parameter defaultValue)
    {
        ArgumentNullException.ThrowIfNull(choices);
        if (choices.Count == 0) throw new ArgumentException("There is nothing to choose from.", nameof(choices));
        if (choices.Any(c => c.IsNested)) throw new ArgumentException("Choices are single values.", nameof(choices));
        if (choices.GroupBy(c => c).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"The choice {twice.Key} stands there twice.", nameof(choices));
        if (!choices.Contains(defaultValue))
            throw new ArgumentException($"The default {defaultValue} is none of {string.Join(", ", choices)}.", nameof(defaultValue));
        Choices = [.. choices];
        DefaultValue = defaultValue;
    }

    /// <summary>The values.</summary>
    public IReadOnlyList<Parameter> Choices { get; }

    /// <inheritdoc/>
    public override Parameter DefaultValue { get; }

    /// <inheritdoc/>
    public override int FeatureSpaceDim => 1;

    internal override int ValueCount => Choices.Count;

    /// <summary>Makes a choice of texts whose first one is the default.</summary>
    /// <param name="choices">At least one text, each different.</param>
    public static ChoiceOption Of(params IReadOnlyList<string> choices)
    {
        Parameter[] all = [.. choices.Select(Parameter.FromString)];
        return new(all, all.FirstOrDefault(Parameter.Null));
    }

    /// <summary>Whether both have the same choices, default and conditions.</summary>
    /// <param name="other">Another choice, or null.</param>
    public bool Equals(ChoiceOption? other) =>
        base.Equals(other) && Choices.SequenceEqual(other.Choices) && DefaultValue.Equals(other.DefaultValue);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Choices.Count, DefaultValue);

    /// <summary>Which choice lies at u.</summary>
    internal int IndexAt(double u) => Math.Min((int)(u * Choices.Count), Choices.Count - 1);

    private protected override Parameter Sample(IReadOnlyList<double> feature) => Choices[IndexAt(feature[0])];

    private protected override double[] Map(Parameter parameter)
    {
        for (int i = 0; i < Choices.Count; i++)
            if (Choices[i].Equals(parameter)) return [(i + 0.5) / Choices.Count];
        throw new ArgumentException($"{parameter} is none of the choices {string.Join(", ", Choices)}.", nameof(parameter));
    }
}

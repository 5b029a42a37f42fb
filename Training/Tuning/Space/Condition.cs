namespace EmotionMLNet.Training.Tuning.Space;

/// <summary>An option counts only where another one, a choice, has one of some values.</summary>
/// <param name="Key">The choice's key: that beside the option, or a full one.</param>
/// <param name="Values">The values with which the option counts, at least one.</param>
public sealed record Condition(string Key, params IReadOnlyList<Parameter> Values)
{
    /// <summary>Whether both ask for the same values of the same choice.</summary>
    /// <param name="other">Another condition, or null.</param>
    public bool Equals(Condition? other) => other is not null && Key == other.Key && Values.SequenceEqual(other.Values);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Key, Values.Count);
}

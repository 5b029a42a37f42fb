namespace EmotionMLNet.Training.Tuning.Space;

/// <summary>A range of numbers in double precision.</summary>
public sealed record UniformDoubleOption : UniformNumericOption
{
    /// <summary>Makes the range.</summary>
    /// <param name="min">The smallest number; above 0 where the scale is logarithmic.</param>
    /// <param name="max">The largest number, no smaller than that; it is drawn too.</param>
    /// <param name="logBase">Whether the scale is logarithmic.</param>
    /// <param name="defaultValue">The number that is tried first; one outside is allowed and taken as the nearest end by tuners.</param>
    /// <exception cref="ArgumentException">The range is empty or not finite, or begins at 0 or below on a logarithmic scale.</exception>
    public UniformDoubleOption(double min, double max, bool logBase, double defaultValue)
        : base(min, max, logBase, defaultValue) { }

    private protected override Parameter ToParameter(double number) => Parameter.FromDouble(number);
}

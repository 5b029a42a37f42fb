namespace EmotionMLNet.Training.Tuning.Space;

/// <summary>A range of numbers in single precision, which most settings have.</summary>
public sealed record UniformSingleOption : UniformNumericOption
{
    /// <summary>Makes the range.</summary>
    /// <param name="min">The smallest number; above 0 where the scale is logarithmic.</param>
    /// <param name="max">The largest number, no smaller than that; it is drawn too.</param>
    /// <param name="logBase">Whether the scale is logarithmic.</param>
    /// <param name="defaultValue">The number that is tried first; one outside is allowed and taken as the nearest end by tuners.</param>
    /// <exception cref="ArgumentException">The range is empty or not finite, or begins at 0 or below on a logarithmic scale.</exception>
    public UniformSingleOption(float min, float max, bool logBase, float defaultValue)
        : base(Digits(min), Digits(max), logBase, Digits(defaultValue)) { }

    private protected override Parameter ToParameter(double number) => Parameter.FromSingle((float)number);

    // 0.1f in double precision is 0.10000000149, above what a file with 0.1 says.
    private static double Digits(float number) => float.IsFinite(number) ? Parameter.FromSingle(number).AsType<double>() : number;
}

namespace EmotionMLNet.Training.Tuning.Space;

/// <summary>A range of whole numbers, each drawn with the same probability, or evenly on a logarithmic scale.</summary>
public sealed record UniformIntOption : UniformNumericOption
{
    /// <summary>Makes the range.</summary>
    /// <param name="min">The smallest number; above 0 where the scale is logarithmic.</param>
    /// <param name="max">The largest number, no smaller than that; it is drawn as often as the others.</param>
    /// <param name="logBase">Whether the scale is logarithmic.</param>
    /// <param name="defaultValue">The number that is tried first; one outside is allowed and taken as the nearest end by tuners.</param>
    /// <exception cref="ArgumentException">The range is empty, or begins at 0 or below on a logarithmic scale.</exception>
    public UniformIntOption(int min, int max, bool logBase, int defaultValue)
        : base(min, max, logBase, defaultValue) { }

    // On a logarithmic scale without steps, cells have the widths of [n - 1/2, n + 1/2].
    internal override int ValueCount => ZeroShare > 0 ? 0 : Step is null ? Numbers : Cells;

    private protected override int Cells => Step is not null ? base.Cells : LogBase ? 0 : Numbers;

    private int Numbers => (int)Math.Min(Max - Min + 1, int.MaxValue);

    private protected override double FromRange(double u)
    {
        if (Step is not null) return Math.Round(base.FromRange(u));
        if (!LogBase) return Math.Min(Math.Floor(Min + u * (Max - Min + 1)), Max);
        return Math.Clamp(Math.Round((Min - 0.5) * Math.Pow((Max + 0.5) / (Min - 0.5), u)), Min, Max);
    }

    private protected override double ToRange(double number)
    {
        if (Step is not null) return base.ToRange(number);
        number = Math.Round(number);
        return LogBase
            ? Math.Log(number / (Min - 0.5)) / Math.Log((Max + 0.5) / (Min - 0.5))
            : (number - Min + 0.5) / (Max - Min + 1);
    }

    private protected override Parameter ToParameter(double number) => Parameter.FromDouble(Math.Round(number));
}

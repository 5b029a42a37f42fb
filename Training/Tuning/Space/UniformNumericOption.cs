namespace EmotionMLNet.Training.Tuning.Space;

/// <summary>
/// A range of numbers, both ends included, that is drawn evenly: on the line, or on a logarithmic scale. A part of the unit interval may
/// mean 0, for settings that are off or of some strength.
/// </summary>
public abstract record UniformNumericOption : OptionBase
{
    private readonly double? step;
    private readonly double zeroShare;
    private readonly bool logOfComplement;

    private protected UniformNumericOption(double min, double max, bool logBase, double defaultValue)
    {
        if (!double.IsFinite(min) || !double.IsFinite(max) || min > max)
            throw new ArgumentException($"A range goes from a number up to one that is no smaller, not from {min} to {max}.", nameof(max));
        if (logBase && min <= 0) throw new ArgumentOutOfRangeException(nameof(min), min, "A logarithmic scale begins above 0.");
        if (!double.IsFinite(defaultValue))
            throw new ArgumentOutOfRangeException(nameof(defaultValue), defaultValue, "Give a finite default.");
        Min = min;
        Max = max;
        LogBase = logBase;
        DefaultNumber = defaultValue;
    }

    /// <summary>The smallest number.</summary>
    public double Min { get; }

    /// <summary>The largest number; it is drawn like any other.</summary>
    public double Max { get; }

    /// <summary>Whether the scale is logarithmic.</summary>
    public bool LogBase { get; }

    /// <summary>
    /// The distance between neighbouring numbers, above 0; on a logarithmic scale their ratio, above 1; null is a continuum, or all whole
    /// numbers.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is too small or too large to count its numbers.</exception>
    public double? Step
    {
        get => step;
        init
        {
            if (value is { } given && !(given > (LogBase ? 1 : 0) && CountSteps(given) < 1e6))
                throw new ArgumentOutOfRangeException(nameof(value), value, LogBase ? "Give a ratio above 1." : "Give a distance above 0.");
            step = value;
        }
    }

    /// <summary>The scale is logarithmic in 1 - x, for numbers like a momentum that matter by how near to 1 they are.</summary>
    /// <exception cref="ArgumentException">The range reaches 1, or the scale is logarithmic already.</exception>
    public bool LogOfComplement
    {
        get => logOfComplement;
        init
        {
            if (value && (Max >= 1 || LogBase))
                throw new ArgumentException("A scale of 1 - x ends below 1 and has no other base.", nameof(value));
            logOfComplement = value;
        }
    }

    /// <summary>The share of the unit interval, from its beginning, that means 0: 0 (none) up to below 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The share is outside of that, or the range begins below 0.</exception>
    public double ZeroShare
    {
        get => zeroShare;
        init
        {
            if (!(value is >= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(value), value, "Give 0 up to below 1.");
            if (value > 0 && Min < 0)
                throw new ArgumentOutOfRangeException(nameof(value), value, "A range with a share of 0 begins at 0 or above.");
            zeroShare = value;
        }
    }

    /// <inheritdoc/>
    public override int FeatureSpaceDim => 1;

    /// <inheritdoc/>
    public override Parameter DefaultValue => ToParameter(DefaultNumber);

    /// <summary>The default as a number.</summary>
    internal double DefaultNumber { get; }

    internal override int ValueCount => ZeroShare > 0 || Cells == 0 ? 0 : Cells;

    /// <summary>Numbers above the share of zero; 0 is a continuum.</summary>
    private protected virtual int Cells => Step is { } given ? (int)CountSteps(given) : 0;

    private protected abstract Parameter ToParameter(double number);

    /// <summary>The number at u of the range, u being 0 to 1.</summary>
    private protected virtual double FromRange(double u)
    {
        if (Cells > 0)
        {
            int cell = Math.Min((int)(u * Cells), Cells - 1);
            return LogBase ? Min * Math.Pow(Step!.Value, cell) : Min + cell * Step!.Value;
        }
        if (LogOfComplement) return 1 - (1 - Min) * Math.Pow((1 - Max) / (1 - Min), u);
        return LogBase ? Min * Math.Pow(Max / Min, u) : Min + u * (Max - Min);
    }

    /// <summary>Where a number of the range lies, 0 to 1; the inverse of <see cref="FromRange"/>.</summary>
    private protected virtual double ToRange(double number)
    {
        if (Cells > 0)
        {
            double cell = LogBase ? Math.Log(number / Min) / Math.Log(Step!.Value) : (number - Min) / Step!.Value;
            return (Math.Clamp(Math.Round(cell), 0, Cells - 1) + 0.5) / Cells;
        }
        if (Min == Max) return 0.5;
        if (LogOfComplement) return Math.Log((1 - number) / (1 - Min)) / Math.Log((1 - Max) / (1 - Min));
        return LogBase ? Math.Log(number / Min) / Math.Log(Max / Min) : (number - Min) / (Max - Min);
    }

    private protected override Parameter Sample(IReadOnlyList<double> feature) =>
        feature[0] < ZeroShare
            ? ToParameter(0)
            : ToParameter(Math.Clamp(FromRange((feature[0] - ZeroShare) / (1 - ZeroShare)), Min, Max));

    private protected override double[] Map(Parameter parameter)
    {
        double number = Read(parameter);
        if (ZeroShare > 0 && number < Min / 2) return [ZeroShare / 2];
        return [Math.Clamp(ZeroShare + (1 - ZeroShare) * Math.Clamp(ToRange(Math.Clamp(number, Min, Max)), 0, 1), 0, 1)];
    }

    private static double Read(Parameter parameter)
    {
        try
        {
            return parameter.AsType<double>();
        }
        catch (InvalidCastException e)
        {
            throw new ArgumentException($"The option is a range of numbers, and {parameter} is none.", nameof(parameter), e);
        }
    }

    // The last number may be off by rounding: 0 to 0.3 by 0.1 has four.
    private double CountSteps(double given) =>
        Math.Floor((LogBase ? Math.Log(Max / Min) / Math.Log(given) : (Max - Min) / given) + 1e-9) + 1;
}

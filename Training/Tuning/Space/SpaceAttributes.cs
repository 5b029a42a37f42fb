namespace EmotionMLNet.Training.Tuning.Space;

/// <summary>
/// A property of <see cref="SearchSpace{T}"/> that is drawn from a range of numbers, both ends included: of whole numbers where the
/// property is of type int, else of float or double.
/// </summary>
/// <param name="min">The smallest number; above 0 where the scale is logarithmic.</param>
/// <param name="max">The largest number, no smaller than that.</param>
/// <param name="logBase">Whether the scale is logarithmic.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RangeAttribute(double min, double max, bool logBase = false) : Attribute
{
    /// <summary>Makes a range with the number that is tried first.</summary>
    /// <param name="min">The smallest number; above 0 where the scale is logarithmic.</param>
    /// <param name="max">The largest number, no smaller than that.</param>
    /// <param name="init">Tried first, in place of the property's own value.</param>
    /// <param name="logBase">Whether the scale is logarithmic.</param>
    public RangeAttribute(double min, double max, double init, bool logBase = false) : this(min, max, logBase) => Init = init;

    /// <summary>The smallest number.</summary>
    public double Min { get; } = min;

    /// <summary>The largest number.</summary>
    public double Max { get; } = max;

    /// <summary>Whether the scale is logarithmic.</summary>
    public bool LogBase { get; } = logBase;

    /// <summary>The number that is tried first; not a number means the property's value in a new instance.</summary>
    public double Init { get; } = double.NaN;
}

/// <summary>A property of <see cref="SearchSpace{T}"/> that is one of some values; its value in a new instance is tried first.</summary>
/// <param name="candidates">Numbers, texts, truths, or members of an enumeration; each different.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ChoiceAttribute(params object[] candidates) : Attribute
{
    /// <summary>The values.</summary>
    public IReadOnlyList<object> Candidates { get; } = candidates;

    /// <summary>The value that is tried first; null means the property's own, or the first one where that is none of them.</summary>
    public object? DefaultValue { get; init; }
}

/// <summary>A property of <see cref="SearchSpace{T}"/> that is true or false; its value in a new instance is tried first.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BooleanChoiceAttribute : Attribute
{
    /// <summary>Tries the property's own value first.</summary>
    public BooleanChoiceAttribute() { }

    /// <summary>Says which value is tried first.</summary>
    /// <param name="defaultValue">The value.</param>
    public BooleanChoiceAttribute(bool defaultValue) => DefaultValue = defaultValue;

    /// <summary>The value that is tried first; null means the property's own.</summary>
    public bool? DefaultValue { get; }
}

/// <summary>
/// A property of <see cref="SearchSpace{T}"/> whose own properties are searched, under its name and a dot.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NestOptionAttribute : Attribute;

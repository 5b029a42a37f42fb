using System.Globalization;
using EmotionMLNet.Formatting;

namespace EmotionMLNet.Training.Options;

/// <summary>How much each class counts in the loss.</summary>
public sealed class ClassWeighting : IEquatable<ClassWeighting>
{
    private const string NoneName = "none", BalancedName = "auto";

    private ClassWeighting(bool isBalanced, IReadOnlyDictionary<string, float> weights)
    {
        IsBalanced = isBalanced;
        Weights = weights;
    }

    /// <summary>All classes count alike.</summary>
    public static ClassWeighting None { get; } = new(false, new Dictionary<string, float>());

    /// <summary>A class counts the more the fewer images it has: N / (K n), scikit-learn's "balanced".</summary>
    public static ClassWeighting Balanced { get; } = new(true, new Dictionary<string, float>());

    /// <summary>Whether it is <see cref="Balanced"/>.</summary>
    public bool IsBalanced { get; }

    /// <summary>Weights by label, each above 0; labels that are not named have 1.</summary>
    public IReadOnlyDictionary<string, float> Weights { get; }

    /// <summary>Gives labels a weight; those that are not named have 1.</summary>
    /// <param name="weights">Finite numbers above 0.</param>
    /// <exception cref="ArgumentException">A weight is not above 0.</exception>
    public static ClassWeighting ByLabel(IReadOnlyDictionary<string, float> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        foreach ((string label, float weight) in weights)
            if (!(weight > 0 && float.IsFinite(weight)))
                throw new ArgumentException($"The weight of {label} is {weight}: give a number above 0.", nameof(weights));
        return weights.Count == 0 ? None : new(false, new SortedDictionary<string, float>(weights.ToDictionary(), StringComparer.Ordinal));
    }

    /// <summary>Reads "none", "auto", or weights as in "happy=1,disgust=4".</summary>
    /// <exception cref="FormatException">The text is none of them.</exception>
    public static ClassWeighting Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text == NoneName) return None;
        if (text == BalancedName) return Balanced;
        if (NamedValues.FindDecimalComma(text) is { } comma) throw new FormatException(comma);
        var weights = new Dictionary<string, float>(StringComparer.Ordinal);
        foreach (string part in NamedValues.Split(text))
        {
            int at = part.LastIndexOf('=');
            if (at < 1) throw new FormatException($"'{part}' is not LABEL=WEIGHT: give none, auto, or weights by label");
            if (Numbers.Read(part[(at + 1)..], out float weight) is { } problem) throw new FormatException($"{part}: {problem}");
            if (!(weight > 0)) throw new FormatException($"{part}: give a weight above 0");
            weights[part[..at]] = weight;
        }
        return weights.Count == 0
            ? throw new FormatException("give none, auto, or weights by label, LABEL=WEIGHT with commas between them")
            : ByLabel(weights);
    }

    /// <summary>Returns the text that <see cref="Parse"/> reads.</summary>
    public override string ToString() =>
        IsBalanced ? BalancedName
        : Weights.Count == 0 ? NoneName
        : string.Join(',', Weights.Select(w => string.Create(CultureInfo.InvariantCulture, $"{w.Key}={w.Value}")));

    /// <summary>Whether both give all classes the same weights.</summary>
    public bool Equals(ClassWeighting? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc cref="Equals(ClassWeighting)"/>
    public override bool Equals(object? obj) => Equals(obj as ClassWeighting);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}

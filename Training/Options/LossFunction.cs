using System.Globalization;
using EmotionMLNet.Formatting;

namespace EmotionMLNet.Training.Options;

/// <summary>Kinds of loss.</summary>
public enum LossKind
{
    /// <summary>Cross-entropy of softmax, or of the sigmoid where the network has one output.</summary>
    CrossEntropy,

    /// <summary>(1 - p^Q) / Q: Zhang and Sabuncu 2018, arXiv:1805.07836. Q to 0 is cross-entropy, Q = 1 the absolute error.</summary>
    GeneralisedCrossEntropy,

    /// <summary>Targets mixed with the network's own answers: Reed et al. 2015, arXiv:1412.6596. β = 1 is cross-entropy.</summary>
    SoftBootstrapping,
}

/// <summary>What training makes small.</summary>
public readonly record struct LossFunction
{
    private const string CrossEntropyName = "cross-entropy", GeneralisedName = "gce", BootstrapName = "bootstrap";

    private LossFunction(LossKind kind, double strength)
    {
        Kind = kind;
        Strength = strength;
    }

    /// <summary>Cross-entropy.</summary>
    public static LossFunction CrossEntropy => default;

    /// <summary>Which one it is.</summary>
    public LossKind Kind { get; }

    /// <summary>Q or β, above 0 up to 1; 0 where the loss has none.</summary>
    public double Strength { get; }

    /// <summary>What <see cref="Parse"/> reads, for help.</summary>
    internal static string Forms =>
        "cross-entropy, gce=Q (generalised cross-entropy, 0 < Q <= 1) or bootstrap=BETA (soft bootstrapping, 0 < BETA <= 1)";

    /// <summary>Generalised cross-entropy.</summary>
    /// <param name="q">Above 0 up to 1; the paper has 0.7.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is outside of that.</exception>
    public static LossFunction GeneralisedCrossEntropy(double q = 0.7) => new(LossKind.GeneralisedCrossEntropy, Checked(q));

    /// <summary>Soft bootstrapping.</summary>
    /// <param name="beta">Above 0 up to 1; the paper has 0.95.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is outside of that.</exception>
    public static LossFunction SoftBootstrapping(double beta = 0.95) => new(LossKind.SoftBootstrapping, Checked(beta));

    /// <summary>Reads "cross-entropy", "gce=0.7" or "bootstrap=0.95".</summary>
    /// <exception cref="FormatException">The text is none of them, or a number is out of its range.</exception>
    public static LossFunction Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text == CrossEntropyName) return CrossEntropy;
        string[] pair = text.Split('=', 2);
        if (pair[0] is not (GeneralisedName or BootstrapName)) throw new FormatException($"give {Forms}");
        double strength = pair[0] == GeneralisedName ? 0.7 : 0.95;
        if (pair.Length == 2 && Numbers.Read(pair[1], out strength) is { } problem) throw new FormatException(problem);
        if (!(strength is > 0 and <= 1)) throw new FormatException($"give {Forms}");
        return pair[0] == GeneralisedName ? GeneralisedCrossEntropy(strength) : SoftBootstrapping(strength);
    }

    /// <summary>Returns the text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => Kind switch
    {
        LossKind.GeneralisedCrossEntropy => string.Create(CultureInfo.InvariantCulture, $"{GeneralisedName}={Strength}"),
        LossKind.SoftBootstrapping => string.Create(CultureInfo.InvariantCulture, $"{BootstrapName}={Strength}"),
        _ => CrossEntropyName,
    };

    private static double Checked(double strength) =>
        strength is > 0 and <= 1
            ? strength
            : throw new ArgumentOutOfRangeException(nameof(strength), strength, "The strength is above 0, up to 1.");
}

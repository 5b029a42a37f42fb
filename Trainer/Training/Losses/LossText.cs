using System.Globalization;
using EmotionMLNet.Networks;

namespace EmotionMLNet.Trainer.Training.Losses;

/// <summary>A loss as people write it: "cross-entropy", "gce=0.7", "bootstrap=0.95".</summary>
internal static class LossText
{
    public const string CrossEntropy = "cross-entropy";

    public const string Help = "cross-entropy, gce=Q (generalised cross-entropy, 0 < Q <= 1) or bootstrap=BETA (soft bootstrapping, 0 < BETA <= 1)";

    /// <summary>Whether it is understood.</summary>
    public static bool IsValid(string text) => Parse(text) is not null;

    /// <param name="text">Valid.</param>
    /// <param name="head">Of the network.</param>
    /// <param name="classes">K.</param>
    /// <param name="labelSmoothing">ε.</param>
    /// <param name="classWeights">w [K], or null for ones.</param>
    public static ILoss Make(string text, OutputHead head, int classes, float labelSmoothing, IReadOnlyList<float>? classWeights)
    {
        (string name, double strength) = Parse(text)!.Value;
        bool single = head == OutputHead.Sigmoid;
        if (name == CrossEntropy) return single ? new SigmoidBinaryCrossEntropy(labelSmoothing, classWeights) : new SoftmaxCrossEntropy(classes, labelSmoothing, classWeights);
        int outputs = single ? 2 : classes;
        ILoss loss = name == "gce" ? new GeneralisedCrossEntropy(outputs, strength, labelSmoothing, classWeights) : new SoftBootstrapping(outputs, strength, labelSmoothing, classWeights);
        return single ? new SingleLogit(loss) : loss;
    }

    private static (string Name, double Strength)? Parse(string text)
    {
        string[] pair = text.Split('=');
        double strength = pair[0] == "gce" ? 0.7 : 0.95; // those of the papers
        if (pair.Length == 2 && !double.TryParse(pair[1], NumberStyles.Float, CultureInfo.InvariantCulture, out strength)) return null;
        return pair.Length <= 2 && strength is > 0 and <= 1 && (pair[0] is "gce" or "bootstrap" || text == CrossEntropy) ? (pair[0], strength) : null;
    }
}

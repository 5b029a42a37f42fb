using EmotionMLNet.Formatting;
using EmotionMLNet.Networks;

namespace EmotionMLNet.Training.Losses;

/// <summary>A loss as people write it: "cross-entropy", "gce=0.7", "bootstrap=0.95".</summary>
internal static class LossText
{
    public const string CrossEntropy = "cross-entropy";

    public const string Help = "cross-entropy, gce=Q (generalised cross-entropy, 0 < Q <= 1) or bootstrap=BETA (soft bootstrapping, 0 < BETA <= 1)";

    /// <summary>Whether it is understood.</summary>
    public static bool IsValid(string text) => Problem(text) is null;

    /// <summary>What is wrong and what to write; null where it is understood.</summary>
    public static string? Problem(string text) => Read(text, out _);

    /// <param name="text">Valid.</param>
    /// <param name="head">Of the network.</param>
    /// <param name="classes">K.</param>
    /// <param name="labelSmoothing">ε.</param>
    /// <param name="classWeights">w [K], or null for ones.</param>
    public static ILoss Make(string text, OutputHead head, int classes, float labelSmoothing, IReadOnlyList<float>? classWeights)
    {
        _ = Read(text, out (string Name, double Strength) read);
        bool single = head == OutputHead.Sigmoid;
        if (read.Name == CrossEntropy) return single ? new SigmoidBinaryCrossEntropy(labelSmoothing, classWeights) : new SoftmaxCrossEntropy(classes, labelSmoothing, classWeights);
        int outputs = single ? 2 : classes;
        ILoss loss = read.Name == "gce" ? new GeneralisedCrossEntropy(outputs, read.Strength, labelSmoothing, classWeights) : new SoftBootstrapping(outputs, read.Strength, labelSmoothing, classWeights);
        return single ? new SingleLogit(loss) : loss;
    }

    private static string? Read(string text, out (string Name, double Strength) loss)
    {
        string[] pair = text.Split('=', 2);
        loss = (pair[0], pair[0] == "gce" ? 0.7 : 0.95); // those of the papers
        if (text == CrossEntropy) return null;
        if (pair[0] is not ("gce" or "bootstrap")) return $"give {Help}";
        if (pair.Length == 2 && Numbers.Read(pair[1], out loss.Strength) is { } problem) return problem;
        return loss.Strength is > 0 and <= 1 ? null : $"give {Help}";
    }
}

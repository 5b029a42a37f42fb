using EmotionMLNet.Formatting;

namespace EmotionMLNet.Training.Metrics;

/// <summary>How figures are written for people: with a point, rounded, and never as -0.</summary>
internal static class FigureText
{
    /// <summary>"71.6 %".</summary>
    /// <param name="share">0 to 1, or a difference of such.</param>
    /// <param name="decimals">0 to 4.</param>
    public static string Percent(double share, int decimals = 1) => Numbers.Fixed(100 * share, decimals) + " %";

    /// <summary>"0.813".</summary>
    public static string Number(double value) => Numbers.Fixed(value, 3);

    /// <summary>"71.6 % (70.1 to 73.0)": accuracy with its 95 % Wilson interval.</summary>
    public static string WithInterval(ClassificationReport report)
        => $"{Percent(report.Accuracy)} ({Numbers.Fixed(100 * report.AccuracyLow, 1)} to {Numbers.Fixed(100 * report.AccuracyHigh, 1)})";

    /// <summary>"+0.3", "-1.2", "0.0": a difference of shares in points.</summary>
    public static string Points(double difference, int decimals = 1)
    {
        string text = Numbers.Fixed(100 * difference, decimals);
        return Math.Round(100 * difference, decimals) > 0 ? "+" + text : text;
    }

    /// <summary>"once", "twice", "3 times".</summary>
    public static string Times(int count) => count switch { 1 => "once", 2 => "twice", _ => Plural.Format(count, "time") };
}

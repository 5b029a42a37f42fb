using System.Globalization;
using EmotionMLNet.Formatting;
using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Training.Comparison.Reports;

/// <summary>How figures are written for people.</summary>
internal static class ComparisonFigures
{
    public static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    public static string Number(double value) => double.IsFinite(value) ? Numbers.Fixed(value, 3) : "–";

    /// <summary>What stands where there is no figure.</summary>
    public const string None = "–";

    public static string Count(long? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? None;

    public static string Millions(long? value) => value is { } v ? (v / 1e6).ToString("0.00", CultureInfo.InvariantCulture) + " M" : None;

    public static string Megabytes(long? bytes) => bytes is { } b ? (b / 1e6).ToString("0.00", CultureInfo.InvariantCulture) + " MB" : None;

    public static string Rate(double perSecond) => perSecond.ToString(perSecond < 10 ? "0.0" : "N0", CultureInfo.InvariantCulture);

    /// <summary>"61.2 ± 0.8 %"; without spread for a single seed.</summary>
    public static string Spread(MeanAndSpread figure) =>
        figure.Deviation is { } deviation
            ? string.Create(CultureInfo.InvariantCulture, $"{100 * figure.Mean:0.0} ± {100 * deviation:0.0} %")
            : Percent(figure.Mean);

    /// <summary>"61.2 % (59.6 to 62.8 %)".</summary>
    public static string WithInterval(ClassificationReport report) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{100 * report.Accuracy:0.0} % ({100 * report.AccuracyLow:0.0} to {100 * report.AccuracyHigh:0.0} %)"
        );

    /// <summary>"59.6 to 62.8 %", the 95 % interval of the accuracy.</summary>
    public static string Range(ClassificationReport report)
        => string.Create(CultureInfo.InvariantCulture, $"{100 * report.AccuracyLow:0.0} to {100 * report.AccuracyHigh:0.0} %");

    /// <summary>"+1.2 (-0.3 to 2.7)", in points.</summary>
    public static string Points(Interval difference) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Math.Round(100 * difference.Value, 1) + 0.0:+0.0;-0.0;0.0} ({Numbers.Fixed(100 * difference.Low, 1)} to "
                + $"{Numbers.Fixed(100 * difference.High, 1)})"
        );
}

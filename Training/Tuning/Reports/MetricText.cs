using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Tuning.Reports;

/// <summary>How figures of a search are written for people: a loss that is made small, in the terms of the metric it stands for.</summary>
/// <param name="metric">What trials are compared by. Accuracy and macro F1 are 1 less their loss; log loss is its own.</param>
internal sealed class MetricText(SelectionMetric metric)
{
    private const double Shares = 100;

    /// <summary>"accuracy".</summary>
    public string Name { get; } = metric switch
    {
        SelectionMetric.Accuracy => "accuracy",
        SelectionMetric.MacroF1 => "macro F1",
        SelectionMetric.AveragePrecision => "average precision",
        _ => "log loss",
    };

    /// <summary>Whether small figures are good ones.</summary>
    public bool SmallerIsBetter => metric == SelectionMetric.Loss;

    /// <summary>The name of an axis of validation figures.</summary>
    public string Axis => SmallerIsBetter ? $"validation {Name}" : $"validation {Name}, %";

    /// <summary>A place on that axis.</summary>
    public double Height(double loss) => SmallerIsBetter ? loss : Shares * (1 - loss);

    /// <summary>"71.6 %", or "0.813" of log loss.</summary>
    public string OfLoss(double? loss) =>
        loss is not { } value ? "–"
        : !double.IsFinite(value) ? "no number"
        : SmallerIsBetter ? FigureText.Number(value)
        : FigureText.Percent(1 - value);

    /// <summary>The same of a score, which is larger the better it is: log loss is negated.</summary>
    public string OfScore(double score) => OfLoss(SmallerIsBetter ? -score : 1 - score);

    /// <summary>"69.8 to 72.4 %": the interval of a score.</summary>
    public string RangeOfScore(Interval score) =>
        SmallerIsBetter
            ? $"{FigureText.Number(-score.High)} to {FigureText.Number(-score.Low)}"
            : $"{FigureText.Percent(score.Low)[..^2]} to {FigureText.Percent(score.High)}";

    /// <summary>"1.8 points": a difference of scores.</summary>
    public string Difference(double lead) =>
        SmallerIsBetter ? $"{FigureText.Number(lead)} of {Name}" : $"{FigureText.Percent(lead)[..^2]} points of {Name}";

    /// <summary>"1.8 points of accuracy (95 % interval 0.6 to 3.0)".</summary>
    public string Lead(Interval lead) =>
        SmallerIsBetter
            ? $"{Difference(lead.Value)} (95 % interval {FigureText.Number(lead.Low)} to {FigureText.Number(lead.High)})"
            : $"{Difference(lead.Value)} (95 % interval {FigureText.Percent(lead.Low)[..^2]} to {FigureText.Percent(lead.High)[..^2]})";

    /// <summary>
    /// The part of the axis that is shown: the worst quarter goes no further than the others reach, so that a few that diverged do not
    /// flatten the rest.
    /// </summary>
    /// <param name="losses">What is to be shown; not all need be numbers.</param>
    /// <returns>The ends, and whether anything lies beyond them.</returns>
    public (double Low, double High, bool IsCut) Fit(IEnumerable<double> losses)
    {
        double[] sorted = [.. losses.Where(double.IsFinite).Order()];
        if (sorted.Length == 0) return (0, 1, false);
        double most = sorted[^1], quarter = sorted[(int)(0.75 * (sorted.Length - 1))], limit = quarter + (quarter - sorted[0]);
        bool isCut = sorted.Length >= 8 && limit > sorted[0] && most > limit;
        (double a, double b) = (Height(sorted[0]), Height(isCut ? limit : most));
        return (Math.Min(a, b), Math.Max(a, b), isCut);
    }
}

using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Training.Finishing;

/// <summary>What a choice of temperatures gives on labelled logits.</summary>
/// <param name="Error">Expected calibration error of the predicted label, see <see cref="CalibrationBins"/>.</param>
/// <param name="LogLoss">Mean -ln p(true class), p floored at 1e-15.</param>
internal readonly record struct CalibrationFigures(double Error, double LogLoss)
{
    /// <param name="logits">[N, K].</param>
    /// <param name="truth">Class of each picture.</param>
    /// <param name="classes">K.</param>
    /// <param name="temperature">Gives the temperature of each picture, by its index.</param>
    public static CalibrationFigures Compute(
        ReadOnlySpan<float> logits,
        ReadOnlySpan<int> truth,
        int classes,
        Func<int, double> temperature
    )
    {
        var bins = new CalibrationBins();
        double loss = 0;
        Span<double> p = stackalloc double[classes];
        for (int n = 0; n < truth.Length; n++)
        {
            ReadOnlySpan<float> z = logits.Slice(n * classes, classes);
            int predicted = ClassificationReport.ArgMax(z);
            double t = temperature(n), sum = 0;
            for (int c = 0; c < classes; c++) sum += p[c] = Math.Exp((z[c] - (double)z[predicted]) / t);
            bins.Add((float)(p[predicted] / sum), predicted == truth[n]);
            loss -= Math.Log(Math.Max(p[truth[n]] / sum, 1e-15));
        }
        return new(bins.ExpectedError, loss / truth.Length);
    }
}

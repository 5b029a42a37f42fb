namespace EmotionMLNet.Training.Finishing;

/// <summary>
/// The one number that logits are divided by so that confidence tells how often the predicted label is right: temperature scaling,
/// Guo et al. 2017, arXiv:1706.04599, section 4.2.
/// </summary>
/// <remarks>
/// In β = 1/T the mean loss -ln softmax(β z)[y] is convex: with p = softmax(β z), its slope is E_p[z] - z_y and its curvature Var_p[z],
/// means over pictures. Newton's steps, kept inside a bracket that bisection narrows, so the minimum is found whatever the start.
/// </remarks>
internal static class TemperatureFit
{
    /// <summary>Temperatures outside say that the pictures were too few or too easy, not how confident to be.</summary>
    public const double Least = 0.05, Most = 20;

    private const int MostSteps = 200;

    /// <param name="logits">[N, K], K at least 2; finite.</param>
    /// <param name="truth">Class of each picture.</param>
    /// <param name="classes">K.</param>
    /// <param name="used">Which pictures count; null means all. At least one.</param>
    /// <returns>The temperature of least log loss between <see cref="Least"/> and <see cref="Most"/>.</returns>
    public static double Temperature(ReadOnlySpan<float> logits, ReadOnlySpan<int> truth, int classes, Predicate<int>? used = null)
    {
        double low = 1 / Most, high = 1 / Least;
        if (Derivatives(logits, truth, classes, low, used).Slope >= 0) return Most;
        if (Derivatives(logits, truth, classes, high, used).Slope <= 0) return Least;
        double beta = 1;
        for (int step = 0; step < MostSteps; step++)
        {
            (double slope, double curvature) = Derivatives(logits, truth, classes, beta, used);
            if (slope > 0) high = beta;
            else low = beta;
            double next = beta - slope / curvature;
            if (!(next > low && next < high)) next = 0.5 * (low + high);
            if (Math.Abs(next - beta) <= 1e-13 * beta) break;
            beta = next;
        }
        return 1 / beta;
    }

    /// <summary>Slope and curvature of the mean log loss at β.</summary>
    private static (double Slope, double Curvature) Derivatives(
        ReadOnlySpan<float> logits,
        ReadOnlySpan<int> truth,
        int classes,
        double beta,
        Predicate<int>? used
    )
    {
        double slope = 0, curvature = 0;
        int count = 0;
        for (int n = 0; n < truth.Length; n++)
        {
            if (used is not null && !used(n)) continue;
            ReadOnlySpan<float> z = logits.Slice(n * classes, classes);
            float largest = z[0];
            foreach (float v in z) largest = MathF.Max(largest, v);
            double sum = 0, first = 0, second = 0;
            foreach (float v in z)
            {
                double d = (double)v - largest, e = Math.Exp(beta * d); // measured from the largest logit, which changes neither figure
                sum += e;
                first += e * d;
                second += e * d * d;
            }
            double mean = first / sum;
            slope += mean - ((double)z[truth[n]] - largest);
            curvature += second / sum - mean * mean;
            count++;
        }
        return (slope / count, curvature / count);
    }
}

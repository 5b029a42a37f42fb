namespace EmotionMLNet.Kernels;

/// <summary>From logits to one probability a class.</summary>
internal static class Probabilities
{
    /// <summary>p[c] = exp(z[c] - max) / Σ exp(z[k] - max), row by row.</summary>
    /// <param name="logits">[N, K].</param>
    /// <param name="probabilities">[N, K]; may be the same memory.</param>
    /// <param name="classes">K.</param>
    public static void Softmax(ReadOnlySpan<float> logits, Span<float> probabilities, int classes)
    {
        for (int start = 0; start < logits.Length; start += classes)
        {
            ReadOnlySpan<float> z = logits.Slice(start, classes);
            Span<float> p = probabilities.Slice(start, classes);
            float largest = z[0];
            foreach (float v in z) largest = MathF.Max(largest, v);
            double sum = 0;
            for (int c = 0; c < classes; c++) sum += p[c] = MathF.Exp(z[c] - largest);
            for (int c = 0; c < classes; c++) p[c] = (float)(p[c] / sum);
        }
    }

    /// <summary>p = [1 - σ(z), σ(z)], row by row, each from its own exponential so that neither rounds to a difference of ones.</summary>
    /// <param name="logits">[N].</param>
    /// <param name="probabilities">[N, 2].</param>
    public static void Sigmoid(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        for (int n = 0; n < logits.Length; n++)
        {
            probabilities[2 * n] = 1 / (1 + MathF.Exp(logits[n]));
            probabilities[2 * n + 1] = 1 / (1 + MathF.Exp(-logits[n]));
        }
    }
}

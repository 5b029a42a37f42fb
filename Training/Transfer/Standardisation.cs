using EmotionMLNet.Layers;

namespace EmotionMLNet.Training.Transfer;

/// <summary>
/// Features brought to mean 0 and deviation 1, so that one learning rate suits all of them; folded into the head afterwards, exactly.
/// </summary>
internal sealed class Standardisation
{
    private readonly float[] mean, deviation;

    /// <param name="features">A vector or a map [H, W, C] a picture.</param>
    /// <param name="channels">C; the pixels of a map share mean and deviation.</param>
    public Standardisation(IReadOnlyList<float[]> features, int channels)
    {
        mean = new float[channels];
        deviation = new float[channels];
        double count = (double)features.Count * (features[0].Length / channels);
        double[] middle = new double[channels], squares = new double[channels];
        foreach (float[] row in features)
            for (int start = 0; start < row.Length; start += channels)
                for (int c = 0; c < channels; c++) middle[c] += row[start + c];
        for (int c = 0; c < channels; c++) middle[c] /= count;
        foreach (float[] row in features)
            for (int start = 0; start < row.Length; start += channels)
                for (int c = 0; c < channels; c++) squares[c] += (row[start + c] - middle[c]) * (row[start + c] - middle[c]);
        for (int c = 0; c < channels; c++)
        {
            mean[c] = (float)middle[c];
            deviation[c] = (float)Math.Sqrt(squares[c] / count) is > 1e-6f and var d ? d : 1; // a feature that never changes tells nothing
        }
    }

    public void Apply(ReadOnlySpan<float> from, Span<float> to)
    {
        for (int start = 0; start < to.Length; start += mean.Length)
            for (int c = 0; c < mean.Length; c++) to[start + c] = (from[start + c] - mean[c]) / deviation[c];
    }

    /// <summary>Makes of a layer that reads standardised features one that reads them as they are.</summary>
    /// <param name="standardised">Linear or a 1x1 convolution without border, with a bias.</param>
    /// <param name="plain">A network of the same construction.</param>
    public void Fold(Layer standardised, Layer plain)
    {
        (Parameter weight, Parameter bias) = (standardised.Parameters[0], standardised.Parameters[1]);
        int length = mean.Length;
        for (int o = 0; o < bias.Length; o++)
        {
            double sum = bias.Values[o];
            for (int i = 0; i < length; i++)
            {
                float w = weight.Values[o * length + i] / deviation[i];
                plain.Parameters[0].Values[o * length + i] = w;
                sum -= (double)w * mean[i];
            }
            plain.Parameters[1].Values[o] = (float)sum;
        }
    }
}

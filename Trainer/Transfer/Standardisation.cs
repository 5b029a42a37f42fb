using EmotionMLNet.Layers;

namespace EmotionMLNet.Trainer.Transfer;

/// <summary>Features brought to mean 0 and deviation 1, so that one learning rate suits all of them; folded into the head afterwards, exactly.</summary>
internal sealed class Standardisation
{
    private readonly float[] mean, deviation;

    public Standardisation(IReadOnlyList<float[]> features)
    {
        int length = features[0].Length;
        (mean, deviation) = (new float[length], new float[length]);
        for (int i = 0; i < length; i++)
        {
            double sum = 0, squares = 0;
            foreach (float[] row in features) sum += row[i];
            double middle = sum / features.Count;
            foreach (float[] row in features) squares += (row[i] - middle) * (row[i] - middle);
            mean[i] = (float)middle;
            deviation[i] = (float)Math.Sqrt(squares / features.Count) is > 1e-6f and var d ? d : 1; // a feature that never changes tells nothing
        }
    }

    public void Apply(ReadOnlySpan<float> from, Span<float> to)
    {
        for (int i = 0; i < to.Length; i++) to[i] = (from[i] - mean[i]) / deviation[i];
    }

    /// <summary>Makes of a layer that reads standardised features one that reads them as they are.</summary>
    public void Fold(Linear standardised, Linear plain)
    {
        int length = mean.Length;
        for (int o = 0; o < plain.OutFeatures; o++)
        {
            double bias = standardised.Bias!.Value[o];
            for (int i = 0; i < length; i++)
            {
                float w = standardised.Weight.Value[o * length + i] / deviation[i];
                plain.Weight.Value[o * length + i] = w;
                bias -= (double)w * mean[i];
            }
            plain.Bias!.Value[o] = (float)bias;
        }
    }
}

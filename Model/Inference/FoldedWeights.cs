using EmotionMLNet.Layers;

namespace EmotionMLNet.Inference;

/// <summary>A convolution's weights and biases on their way into an inference plan; a linear layer is a 1x1 convolution of a 1x1 plane.</summary>
internal sealed class FoldedWeights
{
    private FoldedWeights(Conv2D shape, float[] weight, float[] bias) => (Shape, Weight, Bias) = (shape, weight, bias);

    /// <summary>Gives kernel, stride and so on; its own weights are not used.</summary>
    public Conv2D Shape { get; }

    /// <summary>[Out, In / groups, KH, KW].</summary>
    public float[] Weight { get; }

    /// <summary>[Out].</summary>
    public float[] Bias { get; }

    public static FoldedWeights Of(Layer layer) => layer switch
    {
        Conv2D c => new FoldedWeights(c, c.Weight.Values.ToArray(), c.Bias?.Values.ToArray() ?? new float[c.OutChannels]),
        Linear l => new FoldedWeights(new Conv2D(l.InFeatures, l.OutFeatures, kernel: 1), l.Weight.Values.ToArray(), l.Bias?.Values.ToArray() ?? new float[l.OutFeatures]),
        _ => throw new ArgumentException($"{layer} has no weights to fold."),
    };

    /// <summary>W ← γ / sqrt(σ² + ε) · W, b ← γ / sqrt(σ² + ε) · (b - μ) + β, in double so that folding itself rounds once.</summary>
    public void Fold(BatchNorm norm)
    {
        int length = Weight.Length / Bias.Length;
        for (int o = 0; o < Bias.Length; o++)
        {
            double scale = norm.Weight.Values[o] / Math.Sqrt((double)norm.RunningVariance.Values[o] + norm.Epsilon);
            foreach (ref float w in Weight.AsSpan(o * length, length)) w = (float)(w * scale);
            Bias[o] = (float)((Bias[o] - (double)norm.RunningMean.Values[o]) * scale + norm.Bias.Values[o]);
        }
    }
}

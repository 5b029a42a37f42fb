using EmotionMLNet.Kernels.Convolution;
using EmotionMLNet.Layers;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Inference;

/// <summary>A product layer's sizes, weights and biases on their way into an inference plan; the weights are copies.</summary>
/// <param name="layer">The layer; it keeps its own weights.</param>
/// <param name="input">Shape of one image's input.</param>
internal sealed class FoldedWeights(ProductLayer layer, Shape input)
{
    /// <summary>Kernel, stride and so on; a linear layer is a 1x1 convolution of a 1x1 plane.</summary>
    public ConvGeometry Geometry { get; } = layer.GeometryFor(input);

    /// <summary>[Out, In / groups, KH, KW].</summary>
    public float[] Weight { get; } = layer.Weight.Values.ToArray();

    /// <summary>[Out].</summary>
    public float[] Bias { get; } = layer.Bias?.Values.ToArray() ?? new float[layer.Weight.Dimensions[0]];

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

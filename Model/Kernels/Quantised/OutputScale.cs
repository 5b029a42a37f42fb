namespace EmotionMLNet.Kernels.Quantised;

/// <summary>
/// The constants of a layer's <see cref="Requantisation"/> that do not depend on how its sums are made, in steps of the output.
/// </summary>
internal sealed class OutputScale
{
    private const double RoundingHalf = 0.5;

    public OutputScale(QuantisedLayer layer)
    {
        ByteScale output = layer.Output;
        InputSteps = (double)layer.Input.Step / output.Step;
        ResidualSteps = layer.Residual is { } r ? (float)((double)r.Step / output.Step) : 0;
        double zero = output.Zero + RoundingHalf - (double)ResidualSteps * (layer.Residual?.Zero ?? 0);
        Bias = new float[layer.Geometry.OutChannels];
        for (int o = 0; o < Bias.Length; o++) Bias[o] = (float)(layer.Bias.Span[o] / (double)output.Step + zero);
        Low = Limit(layer.Activation.Low, output);
        High = Limit(layer.Activation.High, output);
    }

    /// <summary>[Out]: bias, zero points and rounding half.</summary>
    public float[] Bias { get; }

    /// <summary>Output steps an input step is worth.</summary>
    public double InputSteps { get; }

    /// <summary>Output steps a residual's step is worth.</summary>
    public float ResidualSteps { get; }

    public float Low { get; }

    public float High { get; }

    private static float Limit(float value, ByteScale scale)
        => (float)Math.Clamp(scale.Zero + Math.Round(value / (double)scale.Step), byte.MinValue, byte.MaxValue);
}

using EmotionMLNet.Layers;
using EmotionMLNet.Networks;

namespace EmotionMLNet.Onnx;

/// <summary>Writes parameters as initialisers: as they are, or compressed with the node that expands them again.</summary>
internal static class WeightWriter
{
    private const int Largest = 127; // -128 would have no positive counterpart

    /// <param name="graph">The graph.</param>
    /// <param name="name">What the nodes read.</param>
    /// <param name="parameter">Its values, output channel first.</param>
    /// <param name="format">Used for matrices and kernels; vectors stay float32.</param>
    public static void Write(GraphWriter graph, string name, Parameter parameter, OnnxWeights format)
    {
        long[] dimensions = [.. parameter.Dimensions.Select(d => (long)d)];
        if (dimensions.Length < 2) format = OnnxWeights.Full;
        switch (format)
        {
            case OnnxWeights.Full:
                graph.Tensor(name, dimensions, parameter.Value);
                break;
            case OnnxWeights.Half:
                graph.Node("Cast", [graph.Constant($"{name}.half", ElementType.Float16, dimensions, Halves(parameter.Values))], name, new OnnxAttribute("to", (long)ElementType.Float));
                break;
            case OnnxWeights.Quantised:
                (byte[] quantised, float[] scales) = Quantise(parameter.Values, (int)dimensions[0]);
                graph.Tensor($"{name}.int8", ElementType.Int8, dimensions, quantised);
                graph.Tensor($"{name}.scale", [dimensions[0]], scales);
                graph.Node("DequantizeLinear", [$"{name}.int8", $"{name}.scale"], name, new OnnxAttribute("axis", 0));
                break;
        }
    }

    /// <summary>Gives weights the values that a reader of the file will see.</summary>
    public static void Round(Network network, OnnxWeights format)
    {
        foreach ((_, Parameter parameter) in network.Parameters)
        {
            if (format == OnnxWeights.Full || parameter.Dimensions.Count < 2) continue;
            Span<float> values = parameter.Value;
            if (format == OnnxWeights.Half)
            {
                foreach (ref float v in values) v = (float)(Half)v;
                continue;
            }
            (byte[] quantised, float[] scales) = Quantise(values, parameter.Dimensions[0]);
            for (int i = 0; i < values.Length; i++) values[i] = scales[i / (values.Length / scales.Length)] * (sbyte)quantised[i];
        }
    }

    private static byte[] Halves(ReadOnlySpan<float> values)
    {
        var bytes = new byte[2 * values.Length];
        for (int i = 0; i < values.Length; i++)
            System.Buffers.Binary.BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan(2 * i), (Half)values[i]);
        return bytes;
    }

    // w ≈ scale[channel] · q with q in -127..127, scale = max |w| / 127
    private static (byte[] Quantised, float[] Scales) Quantise(ReadOnlySpan<float> values, int channels)
    {
        int length = values.Length / channels;
        var quantised = new byte[values.Length];
        var scales = new float[channels];
        for (int c = 0; c < channels; c++)
        {
            float largest = 0;
            foreach (float v in values.Slice(c * length, length)) largest = Math.Max(largest, Math.Abs(v));
            scales[c] = largest > 0 ? largest / Largest : 1;
            for (int i = c * length; i < (c + 1) * length; i++)
                quantised[i] = (byte)(sbyte)Math.Clamp(MathF.Round(values[i] / scales[c]), -Largest, Largest);
        }
        return (quantised, scales);
    }
}

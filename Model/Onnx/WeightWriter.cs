using EmotionMLNet.Layers;
using EmotionMLNet.Networks;

namespace EmotionMLNet.Onnx;

/// <summary>Writes parameters as initialisers: as they are, or compressed with the node that expands them again.</summary>
/// <remarks>
/// A parameter that the wanted form can't hold, because a value would become infinite, stays float32, and the note of it reaches the user.
/// </remarks>
internal static class WeightWriter
{
    private const int MostSteps = 127; // -128 would have no positive counterpart

    /// <param name="graph">The graph.</param>
    /// <param name="name">The name that the nodes read.</param>
    /// <param name="parameter">Its values, output channel first.</param>
    /// <param name="format">Used for matrices and kernels; vectors stay float32, and so does what <see cref="FormOf"/> keeps.</param>
    /// <exception cref="OnnxFormatException">A value is NaN or infinite: such a network is not written.</exception>
    public static void Write(GraphWriter graph, string name, Parameter parameter, OnnxWeights format)
    {
        long[] dimensions = [.. parameter.Dimensions.Select(d => (long)d)];
        if (!parameter.IsFinite)
            throw new OnnxFormatException(
                $"'{name}' holds values that are not finite numbers, so the network is not written: its training diverged; train "
                    + "again with a lower learning rate"
            );
        switch (FormOf(parameter, format))
        {
            case OnnxWeights.Full:
                graph.Tensor(name, dimensions, parameter.Values);
                break;
            case OnnxWeights.Half:
                graph.Node(
                    "Cast",
                    [graph.Constant($"{name}.half", ElementType.Float16, dimensions, Halves(parameter.Values))],
                    name,
                    new OnnxAttribute("to", (long)ElementType.Float)
                );
                break;
            case OnnxWeights.Quantised:
                (byte[] quantised, float[] scales) = Quantise(parameter.Values, (int)dimensions[0]);
                graph.Tensor($"{name}.int8", ElementType.Int8, dimensions, quantised);
                graph.Tensor($"{name}.scale", [dimensions[0]], scales);
                graph.Node("DequantizeLinear", [$"{name}.int8", $"{name}.scale"], name, new OnnxAttribute("axis", 0));
                break;
        }
    }

    /// <summary>
    /// The form that a parameter is written in: the wanted one for matrices and kernels whose values stay finite in it, else float32.
    /// </summary>
    public static OnnxWeights FormOf(Parameter parameter, OnnxWeights wanted)
        => parameter.Dimensions.Count >= 2 && parameter.Values.Length > 0 && Holds(wanted, parameter.Values) ? wanted : OnnxWeights.Full;

    /// <summary>A sentence for each parameter that a compressed form can't hold and that therefore stays float32.</summary>
    public static IReadOnlyList<string> Notes(Network network, OnnxWeights wanted) =>
        wanted == OnnxWeights.Full
            ? []
            :
            [
                .. network
                    .Parameters.Where(p => p.Parameter.Dimensions.Count >= 2 && FormOf(p.Parameter, wanted) == OnnxWeights.Full)
                    .Select(p =>
                        string.Create(
                            System.Globalization.CultureInfo.InvariantCulture,
                            $"{p.Name} stays float32: its largest value, {Largest(p.Parameter.Values):g4}, is beyond "
                                + $"{(wanted == OnnxWeights.Half ? "float16" : "int8 with a scale")}"
                        )
                    ),
            ];

    /// <summary>Gives weights the values that a reader of the file will see.</summary>
    public static void Round(Network network, OnnxWeights format)
    {
        foreach ((_, Parameter parameter) in network.Parameters)
        {
            OnnxWeights form = FormOf(parameter, format);
            if (form == OnnxWeights.Full) continue;
            Span<float> values = parameter.Values;
            if (form == OnnxWeights.Half)
            {
                foreach (ref float v in values) v = (float)(Half)v;
                continue;
            }
            (byte[] quantised, float[] scales) = Quantise(values, parameter.Dimensions[0]);
            for (int i = 0; i < values.Length; i++) values[i] = scales[i / (values.Length / scales.Length)] * (sbyte)quantised[i];
        }
    }

    // Above 65504, and half a step of rounding, a half is infinite; 127 steps of a scale can come out a little above the value that made
    // it.
    private static bool Holds(OnnxWeights form, ReadOnlySpan<float> values) => form switch
    {
        OnnxWeights.Half => Half.IsFinite((Half)Largest(values)),
        OnnxWeights.Quantised => float.IsFinite(MostSteps * (Largest(values) / MostSteps)),
        _ => true,
    };

    private static float Largest(ReadOnlySpan<float> values)
    {
        float largest = 0;
        foreach (float v in values) largest = Math.Max(largest, Math.Abs(v));
        return largest;
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
            // A scale below the smallest normal number has few digits or none: then all of the channel is 0.
            float scale = Largest(values.Slice(c * length, length)) / MostSteps;
            scales[c] = float.IsNormal(scale) ? scale : 1;
            for (int i = c * length; i < (c + 1) * length; i++)
                quantised[i] = (byte)(sbyte)Math.Clamp(MathF.Round(values[i] / scales[c]), -MostSteps, MostSteps);
        }
        return (quantised, scales);
    }
}

using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;

namespace EmotionMLNet.Weights;

/// <summary>What became of the tensors of a file.</summary>
/// <param name="Loaded">Parameters that were set.</param>
/// <param name="Missing">Parameters that the file does not have: they keep what was drawn.</param>
/// <param name="Mismatched">Parameters of another shape in the file, with both shapes: they keep what was drawn.</param>
/// <param name="Unused">Tensors that nothing takes.</param>
/// <param name="Summed">Parameters whose three colours were added up for a grey input.</param>
internal sealed record WeightReport(
    IReadOnlyList<string> Loaded,
    IReadOnlyList<string> Missing,
    IReadOnlyList<string> Mismatched,
    IReadOnlyList<string> Unused,
    IReadOnlyList<string> Summed
)
{
    public IEnumerable<string> Lines()
    {
        foreach (string name in Missing) yield return $"not in the file, drawn anew: {name}";
        foreach (string name in Mismatched) yield return $"of another shape, drawn anew: {name}";
        foreach (string name in Summed) yield return $"three colours added up for grey input: {name}";
        foreach (string name in Unused) yield return $"in the file, not used: {name}";
    }
}

/// <summary>Sets the parameters of a network from a file's tensors of the same names.</summary>
internal static class WeightLoader
{
    private static readonly string[] Prefixes = ["module.", "model.", "backbone.", "net."];

    /// <exception cref="WeightFormatException">Not one name fits, or a value is NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">As asked for; some parameters may be set by then.</exception>
    public static WeightReport Load(Network network, IReadOnlyList<WeightTensor> tensors, CancellationToken cancellationToken = default)
    {
        Dictionary<string, WeightTensor> byName = Named(network, tensors);
        List<string> loaded = [], missing = [], mismatched = [], summed = [];
        var used = new HashSet<WeightTensor>();
        foreach ((string name, Parameter parameter) in network.Parameters)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!byName.TryGetValue(name, out WeightTensor? tensor))
            {
                missing.Add(name);
                continue;
            }
            used.Add(tensor);
            if (Fits(parameter, tensor)) Values(tensor).CopyTo(parameter.Values, 0);
            else if (IsGreyOf(parameter, tensor))
            {
                SumColours(Values(tensor), parameter);
                summed.Add(name);
            }
            else
            {
                mismatched.Add($"{name} [{string.Join(", ", tensor.Dimensions)}], [{string.Join(", ", parameter.Dimensions)}] is wanted");
                continue;
            }
            if (!parameter.IsFinite)
                throw new WeightFormatException(
                    $"tensor '{BrokenContent.Short(tensor.Name)}' holds values that are not finite numbers as float32: the file is "
                        + "damaged, or its training had diverged"
                );
            loaded.Add(name);
        }
        if (loaded.Count == 0)
            throw new WeightFormatException(
                $"none of the {tensors.Count} tensors has a name and shape of this network "
                    + $"({(tensors.Count > 0 ? BrokenContent.Short(tensors[0].Name) : "there are none")} against "
                    + $"{network.Parameters.First().Name}): they belong to another architecture"
            );
        return new WeightReport(
            loaded,
            missing,
            mismatched,
            [
                .. byName
                    .Where(t => !used.Contains(t.Value) && !t.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal))
                    .Select(t => t.Key),
            ],
            summed
        );
    }

    // Tensors of ONNX files are decoded only now.
    private static float[] Values(WeightTensor tensor)
    {
        try
        {
            return tensor.Read();
        }
        catch (Exception e) when (BrokenContent.Explains(e) || e is OnnxFormatException)
        {
            throw new WeightFormatException(
                $"tensor '{BrokenContent.Short(tensor.Name)}' cannot be read: {BrokenContent.Short(e.Message)}",
                e
            );
        }
    }

    // Names as they are, or without what a wrapper put before all of them.
    private static Dictionary<string, WeightTensor> Named(Network network, IReadOnlyList<WeightTensor> tensors)
    {
        var wanted = network.Parameters.Select(p => p.Name).ToHashSet();
        string prefix = Prefixes
            .Prepend("")
            .MaxBy(p => tensors.Count(t => t.Name.StartsWith(p, StringComparison.Ordinal) && wanted.Contains(t.Name[p.Length..])))!;
        var named = new Dictionary<string, WeightTensor>();
        foreach (WeightTensor tensor in tensors)
            named[tensor.Name.StartsWith(prefix, StringComparison.Ordinal) ? tensor.Name[prefix.Length..] : tensor.Name] = tensor;
        return named;
    }

    // A linear layer and a 1x1 convolution have the same numbers: extents of one do not count.
    private static bool Fits(Parameter parameter, WeightTensor tensor) =>
        parameter.Dimensions.Where(d => d != 1).Select(d => (long)d).SequenceEqual(tensor.Dimensions.Where(d => d != 1))
        && tensor.Dimensions.Aggregate(1L, (a, b) => a * b) == parameter.Length;

    private static bool IsGreyOf(Parameter parameter, WeightTensor tensor) =>
        parameter.Dimensions is [var outputs, 1, var height, var width]
        && tensor.Dimensions is [var o, 3, var h, var w]
        && (o, h, w) == (outputs, height, width);

    // Grey as all three colours: the response to a picture with R = G = B is the same.
    private static void SumColours(float[] rgb, Parameter grey)
    {
        int plane = grey.Dimensions[2] * grey.Dimensions[3];
        for (int i = 0; i < grey.Length; i++)
        {
            int o = i / plane, k = i % plane;
            grey.Values[i] = rgb[3 * o * plane + k] + rgb[(3 * o + 1) * plane + k] + rgb[(3 * o + 2) * plane + k];
        }
    }
}

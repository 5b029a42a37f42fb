using EmotionMLNet.Kernels;
using EmotionMLNet.Kernels.Convolution;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Inference;

/// <summary>
/// Weights in the order in which kernels read them, kept so that plans of one network for several sizes of images share them. One caller
/// at a time.
/// </summary>
internal sealed class PackedWeights
{
    private readonly Dictionary<(int Node, Type Kernel), Tensor> packed = [];

    /// <summary>Packs weights, or finds what was packed before: the order depends on the algorithm, not on the size of the image.</summary>
    /// <param name="node">The node of the network that they belong to.</param>
    /// <param name="kernel">The algorithm.</param>
    /// <param name="weights">[Out, In / groups, KH, KW].</param>
    public Tensor Pack(int node, ConvolutionKernel kernel, ReadOnlySpan<float> weights)
    {
        if (packed.TryGetValue((node, kernel.GetType()), out Tensor? known)) return known;
        return packed[(node, kernel.GetType())] = Pack(kernel, weights);
    }

    /// <summary>Packs weights that nobody else uses.</summary>
    public static Tensor Pack(ConvolutionKernel kernel, ReadOnlySpan<float> weights)
    {
        var tensor = new Tensor(1, Shape.Vector(kernel.PackedFloats));
        using var team = new ThreadTeam(1);
        kernel.Pack(weights, tensor.Span, team);
        return tensor;
    }
}

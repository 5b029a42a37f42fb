using EmotionMLNet.Kernels.Convolution;

namespace EmotionMLNet.Kernels.Quantised;

/// <summary>What a quantised convolution is made from, all in floats and PyTorch's order.</summary>
/// <param name="Geometry">The sizes; one group.</param>
/// <param name="Weights">[Out, In, KH, KW].</param>
/// <param name="Bias">[Out].</param>
/// <param name="Activation">Applied last.</param>
/// <param name="Input">What the input's bytes mean.</param>
/// <param name="Output">What the output's bytes are to mean.</param>
/// <param name="Residual">What the bytes of the other summand mean, if there is one.</param>
internal sealed record QuantisedLayer(
    ConvGeometry Geometry,
    ReadOnlyMemory<float> Weights,
    ReadOnlyMemory<float> Bias,
    Activation Activation,
    ByteScale Input,
    ByteScale Output,
    ByteScale? Residual
);

/// <summary>
/// A convolution from bytes to bytes, NHWC: exact integer sums, then one rounding. Immutable; holds its packed weights.
/// </summary>
internal abstract class QuantisedConvolution(QuantisedLayer layer)
{
    public ConvGeometry Geometry { get; } = layer.Geometry;

    /// <summary>Bytes of packed weights.</summary>
    public abstract long PackedBytes { get; }

    protected OutputScale Scale { get; } = new(layer);

    /// <summary>Whether there is a kernel: no groups, and outputs that fill vectors of every width.</summary>
    public static bool Suits(ConvGeometry g) => g.Groups == 1 && g.OutChannels % 16 == 0;

    /// <summary>Quantises and packs: Winograd for dense 3x3 at stride 1, else the product of pixels or unfolded patches.</summary>
    /// <param name="layer">The layer to quantise.</param>
    /// <param name="lanes">Vector width; 0 means the machine's best.</param>
    public static QuantisedConvolution Create(QuantisedLayer layer, int lanes = 0)
    {
        ConvGeometry g = layer.Geometry;
        int widest = lanes == 0 ? Lanes.Widest : lanes;
        if (QuantisedWinogradTiling.Suits(g)) return QuantisedWinogradTiling.Create(layer, widest);
        return System.Runtime.Intrinsics.X86.AvxVnni.IsSupported && widest >= 8
            ? new QuantisedProduct<QuadProduct>(layer, 8)
            : new QuantisedProduct<PairProduct>(layer, widest);
    }

    /// <summary>Scratch of a run, in floats.</summary>
    public abstract long ScratchFloats(int batch, int threads);

    /// <summary>y = activation(x ⋆ W + bias + residual).</summary>
    public abstract void Forward(
        int batch,
        ReadOnlySpan<byte> x,
        ReadOnlySpan<byte> residual,
        Span<byte> y,
        Span<float> scratch,
        ThreadTeam team
    );

    private protected static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}

using System.Runtime.CompilerServices;
using EmotionMLNet.Kernels.Gemm;

namespace EmotionMLNet.Kernels.Convolution;

/// <summary>y = activation(y + bias + residual), applied while the outputs are still in registers or L1.</summary>
internal readonly ref struct Epilogue
{
    /// <summary>[Out], or empty.</summary>
    public ReadOnlySpan<float> Bias { get; init; }

    /// <summary>The tensor that is added, as long as the output, or empty.</summary>
    public ReadOnlySpan<float> Residual { get; init; }

    /// <summary>Applied last.</summary>
    public Activation Activation
    {
        get => field ?? Activation.None;
        init;
    }
}

/// <summary>An <see cref="Epilogue"/> whose spans are pinned for the duration of a kernel; the default one changes nothing.</summary>
internal readonly unsafe struct PinnedEpilogue
{
    private readonly float* bias;
    private readonly float* residual;
    private readonly float low, high; // equal where there is no limit, as in the default: a fifth field would keep them from registers

    public PinnedEpilogue(float* bias, float* residual, Activation activation)
    {
        this.bias = bias;
        this.residual = residual;
        if (activation == Activation.None) return;
        low = activation.Low;
        high = activation.High;
    }

    private PinnedEpilogue(PinnedEpilogue like, float* residual)
    {
        this = like;
        this.residual = residual;
    }

    /// <summary>The tensor that is added, as long as the output, or null.</summary>
    public float* Residual => residual;

    /// <summary>The same for an output that begins further on.</summary>
    public PinnedEpilogue From(nint index) => new(this, residual is null ? null : residual + index);

    /// <param name="value">A vector of outputs.</param>
    /// <param name="channel">First channel of the vector.</param>
    /// <param name="index">Index of its first value in the whole output.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public L Apply<L>(L value, int channel, nint index) where L : struct, ILanes<L>
    {
        if (bias is not null) value += L.Load(bias + channel);
        if (residual is not null) value += L.Load(residual + index);
        return low < high ? L.MinNative(L.Broadcast(high), L.MaxNative(L.Broadcast(low), value)) : value; // ±∞ change nothing
    }

    /// <summary>A panel of a matrix product, or what is left of one, with this epilogue on the sums while they are in registers.</summary>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="columns">Columns of C, at most a panel's.</param>
    /// <param name="a">A.</param>
    /// <param name="b">The packed panel.</param>
    /// <param name="channel">The panel's first channel.</param>
    /// <param name="c">C[0, 0] inside of y.</param>
    /// <param name="cStride">In floats.</param>
    /// <param name="y">The whole output.</param>
    public void Product<L>(int rows, int columns, TileInput a, float* b, int channel, float* c, nint cStride, float* y)
        where L : struct, ILanes<L>
    {
        float* from = bias is null ? null : bias + channel;
        TileEpilogue tile = low < high ? new(from, low, high) : new(from, float.NegativeInfinity, float.PositiveInfinity);
        if (residual is null) GemmTile.Panel<L, TileEpilogue>(rows, columns, a, b, GemmTile.Columns<L>(), c, cStride, tile);
        else GemmTile.Panel<L, TileResidual>(rows, columns, a, b, GemmTile.Columns<L>(), c, cStride, new TileResidual(tile, residual, y));
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using EmotionMLNet.Kernels.Gemm;

namespace EmotionMLNet.Kernels.Convolution;

/// <summary>A <see cref="PinnedEpilogue"/> applied to the register tile of a matrix product.</summary>
/// <remarks>The residual lies as the output does, so it is found by its distance from it. Its rows are far apart and cold: asked for when
/// the tile starts, they are there when it ends.</remarks>
internal readonly unsafe struct TileEpilogue(float* bias, float* residual, float* y, Activation activation) : ITileFinish
{
    private readonly float* bias = bias;
    private readonly bool adds = residual is not null;
    private readonly nint distance = (nint)residual - (nint)y; // bytes
    private readonly Activation activation = activation;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public L Apply<L>(L value, int column, float* c) where L : struct, ILanes<L>
    {
        if (bias is not null) value += L.Load(bias + column);
        if (adds) value += L.Load((float*)((nint)c + distance));
        if (activation != Activation.None) value = L.Max(value, L.Broadcast(0));
        if (activation == Activation.ReLU6) value = L.Min(value, L.Broadcast(6));
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(float* c)
    {
        if (!adds || !Sse.IsSupported) return;
        byte* from = (byte*)c + distance;
        Sse.Prefetch0(from);
        Sse.Prefetch0(from + 64);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using EmotionMLNet.Kernels.Gemm;

namespace EmotionMLNet.Kernels.Convolution;

/// <summary>Bias and activation on the register tile of a matrix product.</summary>
/// <remarks>Limits without a branch: in a shallow product the epilogue is a good part of the work.</remarks>
internal readonly unsafe struct TileEpilogue(float* bias, float low, float high) : ITileFinish
{
    private readonly float* bias = bias;
    private readonly float low = low;
    private readonly float high = high;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public L Apply<L>(L value, int column, float* c) where L : struct, ILanes<L> => Clamp(Biased(value, column));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public L Biased<L>(L value, int column) where L : struct, ILanes<L> => bias is null ? value : value + L.Load(bias + column);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public L Clamp<L>(L value) where L : struct, ILanes<L> => L.MinNative(L.Broadcast(high), L.MaxNative(L.Broadcast(low), value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(float* c) => Cache.PrefetchPair(c);
}

/// <summary>The same with a residual between bias and activation.</summary>
/// <remarks>The residual lies as the output does, so it is found by its distance from it. Its rows are far apart and cold: asked for when
/// the tile starts, they are there when it ends.</remarks>
internal readonly unsafe struct TileResidual(TileEpilogue epilogue, float* residual, float* y) : ITileFinish
{
    private readonly TileEpilogue epilogue = epilogue;
    private readonly nint distance = (nint)residual - (nint)y; // bytes

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public L Apply<L>(L value, int column, float* c) where L : struct, ILanes<L>
        => epilogue.Clamp(epilogue.Biased(value, column) + L.Load((float*)((nint)c + distance)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(float* c)
    {
        Cache.PrefetchPair((float*)((nint)c + distance));
        Cache.PrefetchPair(c);
    }
}

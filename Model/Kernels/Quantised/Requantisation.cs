using System.Runtime.CompilerServices;
using EmotionMLNet.Kernels.Convolution;

namespace EmotionMLNet.Kernels.Quantised;

/// <summary>
/// The last step of every quantised convolution: y = clamp(s·sum + bias + r·residual), rounded to a byte, while the sums are in registers.
/// </summary>
/// <remarks>
/// All in units of the output's step, with the zero points, the rounding half and the activation folded into bias and limits beforehand:
/// what is left is two multiply-adds, two comparisons and a conversion. One output a lane: every width gives the same bytes.
/// </remarks>
/// <param name="scale">
/// [outs, padded to whole panels]: output steps an integer of the sum is worth. Null where sums are scaled already.
/// </param>
/// <param name="bias">[outs, padded]: bias, zero points and rounding half.</param>
/// <param name="residual">Bytes as the output's, or null.</param>
/// <param name="residualScale">Output steps a residual's step is worth.</param>
/// <param name="low">Least output.</param>
/// <param name="high">Largest output.</param>
/// <param name="y">The whole output.</param>
/// <param name="channels">Number of channels of a pixel of the output.</param>
internal readonly unsafe struct Requantisation(
    float* scale,
    float* bias,
    byte* residual,
    float residualScale,
    float low,
    float high,
    byte* y,
    int channels
) : IPixelStore
{
    public int Channels => channels;

    /// <summary>Scales and stores a vector of sums.</summary>
    /// <param name="sums">Exact sums.</param>
    /// <param name="channel">Channel of the first.</param>
    /// <param name="index">Its index in the output.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<I, L>(I sums, int channel, nint index) where I : struct, IIntegerLanes<I, L> where L : struct, ILanes<L>
        => Finish(L.FusedMultiplyAdd(sums.ToSingles(), L.Load(scale + channel), L.Load(bias + channel)), index);

    /// <summary>Stores a vector of values that are scaled but have no bias yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<L>(L value, int channel, nint index) where L : struct, ILanes<L> => Finish(value + L.Load(bias + channel), index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Finish<L>(L value, nint index) where L : struct, ILanes<L>
    {
        if (residual is not null) value = L.FusedMultiplyAdd(L.LoadBytes(residual + index), L.Broadcast(residualScale), value);
        value.StoreBytes(y + index, L.Broadcast(low), L.Broadcast(high));
    }
}

/// <summary>Requantises the tiles of a panel of outputs.</summary>
/// <param name="requantise">Scales and destination.</param>
/// <param name="channel">First channel of the panel; vectors beyond the last channel are dropped.</param>
/// <param name="index">Index in the output of the panel's first value.</param>
internal readonly struct RequantisingSink(Requantisation requantise, int channel, nint index) : ITileSink
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put<I, L>(int row, I left, I right) where I : struct, IIntegerLanes<I, L> where L : struct, ILanes<L>
    {
        nint at = index + (nint)row * requantise.Channels;
        requantise.Store<I, L>(left, channel, at);
        if (channel + I.Count < requantise.Channels) requantise.Store<I, L>(right, channel + I.Count, at + I.Count);
    }
}

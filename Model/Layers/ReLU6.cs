using EmotionMLNet.Kernels;

namespace EmotionMLNet.Layers;

/// <summary>y = min(max(x, 0), 6): Howard et al. 2017, arXiv:1704.04861. The derivative at 0 and at 6 is 0.</summary>
internal sealed class ReLU6 : UnaryLayer
{
    /// <summary>Creates the layer.</summary>
    public ReLU6()
        : base(new ScalarFunction<Rectifier6>(), Activation.Of<Rectifier6>()) { }
}

/// <summary>f(x) = min(max(x, 0), 6), a NaN stays one; the derivative at 0 and at 6 is 0.</summary>
internal readonly struct Rectifier6 : IActivation
{
    public static float Low => 0;

    public static float High => 6;

    public L Apply<L>(L x) where L : struct, ILanes<L> => L.MinNative(L.Broadcast(6), L.MaxNative(L.Broadcast(0), x));

    public L Apply<L>(L y, L dy) where L : struct, ILanes<L>
        => L.Select(y, L.Broadcast(0), L.Select(L.Broadcast(6), y, dy, L.Broadcast(0)), L.Broadcast(0));
}

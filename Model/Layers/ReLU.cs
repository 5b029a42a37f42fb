using EmotionMLNet.Kernels;

namespace EmotionMLNet.Layers;

/// <summary>y = max(x, 0). The derivative at 0 is 0.</summary>
internal sealed class ReLU : UnaryLayer
{
    /// <summary>Creates the layer.</summary>
    public ReLU()
        : base(new ScalarFunction<Rectifier>(), Activation.Of<Rectifier>()) { }
}

/// <summary>f(x) = max(x, 0), a NaN stays one; the derivative at 0 is 0.</summary>
internal readonly struct Rectifier : IActivation
{
    public static float Low => 0;

    public static float High => float.PositiveInfinity;

    public L Apply<L>(L x) where L : struct, ILanes<L> => L.MaxNative(L.Broadcast(0), x);

    public L Apply<L>(L y, L dy) where L : struct, ILanes<L> => L.Select(y, L.Broadcast(0), dy, L.Broadcast(0));
}

using EmotionMLNet.Kernels;

namespace EmotionMLNet.Layers;

/// <summary>y = 1 / (1 + exp(-x)).</summary>
internal sealed class Sigmoid : UnaryLayer
{
    /// <summary>Creates the layer.</summary>
    public Sigmoid()
        : base(new ScalarFunction<Function>()) { }

    // Beyond ±80 the exponential leaves the normal floats; the result is 0 or 1 to all digits long before.
    internal static L Compute<L>(L x) where L : struct, ILanes<L>
        => L.Broadcast(1) / (L.Broadcast(1) + L.Exp(L.Broadcast(0) - L.Max(L.Min(x, L.Broadcast(80)), L.Broadcast(-80))));

    private readonly struct Function : IDifferentiable
    {
        public static bool FromOutput => true;

        public L Apply<L>(L x) where L : struct, ILanes<L> => Compute(x);

        public L Apply<L>(L y, L dy) where L : struct, ILanes<L> => dy * y * (L.Broadcast(1) - y); // dx = dy y (1 - y)
    }
}

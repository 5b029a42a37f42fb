using EmotionMLNet.Kernels;

namespace EmotionMLNet.Layers;

/// <summary>y = x / (1 + exp(-x)), also called swish: Elfwing et al. 2017, arXiv:1702.03118.</summary>
internal sealed class SiLU : UnaryLayer
{
    /// <summary>Creates the layer.</summary>
    public SiLU()
        : base(new ScalarFunction<Function>()) { }

    private readonly struct Function : IDifferentiable
    {
        public static bool FromOutput => false;

        public L Apply<L>(L x) where L : struct, ILanes<L> => x * Sigmoid.Compute(x);

        // dx = dy s (1 + x (1 - s)), s = sigmoid(x)
        public L Apply<L>(L x, L dy) where L : struct, ILanes<L>
        {
            L s = Sigmoid.Compute(x), one = L.Broadcast(1);
            return dy * s * (one + x * (one - s));
        }
    }
}

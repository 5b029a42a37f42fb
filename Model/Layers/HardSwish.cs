using EmotionMLNet.Kernels;

namespace EmotionMLNet.Layers;

/// <summary>y = x · min(max(x / 6 + 1/2, 0), 1): Howard et al. 2019, arXiv:1905.02244.</summary>
internal sealed class HardSwish : UnaryLayer
{
    /// <summary>Creates the layer.</summary>
    public HardSwish()
        : base(new ScalarFunction<Function>()) { }

    private readonly struct Function : IDifferentiable
    {
        public static bool FromOutput => false;

        public L Apply<L>(L x) where L : struct, ILanes<L>
            => x * L.Min(L.Max(L.FusedMultiplyAdd(x, L.Broadcast(1f / 6), L.Broadcast(0.5f)), L.Broadcast(0)), L.Broadcast(1));

        // dx = dy · (0 up to -3, 1 from 3 on, x / 3 + 1/2 between)
        public L Apply<L>(L x, L dy) where L : struct, ILanes<L>
        {
            L between = dy * L.FusedMultiplyAdd(x, L.Broadcast(1f / 3), L.Broadcast(0.5f));
            return L.Select(x, L.Broadcast(-3), L.Select(L.Broadcast(3), x, between, dy), L.Broadcast(0));
        }
    }
}

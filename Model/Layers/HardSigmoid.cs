using EmotionMLNet.Kernels;

namespace EmotionMLNet.Layers;

/// <summary>
/// y = min(max(α x + β, 0), 1): Courbariaux et al. 2015, arXiv:1511.00363; with α = 1/6, β = 1/2 that of MobileNetV3, arXiv:1905.02244.
/// </summary>
internal sealed class HardSigmoid : UnaryLayer
{
    /// <summary>Creates the layer, by default PyTorch's and MobileNetV3's.</summary>
    public HardSigmoid(float alpha = 1f / 6, float beta = 0.5f)
        : base(new ScalarFunction<Function>(new Function(alpha, beta)))
    {
        Alpha = alpha;
        Beta = beta;
    }

    /// <summary>Slope.</summary>
    public float Alpha { get; }

    /// <summary>Value at 0.</summary>
    public float Beta { get; }

    /// <inheritdoc/>
    public override string ToString() => $"HardSigmoid({Alpha}, {Beta})";

    private readonly struct Function(float alpha, float beta) : IDifferentiable
    {
        public static bool FromOutput => true;

        public L Apply<L>(L x) where L : struct, ILanes<L>
            => L.Min(L.Max(L.FusedMultiplyAdd(x, L.Broadcast(alpha), L.Broadcast(beta)), L.Broadcast(0)), L.Broadcast(1));

        // dx = α dy where 0 < y < 1
        public L Apply<L>(L y, L dy) where L : struct, ILanes<L>
            => L.Select(y, L.Broadcast(0), L.Select(L.Broadcast(1), y, dy * L.Broadcast(alpha), L.Broadcast(0)), L.Broadcast(0));
    }
}

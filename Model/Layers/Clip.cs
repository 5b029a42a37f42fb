using EmotionMLNet.Kernels;

namespace EmotionMLNet.Layers;

/// <summary>y = min(max(x, low), high). The derivative at the limits is 0.</summary>
internal sealed class Clip : UnaryLayer
{
    /// <summary>Creates the layer; an infinite limit is none.</summary>
    /// <exception cref="ArgumentException">low is not below high.</exception>
    public Clip(float low, float high)
        : base(new ScalarFunction<Function>(new Function(low, high)))
    {
        if (!(low < high)) throw new ArgumentException($"Clip: the lower limit {low} must be below the upper one {high}.");
        Low = low;
        High = high;
    }

    /// <summary>Smallest output.</summary>
    public float Low { get; }

    /// <summary>Largest output.</summary>
    public float High { get; }

    /// <inheritdoc/>
    public override string ToString() => $"Clip({Low} to {High})";

    private readonly struct Function(float low, float high) : IDifferentiable
    {
        public static bool FromOutput => true;

        public L Apply<L>(L x) where L : struct, ILanes<L> => L.Min(L.Max(x, L.Broadcast(low)), L.Broadcast(high));

        // dx = dy where low < y < high
        public L Apply<L>(L y, L dy) where L : struct, ILanes<L>
            => L.Select(y, L.Broadcast(low), L.Select(L.Broadcast(high), y, dy, L.Broadcast(0)), L.Broadcast(0));
    }
}

using EmotionMLNet.Kernels;

namespace EmotionMLNet.Layers;

/// <summary>y = ln(max(x, floor)), the natural logarithm. The derivative at and below the floor is 0.</summary>
internal sealed class Log : UnaryLayer
{
    /// <summary>The smallest normal float: nothing below it has a logarithm worth keeping, and 0 has none.</summary>
    public const float SmallestFloor = 1.17549435e-38f;

    /// <summary>Creates the layer.</summary>
    /// <exception cref="ArgumentException">The floor is not positive, or is subnormal.</exception>
    public Log(float floor = SmallestFloor)
        : base(new ScalarFunction<Function>(new Function(floor)))
    {
        if (!(floor >= SmallestFloor && float.IsFinite(floor)))
            throw new ArgumentException($"Log: the floor {floor} must be a normal, positive float.");
        Floor = floor;
    }

    /// <summary>Inputs below it count as it.</summary>
    public float Floor { get; }

    /// <inheritdoc/>
    public override string ToString() => $"Log({Floor} and up)";

    private readonly struct Function(float floor) : IDifferentiable
    {
        public static bool FromOutput => false;

        public L Apply<L>(L x) where L : struct, ILanes<L> => L.Log(L.Max(x, L.Broadcast(floor)));

        // dx = dy / x where x > floor
        public L Apply<L>(L x, L dy) where L : struct, ILanes<L>
            => L.Select(x, L.Broadcast(floor), dy / L.Max(x, L.Broadcast(floor)), L.Broadcast(0));
    }
}

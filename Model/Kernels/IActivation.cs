namespace EmotionMLNet.Kernels;

/// <summary>
/// A function f of one value with its derivative: Apply(x) = f(x), and Apply(v, dY) = dX, where v is y = f(x) or x, whichever
/// <see cref="FromOutput"/> says.
/// </summary>
internal interface IDifferentiable : IUnaryOperator, IBinaryOperator
{
    /// <summary>Whether the derivative is taken from y; then x may be overwritten.</summary>
    static abstract bool FromOutput { get; }
}

/// <summary>
/// A function that other kernels apply to what they compute: f(x) = min(max(x, <see cref="Low"/>), <see cref="High"/>), a NaN stays one.
/// It rises nowhere faster than x and falls nowhere, so it may change places with a maximum. Its derivative is the same from x in the place
/// of y, so that a fused pass may recompute x instead of keeping y.
/// </summary>
internal interface IActivation : IDifferentiable
{
    /// <summary>The least output; -∞ for none.</summary>
    static abstract float Low { get; }

    /// <summary>The largest output; ∞ for none.</summary>
    static abstract float High { get; }

    static bool IDifferentiable.FromOutput => true;
}

/// <summary>f(x) = x.</summary>
internal readonly struct Identity : IActivation
{
    public static float Low => float.NegativeInfinity;

    public static float High => float.PositiveInfinity;

    public L Apply<L>(L x) where L : struct, ILanes<L> => x;

    public L Apply<L>(L y, L dy) where L : struct, ILanes<L> => dy;
}

namespace EmotionMLNet.Kernels;

/// <summary>
/// A function f of one value with its derivative: Apply(x) = f(x), and Apply(y, dY) = dX from y = f(x). For these functions the derivative
/// is the same from x in the place of y, so that a fused pass may recompute x instead of keeping y.
/// </summary>
internal interface IActivation : IUnaryOperator, IBinaryOperator;

/// <summary>f(x) = x.</summary>
internal readonly struct Identity : IActivation
{
    public L Apply<L>(L x) where L : struct, ILanes<L> => x;

    public L Apply<L>(L y, L dy) where L : struct, ILanes<L> => dy;
}

/// <summary>f(x) = max(x, 0), a NaN stays one; the derivative at 0 is 0.</summary>
internal readonly struct Rectifier : IActivation
{
    public L Apply<L>(L x) where L : struct, ILanes<L> => L.MaxNative(L.Broadcast(0), x);

    public L Apply<L>(L y, L dy) where L : struct, ILanes<L> => L.Select(y, L.Broadcast(0), dy, L.Broadcast(0));
}

/// <summary>f(x) = min(max(x, 0), 6), a NaN stays one; the derivative at 0 and at 6 is 0.</summary>
internal readonly struct Rectifier6 : IActivation
{
    public L Apply<L>(L x) where L : struct, ILanes<L> => L.MinNative(L.Broadcast(6), L.MaxNative(L.Broadcast(0), x));

    public L Apply<L>(L y, L dy) where L : struct, ILanes<L> => L.Select(y, L.Broadcast(0), L.Select(L.Broadcast(6), y, dy, L.Broadcast(0)), L.Broadcast(0));
}

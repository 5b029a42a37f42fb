namespace EmotionMLNet.Kernels;

/// <summary>An <see cref="IDifferentiable"/> over whole tensors, split over a team; inputs and outputs may be the same memory.</summary>
internal abstract class ScalarFunction
{
    /// <summary>Whether the derivative is taken from y, else from x.</summary>
    public abstract bool FromOutput { get; }

    /// <summary>y = f(x), value by value.</summary>
    public abstract void Apply(ReadOnlySpan<float> x, Span<float> y, ThreadTeam team);

    /// <summary>dX from dY.</summary>
    /// <param name="value">y or x, see <see cref="FromOutput"/>.</param>
    /// <param name="dy">dLoss/dY.</param>
    /// <param name="dx">dLoss/dX.</param>
    /// <param name="team">Splits the values.</param>
    public abstract void Differentiate(ReadOnlySpan<float> value, ReadOnlySpan<float> dy, Span<float> dx, ThreadTeam team);
}

/// <summary>One of them, with its constants.</summary>
internal sealed class ScalarFunction<TFunction>(TFunction function = default) : ScalarFunction where TFunction : struct, IDifferentiable
{
    public override bool FromOutput => TFunction.FromOutput;

    public override void Apply(ReadOnlySpan<float> x, Span<float> y, ThreadTeam team) => Elementwise.Map(x, y, team, function);

    public override void Differentiate(ReadOnlySpan<float> value, ReadOnlySpan<float> dy, Span<float> dx, ThreadTeam team)
        => Elementwise.Map(value, dy, dx, team, function);
}

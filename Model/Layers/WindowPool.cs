using EmotionMLNet.Kernels;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>A layer that reduces windows of each channel to one value.</summary>
internal abstract class WindowPool : Layer
{
    private protected WindowPool(
        (int Height, int Width) kernel,
        (int Height, int Width) stride,
        (int Top, int Left, int Bottom, int Right) padding
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(kernel.Height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(kernel.Width, 1);
        // A window must not lie in the padding alone: it would have no largest value and no mean.
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Math.Max(padding.Top, padding.Bottom), kernel.Height);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Math.Max(padding.Left, padding.Right), kernel.Width);
        Kernel = kernel;
        Stride = stride;
        Padding = padding;
    }

    /// <summary>Extent of a window.</summary>
    public (int Height, int Width) Kernel { get; }

    /// <summary>Step between windows.</summary>
    public (int Height, int Width) Stride { get; }

    /// <summary>Cells added on each side.</summary>
    public (int Top, int Left, int Bottom, int Right) Padding { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        Shape x = Single(inputs);
        if (x.Height + Padding.Top + Padding.Bottom < Kernel.Height || x.Width + Padding.Left + Padding.Right < Kernel.Width)
            throw new ArgumentException($"{this} does not fit into {x}: use a larger input or fewer layers.");
        PoolGeometry g = GeometryFor(x);
        return new Shape(g.OutHeight, g.OutWidth, x.Channels);
    }

    internal override BackwardReads Reads => BackwardReads.Nothing;

    internal PoolGeometry GeometryFor(Shape x) => new(x.Height, x.Width, x.Channels, Kernel, Stride, Padding);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{GetType().Name}({Kernel.Height}x{Kernel.Width}, stride {Pair(Stride)}, padding "
        + $"{(Padding == (Padding.Top, Padding.Top, Padding.Top, Padding.Top) ? $"{Padding.Top}" : $"{Padding}")})";

    private static string Pair((int Height, int Width) value) =>
        value.Height == value.Width ? $"{value.Height}" : $"{value.Height}x{value.Width}";
}

using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels.Convolution;

/// <summary>What follows a convolution inside the same kernel.</summary>
internal enum Activation
{
    None,
    ReLU,
    ReLU6,
}

/// <summary>y = activation(y + bias + residual), applied while the outputs are still in registers or L1.</summary>
internal readonly ref struct Epilogue
{
    /// <summary>[Out], or empty.</summary>
    public ReadOnlySpan<float> Bias { get; init; }

    /// <summary>As long as the output, or empty.</summary>
    public ReadOnlySpan<float> Residual { get; init; }

    public Activation Activation { get; init; }
}

/// <summary>An <see cref="Epilogue"/> whose spans are pinned for the duration of a kernel.</summary>
internal readonly unsafe struct PinnedEpilogue(float* bias, float* residual, Activation activation)
{
    private readonly float* bias = bias;
    private readonly float* residual = residual;
    private readonly Activation activation = activation;

    public bool IsNothing => bias is null && residual is null && activation == Activation.None;

    /// <summary>The same for an output that begins further on.</summary>
    public PinnedEpilogue From(nint index) => new(bias, residual is null ? null : residual + index, activation);

    /// <param name="value">A vector of outputs.</param>
    /// <param name="channel">First channel of the vector.</param>
    /// <param name="index">Index of its first value in the whole output.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public L Apply<L>(L value, int channel, nint index) where L : struct, ILanes<L>
    {
        if (bias is not null) value += L.Load(bias + channel);
        if (residual is not null) value += L.Load(residual + index);
        if (activation != Activation.None) value = L.Max(value, L.Broadcast(0));
        if (activation == Activation.ReLU6) value = L.Min(value, L.Broadcast(6));
        return value;
    }

    /// <summary>The same on a panel of a matrix product.</summary>
    /// <param name="channel">The panel's first channel.</param>
    /// <param name="y">The whole output.</param>
    public TileEpilogue OfPanel(int channel, float* y) => new(bias is null ? null : bias + channel, residual, y, activation);

    /// <summary>Applies itself to a run of channels of one pixel.</summary>
    public void Apply<L>(float* y, int channel, int count, nint index) where L : struct, ILanes<L>
    {
        int i = 0;
        for (; i + L.Count <= count; i += L.Count) Apply(L.Load(y + i), channel + i, index + i).Store(y + i);
        for (; i < count; i++) Apply(Lanes1.Load(y + i), channel + i, index + i).Store(y + i);
    }
}

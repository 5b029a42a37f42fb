namespace EmotionMLNet.Kernels.Convolution;

/// <summary>
/// The one-dimensional maps of Winograd's F(m, 3); applied to the columns and then to the rows of a tile they make F(m x m, 3x3). Each
/// works on vectors of channels and stores its results <c>stride</c> floats apart.
/// </summary>
/// <remarks>A tile narrower than six ignores the last arguments, so that one transform serves both sizes.</remarks>
internal unsafe interface IWinogradTile
{
    /// <summary>Side m of an output tile, at most 4.</summary>
    static abstract int Out { get; }

    /// <summary>Side m + 2 of an input tile.</summary>
    static abstract int In { get; }

    /// <summary>Bᵀ d: to the points.</summary>
    static abstract void InputLine<L>(L d0, L d1, L d2, L d3, L d4, L d5, float* to, nint stride) where L : struct, ILanes<L>;

    /// <summary>Aᵀ m: from the points to the outputs.</summary>
    static abstract void OutputLine<L>(L m0, L m1, L m2, L m3, L m4, L m5, float* to, nint stride) where L : struct, ILanes<L>;

    /// <summary>A dy: the adjoint of <see cref="OutputLine"/>.</summary>
    static abstract void GradientLine<L>(L y0, L y1, L y2, L y3, float* to, nint stride) where L : struct, ILanes<L>;

    /// <summary>G w: the filter at the points.</summary>
    static abstract void WeightLine<L>(L w0, L w1, L w2, float* to, nint stride) where L : struct, ILanes<L>;

    /// <summary>Gᵀ du: the adjoint of <see cref="WeightLine"/>.</summary>
    static abstract void WeightGradientLine<L>(L u0, L u1, L u2, L u3, L u4, L u5, float* to, nint stride) where L : struct, ILanes<L>;
}

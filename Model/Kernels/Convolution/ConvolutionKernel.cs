namespace EmotionMLNet.Kernels.Convolution;

/// <summary>
/// One convolution of known geometry by the algorithm that suits it. Stateless: the caller owns all memory. Images are NHWC, weights
/// come in PyTorch's order [Out, In / groups, KH, KW] and are packed once (inference) or once a step (training).
/// </summary>
internal abstract unsafe class ConvolutionKernel(ConvGeometry geometry)
{
    public ConvGeometry Geometry { get; } = geometry;

    /// <summary>Floats of packed weights for <see cref="Forward"/>.</summary>
    public abstract int PackedFloats { get; }

    /// <summary>
    /// Chooses the algorithm: Winograd for dense 3x3 at stride 1, the plain product for 1x1, direct for depthwise, else a product of the
    /// image or of its patches.
    /// </summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="lanes">Vector width; 0 means the machine's widest. Packed weights belong to one width.</param>
    /// <param name="batch">Images at once: a few deep ones are quicker without Winograd's larger filters.</param>
    public static ConvolutionKernel Create(ConvGeometry geometry, int lanes = 0, int batch = int.MaxValue)
    {
        if (lanes == 0) lanes = Lanes.Widest;
        return WinogradTiling.Suits(geometry) && !WinogradTiling.StarvesAt(geometry, batch) ? WinogradTiling.Create(geometry, lanes)
            : geometry.IsPointwise ? new PointwiseConvolution(geometry, lanes)
            : geometry.IsDepthwise ? new DepthwiseConvolution(geometry, lanes)
            : new PatchConvolution(geometry, lanes);
    }

    /// <summary>Scratch that any of the operations needs.</summary>
    public abstract long ScratchFloats(int batch, int threads);

    /// <summary>Brings weights into the order in which the kernel reads them.</summary>
    public abstract void Pack(ReadOnlySpan<float> weights, Span<float> packed, ThreadTeam team);

    /// <summary>y = x ⋆ W, then the epilogue.</summary>
    public abstract void Forward(
        int batch,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> packed,
        Epilogue epilogue,
        Span<float> y,
        Span<float> scratch,
        ThreadTeam team
    );

    /// <summary>dX from dY and the unpacked weights.</summary>
    public abstract void BackwardData(
        int batch,
        ReadOnlySpan<float> dy,
        ReadOnlySpan<float> weights,
        Span<float> dx,
        Span<float> scratch,
        ThreadTeam team
    );

    /// <summary>dW [Out, In / groups, KH, KW] from X and dY, written.</summary>
    public abstract void BackwardWeights(
        int batch,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> dy,
        Span<float> dw,
        Span<float> scratch,
        ThreadTeam team
    );

    /// <summary>Rows of outputs that <see cref="Rows"/> computes together.</summary>
    public virtual int RowStep => 1;

    /// <summary>Scratch that <see cref="Rows"/> needs.</summary>
    public abstract long StripScratchFloats { get; }

    /// <summary>Output rows [first, end) of one image by the calling thread, the same bits as <see cref="Forward"/>'s.</summary>
    /// <param name="first">A multiple of <see cref="RowStep"/>.</param>
    /// <param name="end">One too, or the height of the output.</param>
    /// <param name="x">Row 0 of the image; only rows that are read have to exist.</param>
    /// <param name="packed">Packed weights.</param>
    /// <param name="epilogue">Its residual is of this image.</param>
    /// <param name="y">Row 0 of the output; only rows [first, end) have to exist.</param>
    /// <param name="scratch">Working memory, <see cref="StripScratchFloats"/> floats.</param>
    public abstract void Rows(int first, int end, float* x, float* packed, PinnedEpilogue epilogue, float* y, float* scratch);

    private protected static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}

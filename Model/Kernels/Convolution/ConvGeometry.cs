namespace EmotionMLNet.Kernels.Convolution;

/// <summary>Sizes of a 2-D convolution over one image; all in pixels, taps or channels.</summary>
internal readonly record struct ConvGeometry
{
    public required int Height { get; init; }

    public required int Width { get; init; }

    public required int InChannels { get; init; }

    public required int OutChannels { get; init; }

    public int KernelHeight { get; init; }

    public int KernelWidth { get; init; }

    public int StrideY { get; init; }

    public int StrideX { get; init; }

    public int PadY { get; init; }

    public int PadX { get; init; }

    public int DilationY { get; init; }

    public int DilationX { get; init; }

    public int Groups { get; init; }

    public int OutHeight => (Height + 2 * PadY - DilationY * (KernelHeight - 1) - 1) / StrideY + 1;

    public int OutWidth => (Width + 2 * PadX - DilationX * (KernelWidth - 1) - 1) / StrideX + 1;

    /// <summary>Taps · input channels of a group: the length of one output's sum.</summary>
    public int Depth => KernelHeight * KernelWidth * (InChannels / Groups);

    public int InLength => Height * Width * InChannels;

    public int OutLength => OutHeight * OutWidth * OutChannels;

    public int WeightLength => OutChannels * Depth;

    public bool IsPointwise =>
        KernelHeight == 1 && KernelWidth == 1 && StrideY == 1 && StrideX == 1 && PadY == 0 && PadX == 0 && Groups == 1;

    public bool IsDepthwise => Groups == InChannels && Groups == OutChannels && Groups > 1;
}

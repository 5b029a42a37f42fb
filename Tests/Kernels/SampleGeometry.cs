using EmotionMLNet.Kernels.Convolution;

namespace EmotionMLNet.Tests.Kernels;

/// <summary>A convolution to be tested, the same in rows and columns but for the picture.</summary>
/// <param name="In">Input channels.</param>
/// <param name="Out">Output channels.</param>
/// <param name="Kernel">Side of the kernel.</param>
/// <param name="Height">Rows of the picture.</param>
/// <param name="Width">Columns of the picture.</param>
internal sealed record SampleGeometry(int In, int Out, int Kernel, int Height, int Width)
{
    public int Stride { get; init; } = 1;

    public int Padding { get; init; }

    public int Dilation { get; init; } = 1;

    public int Groups { get; init; } = 1;

    public int Batch { get; init; } = 1;

    /// <summary>What kernels take.</summary>
    public ConvGeometry Geometry => new()
    {
        Height = Height,
        Width = Width,
        InChannels = In,
        OutChannels = Out,
        KernelHeight = Kernel,
        KernelWidth = Kernel,
        StrideY = Stride,
        StrideX = Stride,
        PadY = Padding,
        PadX = Padding,
        DilationY = Dilation,
        DilationX = Dilation,
        Groups = Groups,
    };
}

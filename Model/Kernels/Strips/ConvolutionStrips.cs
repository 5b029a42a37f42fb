using EmotionMLNet.Kernels.Convolution;

namespace EmotionMLNet.Kernels.Strips;

/// <summary>A convolution with its weights and epilogue, in strips.</summary>
internal sealed unsafe class ConvolutionStrips(ConvolutionKernel kernel, PinnedFloats packed, PinnedFloats bias, Activation activation)
    : StripKernel
{
    private readonly ConvGeometry g = kernel.Geometry;

    public override int OutHeight => g.OutHeight;

    public override int OutRowFloats => g.OutWidth * g.OutChannels;

    public override int RowStep => kernel.RowStep;

    // Three tall register tiles of pixels, or of Winograd's tiles; of a depthwise one enough that few rows are moved for each new one.
    public override int WorthwhileRows
    {
        get
        {
            int step = kernel.RowStep, across = (g.OutWidth + step - 1) / step;
            return g.IsDepthwise ? 2 * g.KernelHeight / g.StrideY : (36 + across - 1) / across * step;
        }
    }

    public override long WeightFloats => kernel.PackedFloats;

    public override long ScratchFloats => kernel.StripScratchFloats;

    public override (int First, int End) Reads(int first, int end) =>
        Window(first, end, g.StrideY, g.DilationY * (g.KernelHeight - 1) + 1, g.PadY, g.Height);

    public override void Rows(int first, int end, float* x, float* residual, float* y, float* scratch)
        => kernel.Rows(first, end, x, packed.Address, new PinnedEpilogue(bias.Address, residual, activation), y, scratch);

    public override string ToString() => kernel.ToString()!;
}

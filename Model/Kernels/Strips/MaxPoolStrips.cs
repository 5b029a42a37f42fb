namespace EmotionMLNet.Kernels.Strips;

/// <summary>Max pooling in strips.</summary>
internal sealed unsafe class MaxPoolStrips(PoolGeometry geometry, int lanes) : StripKernel
{
    public override int OutHeight => geometry.OutHeight;

    public override int OutRowFloats => geometry.OutWidth * geometry.Channels;

    public override (int First, int End) Reads(int first, int end) =>
        Window(first, end, geometry.Stride.Height, geometry.Kernel.Height, geometry.Padding.Top, geometry.Height);

    public override void Rows(int first, int end, float* x, float* residual, float* y, float* scratch) =>
        Pooling.MaxRows(geometry, first, end, x, y, lanes);
}

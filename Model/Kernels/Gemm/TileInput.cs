namespace EmotionMLNet.Kernels.Gemm;

/// <summary>
/// The left factor of a matrix product where it lies: A[r, i · depth + k] at address[r · rowStride + i · runStride + k · depthStride].
/// </summary>
/// <remarks>With several runs a row may be a patch of an image, one run a row of the kernel: the product is then a convolution that
/// copies nothing ("implicit GEMM", Chetlur et al. 2014, arXiv:1410.0759).</remarks>
internal readonly unsafe struct TileInput(float* address, nint rowStride, nint depthStride, int depth, int runs = 1, nint runStride = 0)
{
    public float* Address { get; } = address;

    public nint RowStride { get; } = rowStride;

    public nint DepthStride { get; } = depthStride;

    /// <summary>Values of a run.</summary>
    public int Depth { get; } = depth;

    public int Runs { get; } = runs;

    public nint RunStride { get; } = runStride;

    /// <summary>The same from a later row on.</summary>
    public TileInput From(int row) => new(Address + row * RowStride, RowStride, DepthStride, Depth, Runs, RunStride);
}

namespace EmotionMLNet.Kernels.Gemm;

/// <summary>
/// The left factor of a matrix product where it lies: A[r, (j · Runs + i) · Depth + k] at address[r · RowStride + j · BlockStride + i ·
/// RunStride + k · DepthStride].
/// </summary>
/// <remarks>With several runs a row may be a patch of an image, one run a row of the kernel, or the pixels of a batch, one run a row of an
/// image and one block an image: the product is then a convolution or its weight gradient and copies nothing ("implicit GEMM", Chetlur
/// et al. 2014, arXiv:1410.0759).</remarks>
internal readonly unsafe struct TileInput(float* address, nint rowStride, nint depthStride, int depth, int runs = 1, nint runStride = 0)
{
    public float* Address { get; init; } = address;

    public nint RowStride { get; } = rowStride;

    public nint DepthStride { get; } = depthStride;

    /// <summary>Values of a run.</summary>
    public int Depth { get; } = depth;

    /// <summary>Runs of a block.</summary>
    public int Runs { get; } = runs;

    public nint RunStride { get; } = runStride;

    public int Blocks { get; init; } = 1;

    public nint BlockStride { get; init; }

    /// <summary>From the rows of B of one run to those of the next; 0 where they follow one another.</summary>
    public nint RightRunStride { get; init; }

    /// <summary>From the rows of B of one block to those of the next; 0 where they follow one another.</summary>
    public nint RightBlockStride { get; init; }

    /// <summary>What the tiles ask for while they multiply, one cache line a step of depth; null for nothing.</summary>
    public Upcoming* Upcoming { get; init; }

    /// <summary>
    /// Rows that are dense in depth, a long one in portions, with each of which the tile asks for some of the outputs that it will write.
    /// </summary>
    public static TileInput Portions(float* address, nint rowStride, int depth)
    {
        int portions = depth >= 256 && depth % 4 == 0 ? 4 : 1;
        return new TileInput(address, rowStride, 1, depth / portions, portions, depth / portions);
    }

    /// <summary>The same from a later row on.</summary>
    public TileInput From(int row) => this with { Address = Address + row * RowStride };
}

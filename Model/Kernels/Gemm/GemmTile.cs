using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels.Gemm;

/// <summary>
/// The register tile of every matrix product: C[rows, 2 vectors] (+)= A[rows, depth] · B[depth, 2 vectors], all accumulators in registers.
/// </summary>
/// <remarks>
/// One broadcast of A feeds two multiply-adds, so a tile of r rows needs 2r + 3 registers: 12 rows fill the 32 registers of AVX-512 and
/// ARM64, 6 rows the 16 of AVX2; one row too many spills and halves the speed. 12 rows of 2 vectors reach the peak of two
/// multiply-adds a cycle with operands in L1. A may be read along rows or along columns (two strides), so neither the transposed product
/// of a weight gradient nor an input that lies about in an image has to be copied. Every output is summed in the order of depth by one
/// lane: all widths give the same bits.
/// </remarks>
internal static unsafe class GemmTile
{
    /// <summary>Columns of a tile, and of a packed panel of B.</summary>
    public static int Columns<L>() where L : struct, ILanes<L> => 2 * L.Count;

    /// <summary>All rows of one panel, in the tallest tiles that fit.</summary>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="a">A[r, k] at a[r · rowStride + k · depthStride].</param>
    /// <param name="rowStride">In floats.</param>
    /// <param name="depthStride">In floats.</param>
    /// <param name="b">B[k, j] at b[k · bStride + j], readable for all columns of the tile.</param>
    /// <param name="bStride">In floats.</param>
    /// <param name="depth">Length of the sums.</param>
    /// <param name="c">C[r, j] at c[r · cStride + j], writable for all columns of the tile.</param>
    /// <param name="cStride">In floats.</param>
    /// <param name="add">Whether C is added to.</param>
    public static void Panel<L>(int rows, float* a, nint rowStride, nint depthStride, float* b, nint bStride, int depth, float* c, nint cStride, bool add)
        where L : struct, ILanes<L>
    {
        while (rows > 0)
        {
            int tile = rows >= 12 && L.TileRows >= 12 ? 12 : rows >= 6 && L.TileRows >= 6 ? 6 : rows >= 4 ? 4 : 1;
            switch (tile)
            {
                case 12: Tile12<L>(a, rowStride, depthStride, b, bStride, depth, c, cStride, add); break;
                case 6: Tile6<L>(a, rowStride, depthStride, b, bStride, depth, c, cStride, add); break;
                case 4: Tile4<L>(a, rowStride, depthStride, b, bStride, depth, c, cStride, add); break;
                default: Tile1<L>(a, rowStride, depthStride, b, bStride, depth, c, cStride, add); break;
            }
            a += tile * rowStride;
            c += tile * cStride;
            rows -= tile;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile12<L>(float* a, nint rowStride, nint depthStride, float* b, nint bStride, int depth, float* c, nint cStride, bool add) where L : struct, ILanes<L>
    {
        L c00 = L.Broadcast(0), c01 = c00;
        L c10 = L.Broadcast(0), c11 = c10;
        L c20 = L.Broadcast(0), c21 = c20;
        L c30 = L.Broadcast(0), c31 = c30;
        L c40 = L.Broadcast(0), c41 = c40;
        L c50 = L.Broadcast(0), c51 = c50;
        L c60 = L.Broadcast(0), c61 = c60;
        L c70 = L.Broadcast(0), c71 = c70;
        L c80 = L.Broadcast(0), c81 = c80;
        L c90 = L.Broadcast(0), c91 = c90;
        L c100 = L.Broadcast(0), c101 = c100;
        L c110 = L.Broadcast(0), c111 = c110;
        nint twice = 2 * rowStride;
        float* a0 = a, a3 = a + 3 * rowStride, a6 = a + 6 * rowStride, a9 = a + 9 * rowStride;
        for (int k = 0; k < depth; k++)
        {
            L b0 = L.Load(b), b1 = L.Load(b + L.Count);
            L x = L.Broadcast(a0[0]);
            c00 = L.FusedMultiplyAdd(x, b0, c00);
            c01 = L.FusedMultiplyAdd(x, b1, c01);
            x = L.Broadcast(a0[rowStride]);
            c10 = L.FusedMultiplyAdd(x, b0, c10);
            c11 = L.FusedMultiplyAdd(x, b1, c11);
            x = L.Broadcast(a0[twice]);
            c20 = L.FusedMultiplyAdd(x, b0, c20);
            c21 = L.FusedMultiplyAdd(x, b1, c21);
            x = L.Broadcast(a3[0]);
            c30 = L.FusedMultiplyAdd(x, b0, c30);
            c31 = L.FusedMultiplyAdd(x, b1, c31);
            x = L.Broadcast(a3[rowStride]);
            c40 = L.FusedMultiplyAdd(x, b0, c40);
            c41 = L.FusedMultiplyAdd(x, b1, c41);
            x = L.Broadcast(a3[twice]);
            c50 = L.FusedMultiplyAdd(x, b0, c50);
            c51 = L.FusedMultiplyAdd(x, b1, c51);
            x = L.Broadcast(a6[0]);
            c60 = L.FusedMultiplyAdd(x, b0, c60);
            c61 = L.FusedMultiplyAdd(x, b1, c61);
            x = L.Broadcast(a6[rowStride]);
            c70 = L.FusedMultiplyAdd(x, b0, c70);
            c71 = L.FusedMultiplyAdd(x, b1, c71);
            x = L.Broadcast(a6[twice]);
            c80 = L.FusedMultiplyAdd(x, b0, c80);
            c81 = L.FusedMultiplyAdd(x, b1, c81);
            x = L.Broadcast(a9[0]);
            c90 = L.FusedMultiplyAdd(x, b0, c90);
            c91 = L.FusedMultiplyAdd(x, b1, c91);
            x = L.Broadcast(a9[rowStride]);
            c100 = L.FusedMultiplyAdd(x, b0, c100);
            c101 = L.FusedMultiplyAdd(x, b1, c101);
            x = L.Broadcast(a9[twice]);
            c110 = L.FusedMultiplyAdd(x, b0, c110);
            c111 = L.FusedMultiplyAdd(x, b1, c111);
            a0 += depthStride;
            a3 += depthStride;
            a6 += depthStride;
            a9 += depthStride;
            b += bStride;
        }
        Put(c00, c01, c, add);
        Put(c10, c11, c + 1 * cStride, add);
        Put(c20, c21, c + 2 * cStride, add);
        Put(c30, c31, c + 3 * cStride, add);
        Put(c40, c41, c + 4 * cStride, add);
        Put(c50, c51, c + 5 * cStride, add);
        Put(c60, c61, c + 6 * cStride, add);
        Put(c70, c71, c + 7 * cStride, add);
        Put(c80, c81, c + 8 * cStride, add);
        Put(c90, c91, c + 9 * cStride, add);
        Put(c100, c101, c + 10 * cStride, add);
        Put(c110, c111, c + 11 * cStride, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile6<L>(float* a, nint rowStride, nint depthStride, float* b, nint bStride, int depth, float* c, nint cStride, bool add) where L : struct, ILanes<L>
    {
        L c00 = L.Broadcast(0), c01 = c00;
        L c10 = L.Broadcast(0), c11 = c10;
        L c20 = L.Broadcast(0), c21 = c20;
        L c30 = L.Broadcast(0), c31 = c30;
        L c40 = L.Broadcast(0), c41 = c40;
        L c50 = L.Broadcast(0), c51 = c50;
        nint twice = 2 * rowStride;
        float* a0 = a, a3 = a + 3 * rowStride;
        for (int k = 0; k < depth; k++)
        {
            L b0 = L.Load(b), b1 = L.Load(b + L.Count);
            L x = L.Broadcast(a0[0]);
            c00 = L.FusedMultiplyAdd(x, b0, c00);
            c01 = L.FusedMultiplyAdd(x, b1, c01);
            x = L.Broadcast(a0[rowStride]);
            c10 = L.FusedMultiplyAdd(x, b0, c10);
            c11 = L.FusedMultiplyAdd(x, b1, c11);
            x = L.Broadcast(a0[twice]);
            c20 = L.FusedMultiplyAdd(x, b0, c20);
            c21 = L.FusedMultiplyAdd(x, b1, c21);
            x = L.Broadcast(a3[0]);
            c30 = L.FusedMultiplyAdd(x, b0, c30);
            c31 = L.FusedMultiplyAdd(x, b1, c31);
            x = L.Broadcast(a3[rowStride]);
            c40 = L.FusedMultiplyAdd(x, b0, c40);
            c41 = L.FusedMultiplyAdd(x, b1, c41);
            x = L.Broadcast(a3[twice]);
            c50 = L.FusedMultiplyAdd(x, b0, c50);
            c51 = L.FusedMultiplyAdd(x, b1, c51);
            a0 += depthStride;
            a3 += depthStride;
            b += bStride;
        }
        Put(c00, c01, c, add);
        Put(c10, c11, c + 1 * cStride, add);
        Put(c20, c21, c + 2 * cStride, add);
        Put(c30, c31, c + 3 * cStride, add);
        Put(c40, c41, c + 4 * cStride, add);
        Put(c50, c51, c + 5 * cStride, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4<L>(float* a, nint rowStride, nint depthStride, float* b, nint bStride, int depth, float* c, nint cStride, bool add) where L : struct, ILanes<L>
    {
        L c00 = L.Broadcast(0), c01 = c00;
        L c10 = L.Broadcast(0), c11 = c10;
        L c20 = L.Broadcast(0), c21 = c20;
        L c30 = L.Broadcast(0), c31 = c30;
        nint twice = 2 * rowStride;
        float* a0 = a, a3 = a + 3 * rowStride;
        for (int k = 0; k < depth; k++)
        {
            L b0 = L.Load(b), b1 = L.Load(b + L.Count);
            L x = L.Broadcast(a0[0]);
            c00 = L.FusedMultiplyAdd(x, b0, c00);
            c01 = L.FusedMultiplyAdd(x, b1, c01);
            x = L.Broadcast(a0[rowStride]);
            c10 = L.FusedMultiplyAdd(x, b0, c10);
            c11 = L.FusedMultiplyAdd(x, b1, c11);
            x = L.Broadcast(a0[twice]);
            c20 = L.FusedMultiplyAdd(x, b0, c20);
            c21 = L.FusedMultiplyAdd(x, b1, c21);
            x = L.Broadcast(a3[0]);
            c30 = L.FusedMultiplyAdd(x, b0, c30);
            c31 = L.FusedMultiplyAdd(x, b1, c31);
            a0 += depthStride;
            a3 += depthStride;
            b += bStride;
        }
        Put(c00, c01, c, add);
        Put(c10, c11, c + 1 * cStride, add);
        Put(c20, c21, c + 2 * cStride, add);
        Put(c30, c31, c + 3 * cStride, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1<L>(float* a, nint rowStride, nint depthStride, float* b, nint bStride, int depth, float* c, nint cStride, bool add) where L : struct, ILanes<L>
    {
        L c00 = L.Broadcast(0), c01 = c00;
        float* a0 = a;
        for (int k = 0; k < depth; k++)
        {
            L b0 = L.Load(b), b1 = L.Load(b + L.Count);
            L x = L.Broadcast(a0[0]);
            c00 = L.FusedMultiplyAdd(x, b0, c00);
            c01 = L.FusedMultiplyAdd(x, b1, c01);
            a0 += depthStride;
            b += bStride;
        }
        Put(c00, c01, c, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<L>(L left, L right, float* c, bool add) where L : struct, ILanes<L>
    {
        if (add)
        {
            left += L.Load(c);
            right += L.Load(c + L.Count);
        }
        left.Store(c);
        right.Store(c + L.Count);
    }
}

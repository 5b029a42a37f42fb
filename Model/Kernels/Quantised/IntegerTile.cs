using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels.Quantised;

/// <summary>How a 32-bit group of A meets one of B.</summary>
internal interface IGroupProduct
{
    /// <summary>Values in a group.</summary>
    static abstract int Values { get; }

    static abstract I Add<I, L>(I sum, I a, I b) where I : struct, IIntegerLanes<I, L> where L : struct, ILanes<L>;
}

/// <summary>Two signed shorts by two signed shorts: VPMADDWD and an addition, on every machine.</summary>
internal readonly struct PairProduct : IGroupProduct
{
    public static int Values => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static I Add<I, L>(I sum, I a, I b) where I : struct, IIntegerLanes<I, L> where L : struct, ILanes<L> => I.AddPairs(sum, a, b);
}

/// <summary>Four unsigned bytes by four signed bytes: VPDPBUSD, which never saturates.</summary>
internal readonly struct QuadProduct : IGroupProduct
{
    public static int Values => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static I Add<I, L>(I sum, I a, I b) where I : struct, IIntegerLanes<I, L> where L : struct, ILanes<L> => I.AddQuads(sum, a, b);
}

/// <summary>Where a tile's sums go while they are still in registers.</summary>
internal interface ITileSink
{
    /// <param name="row">Row of the panel.</param>
    /// <param name="left">The first Count columns.</param>
    /// <param name="right">The second.</param>
    void Put<I, L>(int row, I left, I right) where I : struct, IIntegerLanes<I, L> where L : struct, ILanes<L>;
}

/// <summary>
/// The register tile of every integer product: sums[rows, 2 vectors] = A[rows, depth] · B[depth, 2 vectors], depth in groups of 32 bits.
/// </summary>
/// <remarks>
/// Six rows, not the twelve of the float tile: a sum waits one cycle for its addition (VPMADDWD) or four (VPDPBUSD), not for a whole
/// multiply-add, so twelve accumulators keep both multipliers busy and fit the 16 registers of AVX2 as well. Integers make the order of
/// summation immaterial: every width gives the same sums.
/// </remarks>
internal static unsafe class IntegerTile
{
    /// <summary>Most rows of a tile.</summary>
    public const int TileRows = 6;

    /// <summary>All rows of one panel, in as few tiles as hold them.</summary>
    /// <param name="rows">Rows of A.</param>
    /// <param name="a">Group k of row r at a[r · rowStride + k].</param>
    /// <param name="rowStride">Distance between rows, in groups.</param>
    /// <param name="b">Group k of column j at b[k · 2 Count + j].</param>
    /// <param name="depth">Groups.</param>
    /// <param name="sink">Receives every row once.</param>
    public static void Panel<I, L, TProduct, TSink>(int rows, int* a, nint rowStride, int* b, int depth, in TSink sink)
        where I : struct, IIntegerLanes<I, L>
        where L : struct, ILanes<L>
        where TProduct : struct, IGroupProduct
        where TSink : struct, ITileSink
    {
        int row = 0;
        for (int tiles = (rows + TileRows - 1) / TileRows; tiles > 0; tiles--)
        {
            int height = (rows - row + tiles - 1) / tiles;
            int* from = a + row * rowStride;
            switch (height)
            {
                case 6: Tile<I, L, TProduct, TSink, Rows6>(from, rowStride, b, depth, row, in sink); break;
                case 5: Tile<I, L, TProduct, TSink, Rows5>(from, rowStride, b, depth, row, in sink); break;
                case 4: Tile<I, L, TProduct, TSink, Rows4>(from, rowStride, b, depth, row, in sink); break;
                case 3: Tile<I, L, TProduct, TSink, Rows3>(from, rowStride, b, depth, row, in sink); break;
                case 2: Tile<I, L, TProduct, TSink, Rows2>(from, rowStride, b, depth, row, in sink); break;
                default: Tile<I, L, TProduct, TSink, Rows1>(from, rowStride, b, depth, row, in sink); break;
            }
            row += height;
        }
    }

    // Conditions on R are constants to the JIT: each height gets code of its own without them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<I, L, TProduct, TSink, R>(int* a, nint rowStride, int* b, int depth, int row, in TSink sink)
        where I : struct, IIntegerLanes<I, L>
        where L : struct, ILanes<L>
        where TProduct : struct, IGroupProduct
        where TSink : struct, ITileSink
        where R : struct, IRows
    {
        I s00 = I.Broadcast(0), s01 = s00;
        I s10 = I.Broadcast(0), s11 = s10;
        I s20 = I.Broadcast(0), s21 = s20;
        I s30 = I.Broadcast(0), s31 = s30;
        I s40 = I.Broadcast(0), s41 = s40;
        I s50 = I.Broadcast(0), s51 = s50;
        nint twice = 2 * rowStride;
        int* lower = a + 3 * rowStride;
        for (int k = 0; k < depth; k++, a++, lower++, b += 2 * I.Count)
        {
            I b0 = I.Load(b), b1 = I.Load(b + I.Count);
            I x = I.Broadcast(a[0]);
            s00 = TProduct.Add<I, L>(s00, x, b0);
            s01 = TProduct.Add<I, L>(s01, x, b1);
            if (R.Count > 1)
            {
                x = I.Broadcast(a[rowStride]);
                s10 = TProduct.Add<I, L>(s10, x, b0);
                s11 = TProduct.Add<I, L>(s11, x, b1);
            }
            if (R.Count > 2)
            {
                x = I.Broadcast(a[twice]);
                s20 = TProduct.Add<I, L>(s20, x, b0);
                s21 = TProduct.Add<I, L>(s21, x, b1);
            }
            if (R.Count > 3)
            {
                x = I.Broadcast(lower[0]);
                s30 = TProduct.Add<I, L>(s30, x, b0);
                s31 = TProduct.Add<I, L>(s31, x, b1);
            }
            if (R.Count > 4)
            {
                x = I.Broadcast(lower[rowStride]);
                s40 = TProduct.Add<I, L>(s40, x, b0);
                s41 = TProduct.Add<I, L>(s41, x, b1);
            }
            if (R.Count > 5)
            {
                x = I.Broadcast(lower[twice]);
                s50 = TProduct.Add<I, L>(s50, x, b0);
                s51 = TProduct.Add<I, L>(s51, x, b1);
            }
        }
        sink.Put<I, L>(row, s00, s01);
        if (R.Count > 1) sink.Put<I, L>(row + 1, s10, s11);
        if (R.Count > 2) sink.Put<I, L>(row + 2, s20, s21);
        if (R.Count > 3) sink.Put<I, L>(row + 3, s30, s31);
        if (R.Count > 4) sink.Put<I, L>(row + 4, s40, s41);
        if (R.Count > 5) sink.Put<I, L>(row + 5, s50, s51);
    }

    /// <summary>A height of the tile as a type.</summary>
    private interface IRows
    {
        static abstract int Count { get; }
    }

    private readonly struct Rows1 : IRows { public static int Count => 1; }

    private readonly struct Rows2 : IRows { public static int Count => 2; }

    private readonly struct Rows3 : IRows { public static int Count => 3; }

    private readonly struct Rows4 : IRows { public static int Count => 4; }

    private readonly struct Rows5 : IRows { public static int Count => 5; }

    private readonly struct Rows6 : IRows { public static int Count => 6; }
}

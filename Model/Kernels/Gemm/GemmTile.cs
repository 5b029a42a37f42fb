using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels.Gemm;

/// <summary>
/// The register tile of every matrix product: C[rows, 2 vectors] (+)= A[rows, depth] · B[depth, 2 vectors], all accumulators in registers.
/// </summary>
/// <remarks>
/// One broadcast of A feeds two multiply-adds, so a tile of r rows needs 2r + 3 registers: 12 rows fill the 32 registers of AVX-512 and
/// ARM64, 6 rows the 16 of AVX2; one row too many spills and halves the speed. 12 rows of 2 vectors reach the peak of two
/// multiply-adds a cycle with operands in L1; under 4 rows the latency of a multiply-add shows, so rows are shared out evenly: 32 rows
/// are 11 + 11 + 10 and not 12 + 12 + 8. A may be read along rows or along columns (two strides), so neither the transposed product of a
/// weight gradient nor an input that lies about in an image has to be copied. While it multiplies, the tile asks for the rows that it
/// will write, some at the beginning of each run of depth, and for what its caller says is needed next, a line a step: a burst would hold
/// up the operands. Every output is summed in the order of depth by one lane: all widths give the same bits.
/// </remarks>
internal static unsafe class GemmTile
{
    /// <summary>Columns of a tile, and of a packed panel of B.</summary>
    public static int Columns<L>() where L : struct, ILanes<L> => 2 * L.Count;

    /// <summary>All rows of one panel, in as few tiles as hold them.</summary>
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
    public static void Panel<L>(
        int rows,
        float* a,
        nint rowStride,
        nint depthStride,
        float* b,
        nint bStride,
        int depth,
        float* c,
        nint cStride,
        bool add
    )
        where L : struct, ILanes<L>
    {
        Panel<L>(rows, Columns<L>(), new TileInput(a, rowStride, depthStride, depth), b, bStride, c, cStride, add);
    }

    /// <summary>The same of an input that lies in runs, and of a panel or the part of one that is left.</summary>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="columns">Columns of C, at most a panel's; nothing else is written.</param>
    /// <param name="a">A.</param>
    /// <param name="b">B[k, j] at b[k · bStride + j].</param>
    /// <param name="bStride">In floats.</param>
    /// <param name="c">C[r, j] at c[r · cStride + j].</param>
    /// <param name="cStride">In floats.</param>
    /// <param name="add">Whether C is added to.</param>
    public static void Panel<L>(int rows, int columns, TileInput a, float* b, nint bStride, float* c, nint cStride, bool add)
        where L : struct, ILanes<L>
    {
        if (add) Panel<L, Sum>(rows, columns, a, b, bStride, c, cStride, default);
        else Panel<L, Plain>(rows, columns, a, b, bStride, c, cStride, default);
    }

    /// <summary>
    /// The same with something done to the outputs while they are still in registers. Part of a panel is computed by whole vectors and then
    /// by shorter ones.
    /// </summary>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="columns">Columns of C, at most a panel's; nothing else is written.</param>
    /// <param name="a">A.</param>
    /// <param name="b">B[k, j] at b[k · bStride + j].</param>
    /// <param name="bStride">In floats.</param>
    /// <param name="c">C[r, j] at c[r · cStride + j].</param>
    /// <param name="cStride">In floats.</param>
    /// <param name="finish">The operation that is done to them.</param>
    public static void Panel<L, F>(int rows, int columns, TileInput a, float* b, nint bStride, float* c, nint cStride, F finish)
        where L : struct, ILanes<L> where F : struct, ITileFinish
    {
        if (columns == Columns<L>())
        {
            Strip<L, F, Pair>(rows, a, b, bStride, c, cStride, finish);
            return;
        }
        int done = 0;
        for (; done + L.Count <= columns; done += L.Count)
            Strip<L, Shifted<F>, Single>(rows, a, b + done, bStride, c + done, cStride, new(finish, done));
        for (; L.Count > 8 && done + 8 <= columns; done += 8)
            Strip<Lanes8, Shifted<F>, Single>(rows, a, b + done, bStride, c + done, cStride, new(finish, done));
        for (; L.Count > 4 && done + 4 <= columns; done += 4)
            Strip<Lanes4, Shifted<F>, Single>(rows, a, b + done, bStride, c + done, cStride, new(finish, done));
        for (; done < columns; done++) Strip<Lanes1, Shifted<F>, Single>(rows, a, b + done, bStride, c + done, cStride, new(finish, done));
    }

    private static void Strip<L, F, V>(int rows, TileInput a, float* b, nint bStride, float* c, nint cStride, F finish)
        where L : struct, ILanes<L> where F : struct, ITileFinish where V : struct, IVectors
    {
        for (int tiles = (rows + L.TileRows - 1) / L.TileRows; tiles > 0; tiles--)
        {
            int height = (rows + tiles - 1) / tiles;
            float* ahead = a.Upcoming is null ? null : a.Upcoming->Take((nint)a.Depth * a.Runs * a.Blocks);
            switch (height)
            {
                case 12: Tile<L, F, V, Rows12>(a, ahead, b, bStride, c, cStride, finish); break;
                case 11: Tile<L, F, V, Rows11>(a, ahead, b, bStride, c, cStride, finish); break;
                case 10: Tile<L, F, V, Rows10>(a, ahead, b, bStride, c, cStride, finish); break;
                case 9: Tile<L, F, V, Rows9>(a, ahead, b, bStride, c, cStride, finish); break;
                case 8: Tile<L, F, V, Rows8>(a, ahead, b, bStride, c, cStride, finish); break;
                case 7: Tile<L, F, V, Rows7>(a, ahead, b, bStride, c, cStride, finish); break;
                case 6: Tile<L, F, V, Rows6>(a, ahead, b, bStride, c, cStride, finish); break;
                case 5: Tile<L, F, V, Rows5>(a, ahead, b, bStride, c, cStride, finish); break;
                case 4: Tile<L, F, V, Rows4>(a, ahead, b, bStride, c, cStride, finish); break;
                case 3: Tile<L, F, V, Rows3>(a, ahead, b, bStride, c, cStride, finish); break;
                case 2: Tile<L, F, V, Rows2>(a, ahead, b, bStride, c, cStride, finish); break;
                default: Tile<L, F, V, Rows1>(a, ahead, b, bStride, c, cStride, finish); break;
            }
            a = a.From(height);
            c += height * cStride;
            rows -= height;
        }
    }

    // Conditions on R and V are constants to the JIT: each height gets code of its own without them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<L, F, V, R>(TileInput a, float* ahead, float* b, nint bStride, float* c, nint cStride, F finish)
        where L : struct, ILanes<L> where F : struct, ITileFinish where V : struct, IVectors where R : struct, IRows
    {
        nint aheadStep = ahead is null ? 0 : Upcoming.Line;
        if (ahead is null) ahead = a.Address;
        L b1 = L.Broadcast(0);
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
        nint rowStride = a.RowStride, depthStride = a.DepthStride, twice = 2 * rowStride;
        float* block = a.Address;
        for (int m = 0; m < a.Blocks; m++, block += a.BlockStride)
        {
            float* run = block, right = b;
            for (int i = 0; i < a.Runs; i++, run += a.RunStride)
            {
                // A few rows a run: all at once they would hold up the operands.
                if (m == 0) for (int r = i; r < R.Count; r += a.Runs) finish.Prefetch(c + r * cStride);
                float* a0 = run, a3 = a0 + 3 * rowStride, a6 = a0 + 6 * rowStride, a9 = a0 + 9 * rowStride;
                for (int k = 0; k < a.Depth; k++)
                {
                    Cache.PrefetchFar(ahead);
                    ahead += aheadStep;
                    L b0 = L.Load(b);
                    if (V.Count > 1) b1 = L.Load(b + L.Count);
                    L x = L.Broadcast(a0[0]);
                    c00 = L.FusedMultiplyAdd(x, b0, c00);
                    if (V.Count > 1) c01 = L.FusedMultiplyAdd(x, b1, c01);
                    if (R.Count > 1)
                    {
                        x = L.Broadcast(a0[rowStride]);
                        c10 = L.FusedMultiplyAdd(x, b0, c10);
                        if (V.Count > 1) c11 = L.FusedMultiplyAdd(x, b1, c11);
                    }
                    if (R.Count > 2)
                    {
                        x = L.Broadcast(a0[twice]);
                        c20 = L.FusedMultiplyAdd(x, b0, c20);
                        if (V.Count > 1) c21 = L.FusedMultiplyAdd(x, b1, c21);
                    }
                    if (R.Count > 3)
                    {
                        x = L.Broadcast(a3[0]);
                        c30 = L.FusedMultiplyAdd(x, b0, c30);
                        if (V.Count > 1) c31 = L.FusedMultiplyAdd(x, b1, c31);
                    }
                    if (R.Count > 4)
                    {
                        x = L.Broadcast(a3[rowStride]);
                        c40 = L.FusedMultiplyAdd(x, b0, c40);
                        if (V.Count > 1) c41 = L.FusedMultiplyAdd(x, b1, c41);
                    }
                    if (R.Count > 5)
                    {
                        x = L.Broadcast(a3[twice]);
                        c50 = L.FusedMultiplyAdd(x, b0, c50);
                        if (V.Count > 1) c51 = L.FusedMultiplyAdd(x, b1, c51);
                    }
                    if (R.Count > 6)
                    {
                        x = L.Broadcast(a6[0]);
                        c60 = L.FusedMultiplyAdd(x, b0, c60);
                        if (V.Count > 1) c61 = L.FusedMultiplyAdd(x, b1, c61);
                    }
                    if (R.Count > 7)
                    {
                        x = L.Broadcast(a6[rowStride]);
                        c70 = L.FusedMultiplyAdd(x, b0, c70);
                        if (V.Count > 1) c71 = L.FusedMultiplyAdd(x, b1, c71);
                    }
                    if (R.Count > 8)
                    {
                        x = L.Broadcast(a6[twice]);
                        c80 = L.FusedMultiplyAdd(x, b0, c80);
                        if (V.Count > 1) c81 = L.FusedMultiplyAdd(x, b1, c81);
                    }
                    if (R.Count > 9)
                    {
                        x = L.Broadcast(a9[0]);
                        c90 = L.FusedMultiplyAdd(x, b0, c90);
                        if (V.Count > 1) c91 = L.FusedMultiplyAdd(x, b1, c91);
                    }
                    if (R.Count > 10)
                    {
                        x = L.Broadcast(a9[rowStride]);
                        c100 = L.FusedMultiplyAdd(x, b0, c100);
                        if (V.Count > 1) c101 = L.FusedMultiplyAdd(x, b1, c101);
                    }
                    if (R.Count > 11)
                    {
                        x = L.Broadcast(a9[twice]);
                        c110 = L.FusedMultiplyAdd(x, b0, c110);
                        if (V.Count > 1) c111 = L.FusedMultiplyAdd(x, b1, c111);
                    }
                    a0 += depthStride;
                    if (R.Count > 3) a3 += depthStride;
                    if (R.Count > 6) a6 += depthStride;
                    if (R.Count > 9) a9 += depthStride;
                    b += bStride;
                }
                if (a.RightRunStride != 0) b = right + (i + 1) * a.RightRunStride;
            }
            if (a.RightBlockStride != 0) b = right + a.RightBlockStride;
        }
        Put<L, F, V>(c00, c01, c, finish);
        if (R.Count > 1) Put<L, F, V>(c10, c11, c + 1 * cStride, finish);
        if (R.Count > 2) Put<L, F, V>(c20, c21, c + 2 * cStride, finish);
        if (R.Count > 3) Put<L, F, V>(c30, c31, c + 3 * cStride, finish);
        if (R.Count > 4) Put<L, F, V>(c40, c41, c + 4 * cStride, finish);
        if (R.Count > 5) Put<L, F, V>(c50, c51, c + 5 * cStride, finish);
        if (R.Count > 6) Put<L, F, V>(c60, c61, c + 6 * cStride, finish);
        if (R.Count > 7) Put<L, F, V>(c70, c71, c + 7 * cStride, finish);
        if (R.Count > 8) Put<L, F, V>(c80, c81, c + 8 * cStride, finish);
        if (R.Count > 9) Put<L, F, V>(c90, c91, c + 9 * cStride, finish);
        if (R.Count > 10) Put<L, F, V>(c100, c101, c + 10 * cStride, finish);
        if (R.Count > 11) Put<L, F, V>(c110, c111, c + 11 * cStride, finish);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<L, F, V>(L left, L right, float* c, F finish)
        where L : struct, ILanes<L>
        where F : struct, ITileFinish
        where V : struct, IVectors
    {
        finish.Apply(left, 0, c).Store(c);
        if (V.Count > 1) finish.Apply(right, L.Count, c + L.Count).Store(c + L.Count);
    }

    /// <summary>C = A · B.</summary>
    private readonly struct Plain : ITileFinish
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public L Apply<L>(L value, int column, float* c) where L : struct, ILanes<L> => value;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Prefetch(float* c) => Cache.PrefetchPair(c);
    }

    /// <summary>C += A · B.</summary>
    private readonly struct Sum : ITileFinish
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public L Apply<L>(L value, int column, float* c) where L : struct, ILanes<L> => value + L.Load(c);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Prefetch(float* c) => Cache.PrefetchPair(c);
    }

    /// <summary>What is done to columns that begin further on in the panel.</summary>
    private readonly struct Shifted<F>(F finish, int columns) : ITileFinish where F : struct, ITileFinish
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public L Apply<L>(L value, int column, float* c) where L : struct, ILanes<L> => finish.Apply(value, column + columns, c);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Prefetch(float* c) => finish.Prefetch(c);
    }

    /// <summary>Vectors across the tile as a type.</summary>
    private interface IVectors
    {
        static abstract int Count { get; }
    }

    private readonly struct Single : IVectors { public static int Count => 1; }

    private readonly struct Pair : IVectors { public static int Count => 2; }

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

    private readonly struct Rows7 : IRows { public static int Count => 7; }

    private readonly struct Rows8 : IRows { public static int Count => 8; }

    private readonly struct Rows9 : IRows { public static int Count => 9; }

    private readonly struct Rows10 : IRows { public static int Count => 10; }

    private readonly struct Rows11 : IRows { public static int Count => 11; }

    private readonly struct Rows12 : IRows { public static int Count => 12; }
}

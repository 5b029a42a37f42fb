using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels.Convolution;

/// <summary>
/// The two-dimensional linear maps of Winograd's F(m x m, 3x3), Lavin and Gray 2015, arXiv:1509.09308: Y = Aᵀ [(G w Gᵀ) ⊙ (Bᵀ x B)] A, with
/// x an input tile of side m + 2. Each map works on vectors of channels; the points of a tile are its (m + 2)² products.
/// </summary>
internal static unsafe class WinogradTransforms
{
    /// <summary>V = Bᵀ x B of one tile.</summary>
    /// <param name="x">Pointers to the tile's pixels in row-major order.</param>
    /// <param name="channels">A multiple of the vector's length.</param>
    /// <param name="v">Point k of the tile at v + k · pointStride.</param>
    /// <param name="pointStride">Distance between points, in floats.</param>
    [SkipLocalsInit, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Input<TTile, L>(float** x, int channels, float* v, nint pointStride)
        where TTile : struct, IWinogradTile
        where L : struct, ILanes<L>
    {
        int n = TTile.In;
        float* room = stackalloc float[n * n * L.Count + 16], t = AlignedStack(room);
        for (int c = 0; c < channels; c += L.Count)
        {
            for (int j = 0; j < n; j++)
            {
                L last = n > 5 ? L.Load(x[5 * n + j] + c) : L.Broadcast(0);
                TTile.InputLine(
                    L.Load(x[j] + c),
                    L.Load(x[n + j] + c),
                    L.Load(x[2 * n + j] + c),
                    L.Load(x[3 * n + j] + c),
                    L.Load(x[4 * n + j] + c),
                    last,
                    t + j * L.Count,
                    n * L.Count
                );
            }
            for (int i = 0; i < n; i++)
            {
                float* r = t + n * i * L.Count;
                L last = n > 5 ? L.Load(r + 5 * L.Count) : L.Broadcast(0);
                TTile.InputLine(
                    L.Load(r),
                    L.Load(r + L.Count),
                    L.Load(r + 2 * L.Count),
                    L.Load(r + 3 * L.Count),
                    L.Load(r + 4 * L.Count),
                    last,
                    v + c + n * i * pointStride,
                    pointStride
                );
            }
        }
    }

    /// <summary>D = A dY Aᵀ of one tile: the adjoint of <see cref="Output"/>.</summary>
    /// <param name="dy">Pointers to the tile's output gradients, row-major.</param>
    /// <param name="channels">A multiple of the vector's length.</param>
    /// <param name="d">Point k of the tile at d + k · pointStride.</param>
    /// <param name="pointStride">Distance between points, in floats.</param>
    [SkipLocalsInit, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OutputGradient<TTile, L>(float** dy, int channels, float* d, nint pointStride)
        where TTile : struct, IWinogradTile
        where L : struct, ILanes<L>
    {
        int n = TTile.In, m = TTile.Out;
        float* room = stackalloc float[n * m * L.Count + 16], t = AlignedStack(room);
        for (int c = 0; c < channels; c += L.Count)
        {
            for (int j = 0; j < m; j++)
            {
                L last = m > 3 ? L.Load(dy[3 * m + j] + c) : L.Broadcast(0);
                TTile.GradientLine(L.Load(dy[j] + c), L.Load(dy[m + j] + c), L.Load(dy[2 * m + j] + c), last, t + j * L.Count, m * L.Count);
            }
            for (int i = 0; i < n; i++)
            {
                float* r = t + m * i * L.Count;
                L last = m > 3 ? L.Load(r + 3 * L.Count) : L.Broadcast(0);
                TTile.GradientLine(L.Load(r), L.Load(r + L.Count), L.Load(r + 2 * L.Count), last, d + c + n * i * pointStride, pointStride);
            }
        }
    }

    /// <summary>Y = Aᵀ m A of one tile, of which the part that lies inside the picture is finished and stored.</summary>
    /// <param name="m">Point k of the tile at m + k · pointStride, the first wanted channel first.</param>
    /// <param name="pointStride">Distance between points, in floats.</param>
    /// <param name="channel">First channel wanted.</param>
    /// <param name="count">Channels wanted, a multiple of the vector's length.</param>
    /// <param name="index">Index in the whole output of the tile's first value of that channel.</param>
    /// <param name="rowStride">Values from one output row to the next.</param>
    /// <param name="rows">Rows of the tile inside the picture.</param>
    /// <param name="columns">Columns of the tile inside the picture.</param>
    /// <param name="store">Finishes and stores.</param>
    [SkipLocalsInit, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Output<TTile, TStore, L>(
        float* m, nint pointStride, int channel, int count, nint index, nint rowStride, int rows, int columns, TStore store)
        where TTile : struct, IWinogradTile where TStore : struct, IPixelStore where L : struct, ILanes<L>
    {
        int n = TTile.In;
        nint lineStride = n * pointStride;
        float* room = stackalloc float[TTile.Out * (n + 1) * L.Count + 16], t = AlignedStack(room), line = t + TTile.Out * n * L.Count;
        for (int c = 0; c < count; c += L.Count)
        {
            float* p = m + c;
            for (int j = 0; j < n; j++, p += pointStride)
            {
                L last = n > 5 ? L.Load(p + 5 * lineStride) : L.Broadcast(0);
                TTile.OutputLine(
                    L.Load(p),
                    L.Load(p + lineStride),
                    L.Load(p + 2 * lineStride),
                    L.Load(p + 3 * lineStride),
                    L.Load(p + 4 * lineStride),
                    last,
                    t + j * L.Count,
                    n * L.Count
                );
            }
            for (int i = 0; i < rows; i++)
            {
                float* r = t + n * i * L.Count;
                L last = n > 5 ? L.Load(r + 5 * L.Count) : L.Broadcast(0);
                TTile.OutputLine(
                    L.Load(r),
                    L.Load(r + L.Count),
                    L.Load(r + 2 * L.Count),
                    L.Load(r + 3 * L.Count),
                    L.Load(r + 4 * L.Count),
                    last,
                    line,
                    L.Count
                );
                nint at = index + i * rowStride + c;
                for (int j = 0; j < columns; j++, at += store.Channels) store.Store(L.Load(line + j * L.Count), channel + c, at);
            }
        }
    }

    /// <summary>U = G w Gᵀ of a vector of filters.</summary>
    /// <param name="w">The nine taps, a vector each, row-major.</param>
    /// <param name="u">Point k at u + k · pointStride.</param>
    /// <param name="pointStride">Distance between points, in floats.</param>
    public static void Weights<TTile, L>(float* w, float* u, nint pointStride)
        where TTile : struct, IWinogradTile
        where L : struct, ILanes<L>
    {
        int n = TTile.In;
        float* t = stackalloc float[n * 3 * L.Count];
        for (int j = 0; j < 3; j++)
            TTile.WeightLine(
                L.Load(w + j * L.Count),
                L.Load(w + (3 + j) * L.Count),
                L.Load(w + (6 + j) * L.Count),
                t + j * L.Count,
                3 * L.Count
            );
        for (int i = 0; i < n; i++)
        {
            float* r = t + 3 * i * L.Count;
            TTile.WeightLine(L.Load(r), L.Load(r + L.Count), L.Load(r + 2 * L.Count), u + n * i * pointStride, pointStride);
        }
    }

    /// <summary>dw = Gᵀ dU G of a vector of filters: the adjoint of <see cref="Weights"/>.</summary>
    /// <param name="du">Point k at du + k · pointStride.</param>
    /// <param name="pointStride">Distance between points, in floats.</param>
    /// <param name="dw">Receives nine taps, a vector each.</param>
    public static void WeightGradient<TTile, L>(float* du, nint pointStride, float* dw)
        where TTile : struct, IWinogradTile
        where L : struct, ILanes<L>
    {
        int n = TTile.In;
        nint lineStride = n * pointStride;
        float* t = stackalloc float[3 * n * L.Count];
        for (int j = 0; j < n; j++)
        {
            float* p = du + j * pointStride;
            L last = n > 5 ? L.Load(p + 5 * lineStride) : L.Broadcast(0);
            TTile.WeightGradientLine(
                L.Load(p),
                L.Load(p + lineStride),
                L.Load(p + 2 * lineStride),
                L.Load(p + 3 * lineStride),
                L.Load(p + 4 * lineStride),
                last,
                t + j * L.Count,
                n * L.Count
            );
        }
        for (int i = 0; i < 3; i++)
        {
            float* r = t + n * i * L.Count;
            L last = n > 5 ? L.Load(r + 5 * L.Count) : L.Broadcast(0);
            TTile.WeightGradientLine(
                L.Load(r),
                L.Load(r + L.Count),
                L.Load(r + 2 * L.Count),
                L.Load(r + 3 * L.Count),
                L.Load(r + 4 * L.Count),
                last,
                dw + 3 * i * L.Count,
                L.Count
            );
        }
    }

    /// <summary>The next beginning of a cache line: the stack is aligned to 16 bytes, and a vector across two lines costs twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float* AlignedStack(float* p) => (float*)(((nint)p + 63) & ~63);
}

namespace EmotionMLNet.Kernels.Convolution;

/// <summary>Where Winograd's algorithm pays, and with which tile.</summary>
internal static class WinogradTiling
{
    /// <summary>Channels must fill vectors of every width; fewer than 16 inputs are cheaper as patches.</summary>
    public static bool Suits(ConvGeometry g)
        => g is { KernelHeight: 3, KernelWidth: 3, StrideY: 1, StrideX: 1, DilationY: 1, DilationX: 1, Groups: 1, PadY: <= 2, PadX: <= 2 }
            && g.InChannels % 16 == 0 && g.OutChannels % 16 == 0;

    /// <summary>
    /// Whether so few images fill so few tiles that reading the transformed filters, four times the size of the filters, takes longer than
    /// the multiplications that they save.
    /// </summary>
    /// <param name="g">The sizes.</param>
    /// <param name="batch">Images at once.</param>
    /// <remarks>
    /// Counted in multiply-adds that a machine does in the time that it takes to read one float: about 30 where weights come from memory,
    /// as those of deep layers do; smaller ones stay in the cache.
    /// </remarks>
    public static bool StarvesAt(ConvGeometry g, int batch)
    {
        const double Read = 30;
        const long Cached = 2 << 20; // floats
        int points = Products<WinogradTile3x3>(g) < Products<WinogradTile4x4>(g) ? 25 : 36;
        if ((long)points * g.InChannels * g.OutChannels <= Cached) return false;
        double transformed = (double)batch * Math.Min(Products<WinogradTile3x3>(g), Products<WinogradTile4x4>(g)) + points * Read;
        double direct = 9.0 * batch * g.OutHeight * g.OutWidth + 9 * Read;
        return transformed > direct;
    }

    /// <summary>
    /// Whether sums of a weight gradient for every transformed point, made by each thread and added up, cost more than the multiplications
    /// that they save: many channels on a plane of a few tiles.
    /// </summary>
    public static bool GradientStarves(ConvGeometry g) =>
        g is { OutHeight: < 6, OutWidth: < 6 } && (long)g.InChannels * g.OutChannels >= 1 << 17;

    /// <summary>Chooses the tile that covers the plane with fewer products, the overhang at the edges included.</summary>
    public static ConvolutionKernel Create(ConvGeometry g, int lanes) =>
        Products<WinogradTile3x3>(g) < Products<WinogradTile4x4>(g)
            ? new WinogradConvolution<WinogradTile3x3>(g, lanes)
            : new WinogradConvolution<WinogradTile4x4>(g, lanes);

    private static int Products<TTile>(ConvGeometry g) where TTile : struct, IWinogradTile
        => Tiles<TTile>(g.OutHeight) * Tiles<TTile>(g.OutWidth) * TTile.In * TTile.In;

    private static int Tiles<TTile>(int side) where TTile : struct, IWinogradTile => (side + TTile.Out - 1) / TTile.Out;
}

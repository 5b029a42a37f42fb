namespace EmotionMLNet.Kernels.Convolution;

/// <summary>Where Winograd's algorithm pays, and with which tile.</summary>
internal static class WinogradTiling
{
    /// <summary>Channels must fill vectors of every width; fewer than 16 inputs are cheaper as patches.</summary>
    public static bool Suits(ConvGeometry g)
        => g is { KernelHeight: 3, KernelWidth: 3, StrideY: 1, StrideX: 1, DilationY: 1, DilationX: 1, Groups: 1, PadY: <= 2, PadX: <= 2 }
            && g.InChannels % 16 == 0 && g.OutChannels % 16 == 0;

    /// <summary>Chooses the tile that covers the plane with fewer products, the overhang at the edges included.</summary>
    public static ConvolutionKernel Create(ConvGeometry g, int lanes)
        => Products<WinogradTile3x3>(g) < Products<WinogradTile4x4>(g) ? new WinogradConvolution<WinogradTile3x3>(g, lanes) : new WinogradConvolution<WinogradTile4x4>(g, lanes);

    private static int Products<TTile>(ConvGeometry g) where TTile : struct, IWinogradTile
        => Tiles<TTile>(g.OutHeight) * Tiles<TTile>(g.OutWidth) * TTile.In * TTile.In;

    private static int Tiles<TTile>(int side) where TTile : struct, IWinogradTile => (side + TTile.Out - 1) / TTile.Out;
}

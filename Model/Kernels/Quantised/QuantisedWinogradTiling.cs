using EmotionMLNet.Kernels.Convolution;

namespace EmotionMLNet.Kernels.Quantised;

/// <summary>Where Winograd's algorithm on shorts pays, and with which tile.</summary>
internal static class QuantisedWinogradTiling
{
    /// <summary>Where the float engine takes Winograd too, with inputs that fill vectors of shorts of every width.</summary>
    public static bool Suits(ConvGeometry g) => WinogradTiling.Suits(g) && g.InChannels % 32 == 0;

    /// <summary>Chooses the tile that covers the plane with fewer products, the overhang at the edges included.</summary>
    public static QuantisedConvolution Create(QuantisedLayer layer, int lanes)
        => Products<WinogradTile3x3>(layer.Geometry) < Products<WinogradTile4x4>(layer.Geometry)
            ? new QuantisedWinograd<WinogradTile3x3, IntegerInputTile3x3>(layer, lanes)
            : new QuantisedWinograd<WinogradTile4x4, IntegerInputTile4x4>(layer, lanes);

    private static int Products<TTile>(ConvGeometry g) where TTile : struct, IWinogradTile
        => new TileGrid(g, TTile.Out).PerImage * TTile.In * TTile.In;
}

/// <summary>How square tiles of outputs lie over a picture.</summary>
internal readonly record struct TileGrid(ConvGeometry Geometry, int Side)
{
    public int Rows => (Geometry.OutHeight + Side - 1) / Side;

    public int Columns => (Geometry.OutWidth + Side - 1) / Side;

    public int PerImage => Rows * Columns;

    /// <summary>Image of the batch, and first output row and column of a tile.</summary>
    public (int Image, int Row, int Column) Place(int tile)
    {
        (int image, int rest) = Math.DivRem(tile, PerImage);
        (int row, int column) = Math.DivRem(rest, Columns);
        return (image, row * Side, column * Side);
    }
}

namespace EmotionMLNet.Imaging.WebP.Vp8;

/// <summary>A plane of whole macroblocks with the borders that prediction looks at.</summary>
/// <remarks>
/// Above lies a row of 127; to the left a column of 129, whose corner is 127; to the right are four pixels for subblocks that look
/// up and to the right. Borders of neighbouring rows are apart.
/// </remarks>
internal sealed class Plane
{
    private const int LeftBorder = 4;
    private const int RightBorder = 4;
    private const byte AboveValue = 127;
    private const byte LeftValue = 129;

    public Plane(int width, int height)
    {
        Width = width;
        Height = height;
        Stride = LeftBorder + width + RightBorder;
        Samples = GC.AllocateUninitializedArray<byte>(Stride * (height + 1));
        Samples.AsSpan(0, Stride).Fill(AboveValue);
        for (int y = 0; y < height; y++) Samples[At(-1, y)] = LeftValue;
    }

    public int Width { get; }

    public int Height { get; }

    public int Stride { get; }

    public byte[] Samples { get; }

    public int At(int x, int y) => (y + 1) * Stride + LeftBorder + x;

    public ReadOnlySpan<byte> Row(int y) => Samples.AsSpan(At(0, y), Width);

    /// <summary>Repeats the last pixel of a row into the right border.</summary>
    public void ExtendRight(int y) => Samples.AsSpan(At(Width, y), RightBorder).Fill(Samples[At(Width - 1, y)]);
}

/// <summary>A decoded frame, 4:2:0, padded to whole macroblocks.</summary>
internal sealed class YuvPicture(int macroblocksAcross, int macroblocksDown)
{
    public Plane Y { get; } = new(16 * macroblocksAcross, 16 * macroblocksDown);

    public Plane U { get; } = new(8 * macroblocksAcross, 8 * macroblocksDown);

    public Plane V { get; } = new(8 * macroblocksAcross, 8 * macroblocksDown);
}

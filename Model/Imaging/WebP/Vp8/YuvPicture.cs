namespace EmotionMLNet.Imaging.WebP.Vp8;

/// <summary>
/// Two rows of macroblocks of a plane, the one before and the present, with the borders that prediction looks at. When a row is filtered,
/// the one before is done with: no more is ever held, however high the picture is.
/// </summary>
/// <remarks>
/// Lines 0 to Block - 1 are the row before, Block to 2·Block - 1 the present one. Above the picture lies a line of 127; to the left of each
/// a column of 129; to the right are four pixels for subblocks that look up and to the right. Prediction wants the line above as it was
/// before filtering: it is kept and exchanged for the filtered one meanwhile.
/// </remarks>
internal sealed class Plane
{
    private const int LeftBorder = 4;
    private const int RightBorder = 4;
    private const byte AboveValue = 127;
    private const byte LeftValue = 129;

    private readonly byte[] unfiltered;

    /// <param name="width">Columns, whole macroblocks.</param>
    /// <param name="block">Lines of a macroblock: 16 for luma, 8 for chroma.</param>
    public Plane(int width, int block)
    {
        Width = width;
        Block = block;
        Stride = LeftBorder + width + RightBorder;
        Samples = new byte[Stride * 2 * block];
        unfiltered = new byte[Stride];
        for (int line = block; line < 2 * block; line++) Samples[At(-1, line)] = LeftValue;
        unfiltered.AsSpan().Fill(AboveValue);
    }

    public int Width { get; }

    /// <summary>The first line of the present row of macroblocks.</summary>
    public int Block { get; }

    public int Stride { get; }

    public byte[] Samples { get; }

    private Span<byte> LineAbove => Samples.AsSpan((Block - 1) * Stride, Stride);

    public int At(int x, int line) => line * Stride + LeftBorder + x;

    public ReadOnlySpan<byte> Row(int line) => Samples.AsSpan(At(0, line), Width);

    /// <summary>Moves down: the present row becomes the one before.</summary>
    public void Advance() => Samples.AsSpan(Block * Stride).CopyTo(Samples);

    /// <summary>Before and after the prediction of a row: the line above is exchanged for what it was before filtering.</summary>
    public void ExchangeLineAbove()
    {
        Span<byte> above = LineAbove;
        for (int i = 0; i < unfiltered.Length; i++) (above[i], unfiltered[i]) = (unfiltered[i], above[i]);
    }

    /// <summary>After prediction, before filtering: the last line of the present row is what the next one is predicted from.</summary>
    public void KeepLastLine() => Samples.AsSpan((2 * Block - 1) * Stride, Stride).CopyTo(unfiltered);

    /// <summary>Repeats the last pixel of the last line into the right border.</summary>
    public void ExtendRight() => Samples.AsSpan(At(Width, 2 * Block - 1), RightBorder).Fill(Samples[At(Width - 1, 2 * Block - 1)]);
}

/// <summary>The part of a frame that is worked on, 4:2:0, in whole macroblocks.</summary>
internal sealed class YuvPicture(int macroblocksAcross)
{
    public Plane Y { get; } = new(16 * macroblocksAcross, 16);

    public Plane U { get; } = new(8 * macroblocksAcross, 8);

    public Plane V { get; } = new(8 * macroblocksAcross, 8);

    public void Advance()
    {
        Y.Advance();
        U.Advance();
        V.Advance();
    }

    public void ExchangeLinesAbove()
    {
        Y.ExchangeLineAbove();
        U.ExchangeLineAbove();
        V.ExchangeLineAbove();
    }

    public void KeepLastLines()
    {
        Y.KeepLastLine();
        U.KeepLastLine();
        V.KeepLastLine();
    }
}

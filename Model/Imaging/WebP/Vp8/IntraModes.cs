namespace EmotionMLNet.Imaging.WebP.Vp8;

/// <summary>Predictions from the pixels above and to the left. Whole macroblocks and chroma know the first four.</summary>
internal enum IntraMode : byte
{
    Dc,
    TrueMotion,
    Vertical,
    Horizontal,
    DownLeft,
    DownRight,
    VerticalRight,
    VerticalLeft,
    HorizontalDown,
    HorizontalUp,
}

/// <summary>What the first partition says of each macroblock (RFC 6386, sections 9.3, 11 and 19.3), read in scan order.</summary>
internal sealed class IntraModes
{
    private const int Side = 4;

    private readonly Segmentation segmentation;
    private readonly int skipProbability;
    private readonly IntraMode[] above;
    private readonly IntraMode[] left = new IntraMode[Side];

    /// <param name="macroblocksAcross">Macroblocks a row.</param>
    /// <param name="segmentation">Tells whether segments are coded.</param>
    /// <param name="skipProbability">
    /// The probability, in 256ths, that a macroblock has coefficients; negative where no flag is coded.
    /// </param>
    public IntraModes(int macroblocksAcross, Segmentation segmentation, int skipProbability)
    {
        this.segmentation = segmentation;
        this.skipProbability = skipProbability;
        above = new IntraMode[Side * macroblocksAcross];
    }

    public int Segment { get; private set; }

    /// <summary>The macroblock has no coefficients.</summary>
    public bool Skipped { get; private set; }

    /// <summary>Each of the 16 subblocks has a mode of its own; <see cref="Luma"/> says nothing then.</summary>
    public bool BySubblocks { get; private set; }

    public IntraMode Luma { get; private set; }

    public IntraMode Chroma { get; private set; }

    /// <summary>Modes of the subblocks in scan order.</summary>
    public IntraMode[] Subblocks { get; } = new IntraMode[Side * Side];

    // Pairs of nodes or, not above zero, negated modes.
    private static ReadOnlySpan<sbyte> SubblockTree =>
    [
        -(sbyte)IntraMode.Dc, 2,
        -(sbyte)IntraMode.TrueMotion, 4,
        -(sbyte)IntraMode.Vertical, 6,
        8, 12,
        -(sbyte)IntraMode.Horizontal, 10,
        -(sbyte)IntraMode.DownRight, -(sbyte)IntraMode.VerticalRight,
        -(sbyte)IntraMode.DownLeft, 14,
        -(sbyte)IntraMode.VerticalLeft, 16,
        -(sbyte)IntraMode.HorizontalDown, -(sbyte)IntraMode.HorizontalUp,
    ];

    /// <summary>Beyond the left border all modes count as DC.</summary>
    public void BeginRow() => left.AsSpan().Clear();

    /// <summary>Reads the next macroblock of the row.</summary>
    public void Read(ref BoolDecoder source, int column)
    {
        Segment = segmentation.HasMap ? ReadSegment(ref source) : 0;
        Skipped = skipProbability >= 0 && source.Read(skipProbability);
        BySubblocks = !source.Read(145);
        Span<IntraMode> top = above.AsSpan(Side * column, Side);
        if (BySubblocks)
        {
            ReadSubblocks(ref source, top);
        }
        else
        {
            if (source.Read(156)) Luma = source.Read(128) ? IntraMode.TrueMotion : IntraMode.Horizontal;
            else Luma = source.Read(163) ? IntraMode.Vertical : IntraMode.Dc;
            top.Fill(Luma);
            left.AsSpan().Fill(Luma);
        }
        if (!source.Read(142)) Chroma = IntraMode.Dc;
        else if (!source.Read(114)) Chroma = IntraMode.Vertical;
        else Chroma = source.Read(183) ? IntraMode.TrueMotion : IntraMode.Horizontal;
    }

    private int ReadSegment(ref BoolDecoder source)
    {
        byte[] tree = segmentation.TreeProbabilities;
        if (source.Read(tree[0])) return source.Read(tree[2]) ? 3 : 2;
        return source.Read(tree[1]) ? 1 : 0;
    }

    private void ReadSubblocks(ref BoolDecoder reader, Span<IntraMode> top)
    {
        BoolDecoder source = reader;
        for (int y = 0; y < Side; y++)
        {
            IntraMode mode = left[y];
            for (int x = 0; x < Side; x++)
            {
                ReadOnlySpan<byte> probabilities = SubblockModeProbabilities.GetProbabilities(top[x], mode);
                int node = 0;
                do node = SubblockTree[node + (source.Read(probabilities[node >> 1]) ? 1 : 0)];
                while (node > 0);
                mode = (IntraMode)(-node);
                top[x] = mode;
                Subblocks[Side * y + x] = mode;
            }
            left[y] = mode;
        }
        reader = source;
    }
}

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>One colour component of a frame: what the header says, its geometry, and where its samples are worked on.</summary>
internal sealed class Component
{
    private readonly sbyte[] precision = new sbyte[64];
    private readonly short[] quantisation = new short[64];

    /// <summary>Identifier that scans refer to.</summary>
    public byte Id { get; private set; }

    /// <summary>Horizontal sampling factor, 1 to 4.</summary>
    public int Horizontal { get; private set; }

    /// <summary>Vertical sampling factor, 1 to 4.</summary>
    public int Vertical { get; private set; }

    public int QuantisationIndex { get; private set; }

    /// <summary>Blocks that hold picture; a scan of this component alone codes just these.</summary>
    public int BlocksWide { get; set; }

    /// <summary>See <see cref="BlocksWide"/>.</summary>
    public int BlocksHigh { get; set; }

    /// <summary>Blocks up to whole MCUs, as an interleaved scan codes them.</summary>
    public int PaddedBlocksWide { get; set; }

    /// <summary>See <see cref="PaddedBlocksWide"/>.</summary>
    public int PaddedBlocksHigh { get; set; }

    public long PaddedBlocks => (long)PaddedBlocksWide * PaddedBlocksHigh;

    /// <summary>Whether its samples are looked at: those of colour are not if the picture is to be grey.</summary>
    public bool IsWanted { get; set; }

    /// <summary>Whether its AC coefficients are: at 1/8 the DC value says it all.</summary>
    public bool WantsAc => IsWanted && BlockSize > 1;

    /// <summary>Samples that a block becomes, a side: 1, 2, 4 or 8.</summary>
    public int BlockSize { get; set; }

    /// <summary>Samples that hold picture at the decoded scale.</summary>
    public int Width { get; set; }

    /// <summary>See <see cref="Width"/>.</summary>
    public int Height { get; set; }

    /// <summary>Sample rows that one row of MCUs gives.</summary>
    public int RowsPerMcu => Vertical * BlockSize;

    /// <summary>Whether <see cref="Quantisation"/> is known: it is from the component's first scan on.</summary>
    public bool IsQuantised { get; private set; }

    /// <summary>Row-major step sizes as the first scan found them; zeros before.</summary>
    public ReadOnlySpan<short> Quantisation => quantisation;

    /// <summary>Coefficients of all padded blocks, while several scans gather them.</summary>
    public CoefficientStore Store { get; } = new();

    /// <summary>The point transform of each coefficient, in zigzag order: 0 complete, -1 not seen.</summary>
    public Span<sbyte> Precision => precision;

    /// <summary>The sum of the DC differences so far.</summary>
    public int DcPredictor { get; set; }

    /// <summary>
    /// Offset in the working memory of sample row 0 of the present MCU row; the row before it holds the last of the previous MCU row.
    /// </summary>
    public int SamplesOffset { get; set; }

    /// <summary>Bytes from one sample row to the next.</summary>
    public int Stride { get; set; }

    /// <summary>Offset in the working memory of a row of upsampled samples.</summary>
    public int UpsampledOffset { get; set; }

    public UpsamplingKind Upsampling { get; set; }

    /// <summary>Begins another picture.</summary>
    public void Begin(byte id, int horizontal, int vertical, int quantisationIndex)
    {
        (Id, Horizontal, Vertical, QuantisationIndex) = (id, horizontal, vertical, quantisationIndex);
        (IsWanted, IsQuantised, DcPredictor, BlockSize) = (true, false, 0, 8);
        quantisation.AsSpan().Clear();
        precision.AsSpan().Fill(-1);
    }

    /// <summary>Keeps the steps of the component's first scan; later ones change nothing.</summary>
    public void Quantise(ReadOnlySpan<short> steps)
    {
        if (IsQuantised) return;
        steps.CopyTo(quantisation);
        IsQuantised = true;
    }
}

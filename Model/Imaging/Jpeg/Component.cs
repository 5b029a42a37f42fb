namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>One colour component of a frame: what the header says, its geometry, and where its samples are worked on.</summary>
internal sealed class Component(byte id, int horizontal, int vertical, int quantisationIndex)
{
    /// <summary>Identifier that scans refer to.</summary>
    public byte Id { get; } = id;

    /// <summary>Horizontal sampling factor, 1 to 4.</summary>
    public int Horizontal { get; } = horizontal;

    /// <summary>Vertical sampling factor, 1 to 4.</summary>
    public int Vertical { get; } = vertical;

    public int QuantisationIndex { get; } = quantisationIndex;

    /// <summary>Blocks that hold picture; a scan of this component alone codes just these.</summary>
    public int BlocksWide { get; set; }

    /// <summary>See <see cref="BlocksWide"/>.</summary>
    public int BlocksHigh { get; set; }

    /// <summary>Blocks up to whole MCUs, as an interleaved scan codes them.</summary>
    public int PaddedBlocksWide { get; set; }

    /// <summary>See <see cref="PaddedBlocksWide"/>.</summary>
    public int PaddedBlocksHigh { get; set; }

    public long PaddedBlocks => (long)PaddedBlocksWide * PaddedBlocksHigh;

    /// <summary>Samples that a block becomes, a side: 1, 2, 4 or 8.</summary>
    public int BlockSize { get; set; }

    /// <summary>Samples that hold picture at the decoded scale.</summary>
    public int Width { get; set; }

    /// <summary>See <see cref="Width"/>.</summary>
    public int Height { get; set; }

    /// <summary>Sample rows that one row of MCUs gives.</summary>
    public int RowsPerMcu => Vertical * BlockSize;

    /// <summary>Row-major step sizes as the first scan found them; null before.</summary>
    public short[]? Quantisation { get; set; }

    /// <summary>Coefficients of all padded blocks, rented, 64 a block in row-major order; null while none are kept.</summary>
    public short[]? Coefficients { get; set; }

    /// <summary>The point transform of each coefficient, in zigzag order: 0 complete, -1 not seen.</summary>
    public sbyte[] Precision { get; } = NothingSeen();

    /// <summary>The sum of the DC differences so far.</summary>
    public int DcPredictor { get; set; }

    /// <summary>Offset in the working memory of sample row 0 of the present MCU row; the row before it holds the last of the previous MCU row.</summary>
    public int SamplesOffset { get; set; }

    /// <summary>Bytes from one sample row to the next.</summary>
    public int Stride { get; set; }

    /// <summary>Offset in the working memory of a row of upsampled samples.</summary>
    public int UpsampledOffset { get; set; }

    public UpsamplingKind Upsampling { get; set; }

    private static sbyte[] NothingSeen()
    {
        var precision = new sbyte[64];
        Array.Fill(precision, (sbyte)-1);
        return precision;
    }
}

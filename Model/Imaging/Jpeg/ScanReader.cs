using EmotionMLNet.Imaging.Jpeg.Huffman;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>The bits of a scan, with its restart intervals and the messages about what is wrong with them.</summary>
internal unsafe ref struct ScanReader
{
    public JpegBitReader Bits;

    private readonly ReadOnlySpan<byte> file;
    private readonly EntropyData data;
    private readonly byte* bytes;
    private readonly int restartInterval;
    private readonly bool mayEndEarly;
    private int segment;
    private int mcusLeft;

    /// <param name="file">The whole file, for byte offsets.</param>
    /// <param name="data">The scan's data.</param>
    /// <param name="bytes">Its bytes, pinned.</param>
    /// <param name="restartInterval">MCUs; 0 without restarts.</param>
    /// <param name="addsDetail">Whether the picture is there without this scan: if a writer ended it early, that is no error.</param>
    public ScanReader(ReadOnlySpan<byte> file, EntropyData data, byte* bytes, int restartInterval, bool addsDetail)
    {
        this.file = file;
        this.bytes = bytes;
        this.data = data;
        this.restartInterval = restartInterval;
        mayEndEarly = addsDetail && !data.EndsWithFile;
    }

    /// <summary>Whether all data of a scan that may do so have come to an end.</summary>
    public bool EndedEarly { get; private set; }

    /// <summary>Begins an MCU; must be called before each.</summary>
    /// <returns>Whether a restart interval begins: predictions and runs start anew.</returns>
    public bool BeginMcu() => BeginMcus(1, out _);

    /// <summary>Begins some MCUs; must be called before them.</summary>
    /// <param name="wanted">How many the caller would like.</param>
    /// <param name="count">How many there are before a restart interval ends: 1 or more.</param>
    /// <returns>Whether a restart interval begins: predictions and runs start anew.</returns>
    public bool BeginMcus(int wanted, out int count)
    {
        bool begins = mcusLeft <= 0;
        if (begins && segment == data.Segments) End();
        else if (begins) NextSegment();
        count = Math.Max(1, Math.Min(wanted, mcusLeft));
        mcusLeft -= count;
        return begins;
    }

    /// <summary>Refuses a block that is longer than its data or holds bits that are no code; called after each block.</summary>
    public void EndBlock(bool valid)
    {
        if (Bits.IsOverrun)
            End();
        else if (!valid)
            throw JpegDecoder.Error(
                data.FileOffset(file, Bits.Position - bytes),
                "the coded data are damaged: these bits are no Huffman code"
            );
    }

    private void NextSegment()
    {
        (int start, int end) = data.Segment(segment++);
        Bits.Begin(bytes + start, bytes + end);
        mcusLeft = restartInterval == 0 ? int.MaxValue : restartInterval;
    }

    private void End()
    {
        EndedEarly = mayEndEarly && segment == data.Segments;
        if (EndedEarly) return;
        throw JpegDecoder.Error(data.FileOffset(file, data.Segment(segment - 1).End), data.EndsWithFile && segment == data.Segments
            ? "the file is truncated: it ends before the picture is complete"
            : "the coded data are damaged: a marker comes before the picture is complete");
    }
}

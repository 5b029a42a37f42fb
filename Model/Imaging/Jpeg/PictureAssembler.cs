using System.Buffers;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>Gives the samples of one row of MCUs after another.</summary>
internal unsafe interface IMcuRowSource
{
    /// <summary>Writes the samples of all components to their places in the working memory.</summary>
    void Fill(int mcuRow, byte* work);
}

/// <summary>Makes pixels from component samples, one row of MCUs at a time, so that what is worked on stays in the cache.</summary>
internal readonly unsafe struct PictureAssembler
{
    private const int Alignment = 64;

    private readonly Frame frame;
    private readonly ColourSpace space;
    private readonly int workLength;
    private readonly int sumsOffset;

    public PictureAssembler(Frame frame, ColourSpace space)
    {
        this.frame = frame;
        this.space = space;
        long offset = 0;
        int widest = frame.DecodedWidth;
        foreach (Component c in frame.Components)
        {
            if (!c.IsWanted) continue;
            c.Stride = Aligned(c.PaddedBlocksWide * c.BlockSize + Upsampler.Slack);
            // One row above: the last of the MCU row before.
            c.SamplesOffset = checked((int)(offset + Alignment + c.Stride));
            offset = (long)c.SamplesOffset + (long)c.Stride * c.RowsPerMcu;
            widest = Math.Max(widest, 2 * c.Width);
        }
        foreach (Component c in frame.Components)
        {
            if (c.Upsampling == UpsamplingKind.None || !c.IsWanted) continue;
            c.UpsampledOffset = checked((int)offset);
            offset += Aligned(widest + Upsampler.Slack);
        }
        sumsOffset = checked((int)offset + Alignment);
        workLength = sumsOffset + sizeof(ushort) * (widest + Upsampler.Slack);
    }

    /// <summary>The whole picture as stored: 1 channel for grey, else 3.</summary>
    public Raster Assemble<TSource>(ref TSource source, ImageMemory memory) where TSource : struct, IMcuRowSource, allows ref struct
    {
        int channels = space == ColourSpace.Grey ? 1 : 3;
        Raster picture = memory.Decoded(frame.DecodedWidth, frame.DecodedHeight, channels);
        byte[] rented = ArrayPool<byte>.Shared.Rent(workLength);
        try
        {
            // Edges of blocks and the slack are read, though never shown: the same picture every time.
            rented.AsSpan(0, workLength).Clear();
            fixed (byte* work = rented, target = picture.Samples)
            {
                bool needsRowBelow = false;
                foreach (Component c in frame.Components)
                    needsRowBelow |= c is { IsWanted: true, Upsampling: UpsamplingKind.High or UpsamplingKind.Both };
                int rowsPerMcu = frame.MaxVertical * frame.BlockSize, done = 0;
                for (int mcuRow = 0; mcuRow < frame.McusHigh; mcuRow++)
                {
                    memory.Watch.Check();
                    source.Fill(mcuRow, work);
                    bool isLast = mcuRow == frame.McusHigh - 1;
                    int ready = isLast ? frame.DecodedHeight : (mcuRow + 1) * rowsPerMcu - (needsRowBelow ? 1 : 0);
                    for (; done < ready; done++) Emit(done, mcuRow, work, target + (nint)done * frame.DecodedWidth * channels);
                    if (!isLast) KeepLastRows(work);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
        return picture;
    }

    private void Emit(int row, int mcuRow, byte* work, byte* target)
    {
        byte** rows = stackalloc byte*[4];
        for (int i = 0; i < frame.Components.Length && frame.Components[i].IsWanted; i++)
            rows[i] = SampleRow(frame.Components[i], row, mcuRow, work);
        if (space == ColourSpace.Grey)
            new ReadOnlySpan<byte>(rows[0], frame.DecodedWidth).CopyTo(new Span<byte>(target, frame.DecodedWidth));
        else
            ColourConversion.ToRgb(rows, space, frame.DecodedWidth, target);
    }

    private byte* SampleRow(Component c, int row, int mcuRow, byte* work)
    {
        int rowsPerMcu = c.RowsPerMcu, fullRowsPerMcu = frame.MaxVertical * frame.BlockSize, first = mcuRow * rowsPerMcu;
        int own = (int)((long)row * rowsPerMcu / fullRowsPerMcu);
        byte* samples = work + c.SamplesOffset, near = samples + (nint)(own - first) * c.Stride, target = work + c.UpsampledOffset;
        bool below = (row & 1) != 0;
        byte* far = samples + (nint)((below ? Math.Min(own + 1, c.Height - 1) : Math.Max(own - 1, 0)) - first) * c.Stride;
        switch (c.Upsampling)
        {
            case UpsamplingKind.None: return near;
            case UpsamplingKind.Wide: Upsampler.Wide(near, c.Width, target); break;
            case UpsamplingKind.High: Upsampler.High(near, far, below, c.Width, target); break;
            case UpsamplingKind.Both: Upsampler.Both(near, far, c.Width, (ushort*)(work + sumsOffset), target); break;
            default:
                Upsampler.Repeat(near, c.Horizontal * c.BlockSize, frame.MaxHorizontal * frame.BlockSize, frame.DecodedWidth, target);
                break;
        }
        return target;
    }

    private void KeepLastRows(byte* work)
    {
        foreach (Component c in frame.Components)
        {
            if (!c.IsWanted) continue;
            byte* samples = work + c.SamplesOffset;
            new ReadOnlySpan<byte>(samples + (nint)(c.RowsPerMcu - 1) * c.Stride, c.Stride).CopyTo(
                new Span<byte>(samples - c.Stride, c.Stride)
            );
        }
    }

    private static int Aligned(int length) => (length + Alignment - 1) & -Alignment;
}

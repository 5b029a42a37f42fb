namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>Sequential mode with all components in one scan: blocks are decoded and transformed on the way, and no coefficient is kept.</summary>
internal unsafe ref struct SequentialSource : IMcuRowSource
{
    private readonly Frame frame;
    private readonly ScanHeader scan;
    private ScanReader reader;

    public SequentialSource(Frame frame, ScanHeader scan, ScanReader reader)
    {
        (this.frame, this.scan) = (frame, scan);
        this.reader = reader;
    }

    public void Fill(int mcuRow, byte* work)
    {
        short* block = stackalloc short[64];
        short* steps = stackalloc short[64 * 4];
        for (int i = 0; i < scan.Components.Length; i++) scan.Components[i].Component.Quantisation!.CopyTo(new Span<short>(steps + 64 * i, 64));
        new Span<short>(block, 64).Clear();
        // A component alone is coded without padding up to whole MCUs, whatever its sampling factors.
        if (scan.Components is [var alone])
        {
            int rows = Math.Min(alone.Component.Vertical, alone.Component.BlocksHigh - mcuRow * alone.Component.Vertical);
            for (int y = 0; y < rows; y++)
            {
                byte* row = work + alone.Component.SamplesOffset + (nint)y * alone.Component.BlockSize * alone.Component.Stride;
                for (int x = 0; x < alone.Component.BlocksWide; x++) DecodeMcu(alone, 1, 1, block, steps, row + x * alone.Component.BlockSize);
            }
            return;
        }
        for (int mcu = 0; mcu < frame.McusWide; mcu++)
        {
            if (reader.BeginMcu()) ResetPredictions();
            for (int i = 0; i < scan.Components.Length; i++)
            {
                Component c = scan.Components[i].Component;
                DecodeBlocks(scan.Components[i], c.Horizontal, c.Vertical, block, steps + 64 * i, work + c.SamplesOffset + mcu * c.Horizontal * c.BlockSize);
            }
        }
    }

    private void DecodeMcu(in ScanComponent part, int wide, int high, short* block, short* steps, byte* samples)
    {
        if (reader.BeginMcu()) ResetPredictions();
        DecodeBlocks(part, wide, high, block, steps, samples);
    }

    private void DecodeBlocks(in ScanComponent part, int wide, int high, short* block, short* steps, byte* samples)
    {
        Component c = part.Component;
        (int size, nint stride) = (c.BlockSize, c.Stride);
        for (int y = 0; y < high; y++)
        {
            byte* target = samples + y * size * stride;
            for (int x = 0; x < wide; x++, target += size)
            {
                bool valid = SequentialBlock.TryReadDc(ref reader.Bits, part.Dc, out int difference);
                c.DcPredictor += difference;
                block[0] = (short)c.DcPredictor;
                int coded = 1;
                if (size > 1) coded = SequentialBlock.ReadAc(ref reader.Bits, part.Ac, block);
                else valid &= SequentialBlock.TrySkipAc(ref reader.Bits, part.Ac);
                reader.EndBlock(valid && coded != SequentialBlock.Invalid);
                InverseDct.Transform(block, steps, coded, target, stride, size);
                if (coded > 1) new Span<short>(block, 64).Clear();
            }
        }
    }

    private readonly void ResetPredictions()
    {
        foreach (ScanComponent part in scan.Components) part.Component.DcPredictor = 0;
    }
}

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>How one block is coded in one kind of scan.</summary>
internal unsafe interface IBlockCoder
{
    /// <summary>Forgets what spans blocks, other than DC predictions.</summary>
    void Restart();

    /// <summary>Decodes a block's part of the scan into its coefficients.</summary>
    /// <returns>False for bits that are no code.</returns>
    bool TryDecode(ref JpegBitReader bits, in ScanComponent part, short* block);
}

/// <summary>Decodes a scan that gives only a part of the coefficients: some components, some frequencies or some bits.</summary>
internal static unsafe class CoefficientScan
{
    public static void Decode(Frame frame, ScanHeader scan, ScanReader reader)
    {
        if (!frame.IsProgressive) Walk(frame, scan, ref reader, new SequentialCoder());
        else if (scan.First == 0 && !scan.IsRefinement) Walk(frame, scan, ref reader, new DcFirstCoder(scan.Low));
        else if (scan.First == 0) Walk(frame, scan, ref reader, new DcRefinementCoder(scan.Low));
        else if (!scan.IsRefinement) Walk(frame, scan, ref reader, new AcFirstCoder(scan.First, scan.Last, scan.Low));
        else Walk(frame, scan, ref reader, new AcRefinementCoder(scan.First, scan.Last, scan.Low));
    }

    private static void Walk<TCoder>(Frame frame, ScanHeader scan, ref ScanReader reader, TCoder coder) where TCoder : struct, IBlockCoder
    {
        if (scan.Components is [var alone])
        {
            for (int y = 0; y < alone.Component.BlocksHigh; y++)
            {
                for (int x = 0; x < alone.Component.BlocksWide; x++)
                {
                    BeginMcu(scan, ref reader, ref coder);
                    if (reader.EndedEarly) return;
                    DecodeBlock(alone, x, y, ref reader, ref coder);
                }
            }
            return;
        }
        for (int mcuRow = 0; mcuRow < frame.McusHigh; mcuRow++)
        {
            for (int mcu = 0; mcu < frame.McusWide; mcu++)
            {
                BeginMcu(scan, ref reader, ref coder);
                if (reader.EndedEarly) return;
                foreach (ScanComponent part in scan.Components)
                {
                    (int wide, int high) = (part.Component.Horizontal, part.Component.Vertical);
                    for (int i = 0; i < wide * high; i++) DecodeBlock(part, mcu * wide + i % wide, mcuRow * high + i / wide, ref reader, ref coder);
                }
            }
        }
    }

    private static void BeginMcu<TCoder>(ScanHeader scan, ref ScanReader reader, ref TCoder coder) where TCoder : struct, IBlockCoder
    {
        if (!reader.BeginMcu()) return;
        foreach (ScanComponent part in scan.Components) part.Component.DcPredictor = 0;
        coder.Restart();
    }

    private static void DecodeBlock<TCoder>(in ScanComponent part, int x, int y, ref ScanReader reader, ref TCoder coder) where TCoder : struct, IBlockCoder
    {
        fixed (short* block = &part.Component.Coefficients![(y * part.Component.PaddedBlocksWide + x) * part.Component.CoefficientsPerBlock])
            reader.EndBlock(coder.TryDecode(ref reader.Bits, part, block));
    }

    private readonly struct SequentialCoder : IBlockCoder
    {
        public void Restart()
        {
        }

        public bool TryDecode(ref JpegBitReader bits, in ScanComponent part, short* block)
        {
            bool valid = SequentialBlock.TryReadDc(ref bits, part.Dc, out int difference);
            int dc = part.Component.DcPredictor += difference;
            new Span<short>(block, part.Component.CoefficientsPerBlock).Clear();
            block[0] = (short)dc;
            if (!part.Component.WantsAc) return valid && BlockSkipper.TrySkip(ref bits, part.Ac);
            return valid && SequentialBlock.ReadAc(ref bits, part.Ac, block) != SequentialBlock.Invalid;
        }
    }
}

using EmotionMLNet.Imaging.Jpeg.Huffman;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>How one block is coded in a scan that may hold several components.</summary>
internal unsafe interface IBlockCoder
{
    /// <summary>Decodes a block's part of the scan into its component's store.</summary>
    /// <returns>False for bits that are no code.</returns>
    bool TryDecode(ref JpegBitReader bits, in ScanComponent part, int block);
}

/// <summary>Decodes a scan that gives only a part of the coefficients: some components, some frequencies or some bits.</summary>
internal static unsafe class CoefficientScan
{
    public static void Decode(Frame frame, ScanHeader scan, ScanReader reader, DecodingWatch watch)
    {
        if (!frame.IsProgressive) Walk(frame, scan, ref reader, new SequentialCoder(), watch);
        else if (scan.First > 0) WalkBand(scan, ref reader, watch);
        else if (scan.IsRefinement) Walk(frame, scan, ref reader, new DcRefinementCoder(scan.Low), watch);
        else Walk(frame, scan, ref reader, new DcFirstCoder(scan.Low), watch);
    }

    private static void Walk<TCoder>(Frame frame, ScanHeader scan, ref ScanReader reader, TCoder coder, DecodingWatch watch)
        where TCoder : struct, IBlockCoder
    {
        if (scan.Components is [var alone])
        {
            for (int y = 0; y < alone.Component.BlocksHigh; y++)
            {
                watch.Check();
                for (int x = 0; x < alone.Component.BlocksWide; x++)
                {
                    BeginMcu(scan, ref reader);
                    if (reader.EndedEarly) return;
                    DecodeBlock(alone, x, y, ref reader, coder);
                }
            }
            return;
        }
        for (int mcuRow = 0; mcuRow < frame.McusHigh; mcuRow++)
        {
            watch.Check();
            for (int mcu = 0; mcu < frame.McusWide; mcu++)
            {
                BeginMcu(scan, ref reader);
                if (reader.EndedEarly) return;
                foreach (ScanComponent part in scan.Components)
                {
                    (int wide, int high) = (part.Component.Horizontal, part.Component.Vertical);
                    for (int y = 0; y < high; y++)
                        for (int x = 0; x < wide; x++) DecodeBlock(part, mcu * wide + x, mcuRow * high + y, ref reader, coder);
                }
            }
        }
    }

    private static void BeginMcu(ScanHeader scan, ref ScanReader reader)
    {
        if (!reader.BeginMcu()) return;
        foreach (ScanComponent part in scan.Components) part.Component.DcPredictor = 0;
    }

    private static void DecodeBlock<TCoder>(in ScanComponent part, int x, int y, ref ScanReader reader, TCoder coder)
        where TCoder : struct, IBlockCoder =>
        reader.EndBlock(coder.TryDecode(ref reader.Bits, part, y * part.Component.PaddedBlocksWide + x));

    /// <summary>A scan of AC coefficients, which has one component: a run of blocks at a time.</summary>
    private static void WalkBand(ScanHeader scan, ref ScanReader reader, DecodingWatch watch)
    {
        ScanComponent part = scan.Components[0];
        Component c = part.Component;
        var band = new BandReader(part.Ac, scan.First, scan.Last, scan.Low, counts: true);
        fixed (short* coefficients = c.Store.Ac)
        fixed (ulong* nonZero = c.Store.NonZero)
        {
            for (int y = 0; y < c.BlocksHigh; y++)
            {
                watch.Check();
                for (int x = 0; x < c.BlocksWide;)
                {
                    if (reader.BeginMcus(c.BlocksWide - x, out int count)) band.EndOfBandRun = 0;
                    if (reader.EndedEarly) return;
                    nint block = (nint)y * c.PaddedBlocksWide + x;
                    if (scan.IsRefinement) Refine(ref reader, ref band, coefficients + 64 * block, nonZero + block, count);
                    else ReadFirst(ref reader, ref band, coefficients + 64 * block, nonZero + block, count);
                    if (reader.EndedEarly) return;
                    x += count;
                }
            }
        }
    }

    private static void ReadFirst(ref ScanReader reader, ref BandReader band, short* coefficients, ulong* nonZero, int count)
    {
        JpegBitReader bits = reader.Bits;
        bool valid = true;
        for (int i = 0; i < count && valid && !bits.IsOverrun; i++)
        {
            int empty = Math.Min(band.EndOfBandRun, count - i);
            band.EndOfBandRun -= empty;
            i += empty;
            if (i < count) valid = band.TryReadFirst(ref bits, coefficients + 64 * i, ref nonZero[i]);
        }
        reader.Bits = bits;
        reader.EndBlock(valid);
    }

    private static void Refine(ref ScanReader reader, ref BandReader band, short* coefficients, ulong* nonZero, int count)
    {
        JpegBitReader bits = reader.Bits;
        bool valid = true;
        for (int i = 0; i < count && valid && !bits.IsOverrun; i++) valid = band.TryRefine(ref bits, coefficients + 64 * i, ref nonZero[i]);
        reader.Bits = bits;
        reader.EndBlock(valid);
    }

    private readonly struct SequentialCoder : IBlockCoder
    {
        public bool TryDecode(ref JpegBitReader bits, in ScanComponent part, int block)
        {
            Component c = part.Component;
            bool valid = SequentialBlock.TryReadDc(ref bits, part.Dc, out int difference);
            c.Store.Dc[block] = (short)(c.DcPredictor += difference);
            if (!c.WantsAc) return valid && AcReader.TrySkip(ref bits, part.Ac);
            c.Store.NonZero[block] = 0;
            fixed (short* coefficients = &c.Store.Ac[64 * block])
                return valid
                    && new BandReader(part.Ac, 1, 63, 0, counts: false).TryReadFirst(ref bits, coefficients, ref c.Store.NonZero[block]);
        }
    }
}

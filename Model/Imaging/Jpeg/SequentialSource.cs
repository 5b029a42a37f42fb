using EmotionMLNet.Imaging.Jpeg.Dct;
using EmotionMLNet.Imaging.Jpeg.Huffman;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>
/// Sequential mode with all components in one scan: blocks are decoded and transformed on the way, and no coefficient is kept.
/// </summary>
internal unsafe ref struct SequentialSource : IMcuRowSource
{
    // The tables for several coefficients at a look take the time that so many blocks save by them.
    private const int FewBlocks = 4096;

    private readonly Frame frame;
    private readonly ScanHeader scan;
    private ScanReader reader;

    public SequentialSource(Frame frame, ScanHeader scan, ScanReader reader)
    {
        this.frame = frame;
        this.scan = scan;
        this.reader = reader;
    }

    public void Fill(int mcuRow, byte* work)
    {
        // A component alone is coded without padding up to whole MCUs, whatever its sampling factors.
        if (scan.Components is [var alone])
        {
            Component c = alone.Component;
            int rows = Math.Min(c.Vertical, c.BlocksHigh - mcuRow * c.Vertical);
            for (int y = 0; y < rows; y++) FillRow(c.BlocksWide, 1, 1, work + (nint)y * c.BlockSize * c.Stride);
        }
        else
        {
            FillRow(frame.McusWide, frame.MaxHorizontal, frame.MaxVertical, work);
        }
    }

    /// <summary>Decodes a row of MCUs.</summary>
    /// <param name="mcus">How many.</param>
    /// <param name="wide">Most blocks of a component in an MCU, along the row.</param>
    /// <param name="high">Most blocks of a component in an MCU, down.</param>
    /// <param name="work">Working memory, moved down to the row of samples.</param>
    private void FillRow(int mcus, int wide, int high, byte* work)
    {
        BlockPlace* places = stackalloc BlockPlace[BlockPlace.Most];
        short* block = stackalloc short[PairedAc.BlockLength];
        short* steps = stackalloc short[64 * 4];
        byte nowhere;
        bool onlyMeans = true;
        int count = 0;
        new Span<short>(block, 64).Clear();
        for (int i = 0; i < scan.Components.Length; i++)
        {
            Component c = scan.Components[i].Component;
            c.Quantisation.CopyTo(new Span<short>(steps + 64 * i, 64));
            onlyMeans &= !c.WantsAc;
            HuffmanTable ac = scan.Components[i].Ac;
            AcSkipTable? skip = c.WantsAc ? null : frame.Blocks < FewBlocks ? AcSkipTable.Stepping : ac.Skip;
            AcPairTable? pairs = c.WantsAc && frame.Blocks >= FewBlocks ? ac.Pairs : null;
            for (int b = 0; b < Math.Min(wide, c.Horizontal) * Math.Min(high, c.Vertical); b++)
            {
                (int y, int x) = Math.DivRem(b, Math.Min(wide, c.Horizontal));
                byte* first = work + c.SamplesOffset + (nint)y * c.BlockSize * c.Stride + x * c.BlockSize;
                places[count++] = new BlockPlace(
                    i,
                    scan.Components[i],
                    skip,
                    pairs,
                    steps + 64 * i,
                    c.IsWanted ? first : &nowhere,
                    c.IsWanted ? Math.Min(wide, c.Horizontal) * c.BlockSize : 0
                );
            }
        }
        for (int mcu = 0; mcu < mcus;)
        {
            if (reader.BeginMcus(mcus - mcu, out int run)) ResetPredictions();
            if (onlyMeans) SequentialMeans.Decode(ref reader, scan.Components, places, count, run);
            else DecodeBlocks(places, count, run, block);
            mcu += run;
        }
    }

    private void DecodeBlocks(BlockPlace* places, int count, int mcus, short* block)
    {
        JpegBitReader bits = reader.Bits;
        ReadOnlySpan<ScanComponent> parts = scan.Components;
        for (; mcus > 0; mcus--)
        {
            for (BlockPlace* place = places; place < places + count; place++)
            {
                ref readonly ScanComponent part = ref parts[place->Part];
                Component c = part.Component;
                bool valid = SequentialBlock.TryReadDc(ref bits, place->Dc, part.Dc, out int difference);
                c.DcPredictor += difference;
                block[0] = (short)c.DcPredictor;
                int coded = 1;
                if (place->Pairs != null)
                {
                    coded = AcReader.Read(ref bits, new PairedAc(place->Pairs, block), part.Ac);
                }
                else if (place->Skip != null)
                {
                    valid &= AcReader.Read(ref bits, new SkippedAc(place->Skip), part.Ac) != SequentialBlock.Invalid;
                }
                else
                {
                    JpegBitReader copy = bits;
                    coded = SequentialBlock.ReadAc(ref copy, part.Ac, block);
                    bits = copy;
                }
                if (!valid || coded == SequentialBlock.Invalid || bits.IsOverrun)
                {
                    reader.Bits = bits;
                    reader.EndBlock(valid && coded != SequentialBlock.Invalid);
                }
                if (c.IsWanted) InverseDct.Transform(block, place->Steps, coded, place->Target, c.Stride, c.BlockSize);
                place->Target += place->Advance;
                if (coded > 1) new Span<short>(block, 64).Clear();
            }
        }
        reader.Bits = bits;
    }

    private readonly void ResetPredictions()
    {
        foreach (ScanComponent part in scan.Components) part.Component.DcPredictor = 0;
    }
}

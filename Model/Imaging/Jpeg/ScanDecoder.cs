namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>Decodes one scan: sequential blocks straight to samples, progressive ones into the coefficients (ITU-T T.81, F.2 and G.2).</summary>
internal ref struct ScanDecoder
{
    private static readonly byte[] Natural =
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    private readonly Frame frame;
    private readonly Component[] components;
    private readonly int first, last, high, low;
    private readonly short[] block = new short[64];
    private JpegBitReader reader;
    private int endOfBand;

    /// <param name="data">The file.</param>
    /// <param name="position">First byte of entropy-coded data.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="components">Those of the scan, with tables set.</param>
    /// <param name="first">First coefficient (Ss).</param>
    /// <param name="last">Last coefficient (Se).</param>
    /// <param name="high">Previous bit position (Ah).</param>
    /// <param name="low">Bit position (Al).</param>
    public ScanDecoder(ReadOnlySpan<byte> data, int position, Frame frame, Component[] components, int first, int last, int high, int low)
    {
        (this.frame, this.components, this.first, this.last, this.high, this.low) = (frame, components, first, last, high, low);
        reader = new JpegBitReader(data, position);
    }

    /// <summary>Natural position of a zigzag index.</summary>
    public static int NaturalOrder(int zigzag) => Natural[zigzag];

    /// <param name="restartInterval">MCUs between restart markers; 0 means none.</param>
    /// <returns>Where the file goes on.</returns>
    public int Decode(int restartInterval)
    {
        // A scan of one component has its blocks in plain order, without those that fill up MCUs (T.81, A.2.2).
        bool single = components.Length == 1;
        int wide = single ? components[0].BlocksWide : frame.McusWide, high = single ? components[0].BlocksHigh : frame.McusHigh;
        int untilRestart = restartInterval, restart = 0;
        foreach (Component c in components) c.Prediction = 0;
        for (int y = 0; y < high; y++)
        {
            for (int x = 0; x < wide; x++)
            {
                if (restartInterval > 0 && untilRestart-- == 0)
                {
                    reader.Restart(restart);
                    restart = (restart + 1) & 7;
                    untilRestart = restartInterval - 1;
                    endOfBand = 0;
                    foreach (Component c in components) c.Prediction = 0;
                }
                if (reader.Starved) continue;
                if (single) Block(components[0], x, y);
                else Mcu(x, y);
            }
            reader.CheckEnd();
        }
        return reader.Position;
    }

    private void Mcu(int x, int y)
    {
        foreach (Component c in components)
        {
            for (int v = 0; v < c.V; v++)
                for (int h = 0; h < c.H; h++) Block(c, x * c.H + h, y * c.V + v);
        }
    }

    private void Block(Component c, int x, int y)
    {
        if (frame.Progressive)
        {
            Span<short> kept = c.Coefficients.AsSpan((y * c.Stride + x) * 64, 64);
            if (first == 0) ProgressiveDc(c, kept);
            else if (high == 0) ProgressiveAc(c.Ac!, kept);
            else RefineAc(c.Ac!, kept);
            return;
        }
        Array.Clear(block);
        Sequential(c);
        InverseDct.Transform(block, c.Quantisation, c.Size, c.Samples.AsSpan(y * c.Size * c.SampleStride + x * c.Size), c.SampleStride);
    }

    private void Sequential(Component c)
    {
        int category = reader.Symbol(c.Dc!);
        if (category > 15) throw reader.Error($"a DC difference of {category} bits");
        c.Prediction += reader.TakeSigned(category);
        block[0] = (short)c.Prediction;
        HuffmanTable ac = c.Ac!;
        for (int k = 1; k < 64; k++)
        {
            int symbol = reader.Symbol(ac), size = symbol & 15;
            if (size == 0)
            {
                if (symbol != 0xF0) return; // end of block
                k += 15;
                continue;
            }
            k += symbol >> 4;
            if (k > 63) throw reader.Error("a run of coefficients over the end of a block");
            block[Natural[k]] = (short)reader.TakeSigned(size);
        }
    }

    private void ProgressiveDc(Component c, Span<short> block)
    {
        if (high != 0)
        {
            if (reader.Take(1) != 0) block[0] |= (short)(1 << low);
            return;
        }
        int category = reader.Symbol(c.Dc!);
        if (category > 15) throw reader.Error($"a DC difference of {category} bits");
        c.Prediction += reader.TakeSigned(category);
        block[0] = (short)(c.Prediction << low);
    }

    private void ProgressiveAc(HuffmanTable table, Span<short> block)
    {
        if (endOfBand > 0)
        {
            endOfBand--;
            return;
        }
        for (int k = first; k <= last; k++)
        {
            int symbol = reader.Symbol(table), run = symbol >> 4, size = symbol & 15;
            if (size == 0)
            {
                if (run < 15)
                {
                    endOfBand = (1 << run) - 1 + (run > 0 ? reader.Take(run) : 0);
                    return;
                }
                k += 15;
                continue;
            }
            k += run;
            if (k > 63) throw reader.Error("a run of coefficients over the end of a block");
            block[Natural[k]] = (short)(reader.TakeSigned(size) << low);
        }
    }

    // T.81, figure G.7: known coefficients get one more bit each, new ones appear between them.
    private void RefineAc(HuffmanTable table, Span<short> block)
    {
        int k = first;
        if (endOfBand == 0)
        {
            for (; k <= last; k++)
            {
                int symbol = reader.Symbol(table), run = symbol >> 4, size = symbol & 15;
                short fresh = 0;
                if (size == 0)
                {
                    if (run < 15)
                    {
                        endOfBand = (1 << run) + (run > 0 ? reader.Take(run) : 0);
                        break;
                    }
                }
                else
                {
                    if (size != 1) throw reader.Error("a new coefficient of more than one bit in a refinement scan");
                    fresh = (short)(reader.Take(1) != 0 ? 1 << low : -1 << low);
                }
                for (; k <= last; k++)
                {
                    ref short known = ref block[Natural[k]];
                    if (known != 0) Refine(ref known);
                    else if (run-- == 0)
                    {
                        if (fresh != 0) known = fresh;
                        break;
                    }
                }
            }
        }
        if (endOfBand == 0) return;
        for (; k <= last; k++)
        {
            ref short known = ref block[Natural[k]];
            if (known != 0) Refine(ref known);
        }
        endOfBand--;
    }

    private void Refine(ref short known)
    {
        if (reader.Take(1) == 0 || (known & (1 << low)) != 0) return;
        known += (short)(known > 0 ? 1 << low : -1 << low);
    }
}

using System.Runtime.CompilerServices;

namespace EmotionMLNet.Imaging.WebP.Vp8;

/// <summary>Reads the coefficients of macroblocks in scan order (RFC 6386, section 13) and scales them.</summary>
internal sealed class Residuals
{
    public const int BlockLength = 16;
    public const int LumaBlocks = 16;
    private const int ChromaBlocks = 4;
    private const int Blocks = LumaBlocks + 2 * ChromaBlocks;

    // Block types, as the probabilities are ordered.
    private const int LumaWithoutDc = 0;
    private const int SecondOrder = 1;
    private const int Chroma = 2;
    private const int LumaWithDc = 3;

    // Places of a macroblock's context flags: whether the blocks at its lower or right border have coefficients.
    private const int LumaContext = 0;
    private const int ChromaContext = 4;
    private const int SecondOrderContext = 8;
    private const int Contexts = 9;

    private readonly byte[] probabilities;
    private readonly byte[] above;
    private readonly byte[] left = new byte[Contexts];

    public Residuals(int macroblocksAcross, byte[] probabilities)
    {
        this.probabilities = probabilities;
        above = new byte[Contexts * macroblocksAcross];
    }

    /// <summary>[block 24][16] in raster order: 16 of luma, 4 of U, 4 of V.</summary>
    public short[] Coefficients { get; } = new short[Blocks * BlockLength];

    /// <summary>A bit a block: it has coefficients.</summary>
    public uint NonZero { get; private set; }

    /// <summary>A bit a block: it has coefficients beside the DC.</summary>
    public uint NonZeroAc { get; private set; }

    private static ReadOnlySpan<byte> ZigZag => [0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15];

    // Where the band of a position begins among the probabilities of a block type; one more for the position after the last.
    private static ReadOnlySpan<byte> BandOffsets => [0, 33, 66, 99, 198, 132, 165, 198, 198, 198, 198, 198, 198, 198, 198, 231, 0];

    // Probabilities of the extra bits of the four largest token categories.
    private static ReadOnlySpan<byte> Category3 => [173, 148, 140];

    private static ReadOnlySpan<byte> Category4 => [176, 155, 140, 135];

    private static ReadOnlySpan<byte> Category5 => [180, 157, 141, 134, 130];

    private static ReadOnlySpan<byte> Category6 => [254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129];

    public void BeginRow() => left.AsSpan().Clear();

    /// <summary>Takes note of a macroblock without coefficients.</summary>
    public void Skip(int column, bool hasSecondOrder)
    {
        // The flag of the second-order block stays as it was where a macroblock has no such block.
        int count = hasSecondOrder ? Contexts : SecondOrderContext;
        above.AsSpan(Contexts * column, count).Clear();
        left.AsSpan(0, count).Clear();
        (NonZero, NonZeroAc) = (0, 0);
    }

    /// <summary>Reads a macroblock.</summary>
    public void Read(ref BoolDecoder source, int column, bool hasSecondOrder, in Dequantisation factors)
    {
        Coefficients.AsSpan().Clear();
        (NonZero, NonZeroAc) = (0, 0);
        Span<byte> top = above.AsSpan(Contexts * column, Contexts);
        if (hasSecondOrder) ReadSecondOrder(ref source, top, factors);
        ReadPlane(ref source, top[LumaContext..], left.AsSpan(LumaContext), 4, 0,
            hasSecondOrder ? LumaWithoutDc : LumaWithDc, factors.LumaDc, factors.LumaAc);
        ReadPlane(ref source, top[ChromaContext..], left.AsSpan(ChromaContext), 2, LumaBlocks, Chroma, factors.ChromaDc, factors.ChromaAc);
        ReadPlane(
            ref source,
            top[(ChromaContext + 2)..],
            left.AsSpan(ChromaContext + 2),
            2,
            LumaBlocks + ChromaBlocks,
            Chroma,
            factors.ChromaDc,
            factors.ChromaAc
        );
    }

    /// <summary>The DC of the 16 luma blocks, coded as a block of its own.</summary>
    private void ReadSecondOrder(ref BoolDecoder source, Span<byte> top, in Dequantisation factors)
    {
        Span<short> block = stackalloc short[BlockLength];
        block.Clear();
        int context = top[SecondOrderContext] + left[SecondOrderContext];
        int end = ReadBlock(ref source, SecondOrder, context, 0, factors.SecondOrderDc, factors.SecondOrderAc, block);
        top[SecondOrderContext] = left[SecondOrderContext] = end > 0 ? (byte)1 : (byte)0;
        if (end == 0) return;
        InverseTransform.WalshHadamard(block, Coefficients);
        for (int i = 0; i < LumaBlocks; i++)
        {
            if (Coefficients[BlockLength * i] != 0) NonZero |= 1u << i;
        }
    }

    private void ReadPlane(ref BoolDecoder source, Span<byte> top, Span<byte> beside, int side, int block, int type, int dc, int ac)
    {
        int first = type == LumaWithoutDc ? 1 : 0;
        for (int y = 0; y < side; y++)
        {
            int flag = beside[y];
            for (int x = 0; x < side; x++, block++)
            {
                Span<short> coefficients = Coefficients.AsSpan(BlockLength * block, BlockLength);
                int end = ReadBlock(ref source, type, flag + top[x], first, dc, ac, coefficients);
                flag = end > first ? 1 : 0;
                top[x] = (byte)flag;
                if (end > 1) NonZeroAc |= 1u << block;
                if (end > 1 || coefficients[0] != 0) NonZero |= 1u << block;
            }
            beside[y] = (byte)flag;
        }
    }

    /// <summary>Reads the tokens of a block.</summary>
    /// <returns>Position after the last coefficient; <paramref name="first"/> if there is none.</returns>
    private int ReadBlock(ref BoolDecoder reader, int type, int context, int first, int dc, int ac, Span<short> coefficients)
    {
        BoolDecoder source = reader;
        ReadOnlySpan<byte> table = probabilities.AsSpan(type * CoefficientProbabilities.BlockType, CoefficientProbabilities.BlockType);
        int position = first;
        int p = BandOffsets[position] + context * CoefficientProbabilities.Nodes;
        while (position < BlockLength && source.Read(table[p]))
        {
            while (!source.Read(table[p + 1]))
            {
                if (++position == BlockLength) goto End;
                p = BandOffsets[position];
            }
            int next = BandOffsets[position + 1];
            int value;
            if (!source.Read(table[p + 2]))
            {
                value = 1;
                p = next + CoefficientProbabilities.Nodes;
            }
            else
            {
                value = ReadLarge(ref source, table.Slice(p, CoefficientProbabilities.Nodes));
                p = next + 2 * CoefficientProbabilities.Nodes;
            }
            coefficients[ZigZag[position]] = (short)(source.ReadSign(value) * (position == 0 ? dc : ac));
            position++;
        }
    End:
        reader = source;
        return position;
    }

    /// <summary>A magnitude of at least 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadLarge(ref BoolDecoder source, ReadOnlySpan<byte> nodes)
    {
        if (!source.Read(nodes[3]))
        {
            if (!source.Read(nodes[4])) return 2;
            return source.Read(nodes[5]) ? 4 : 3;
        }
        if (!source.Read(nodes[6]))
        {
            if (!source.Read(nodes[7])) return source.Read(159) ? 6 : 5;
            int high = source.Read(165) ? 2 : 0;
            return 7 + high + (source.Read(145) ? 1 : 0);
        }
        bool upper = source.Read(nodes[8]);
        int category = (upper ? 2 : 0) + (source.Read(nodes[upper ? 10 : 9]) ? 1 : 0);
        ReadOnlySpan<byte> extra = category switch { 0 => Category3, 1 => Category4, 2 => Category5, _ => Category6 };
        int value = 0;
        foreach (byte probability in extra) value = 2 * value + (source.Read(probability) ? 1 : 0);
        return value + 3 + (8 << category);
    }
}

using System.Runtime.CompilerServices;

namespace EmotionMLNet.Imaging.Jpeg.Huffman;

/// <summary>What becomes of the AC coefficients of a block, and the table that tells several of them at one look.</summary>
internal interface IAcTarget
{
    /// <summary>The table's entry for the next bits. Its values may be stored before it is known whether all are of this block.</summary>
    /// <param name="bits">The next bits, the first of them highest; the entry's lowest six say how many to drop.</param>
    /// <param name="k">Zigzag index of the coefficient that comes next.</param>
    ulong LookUp(ulong bits, int k);

    /// <summary>Coefficients that an entry passes, see <see cref="AcSkipTable"/>.</summary>
    static abstract int Passed(ulong entry);

    /// <summary>Takes a single value.</summary>
    /// <param name="k">Its zigzag index.</param>
    /// <param name="entry">The entry of the coefficient's code, from <see cref="HuffmanTable.Lookup"/>.</param>
    /// <param name="bits">The bits from the code on.</param>
    void Store(int k, uint entry, ulong bits);
}

/// <summary>Decodes the AC coefficients of a block in sequential mode, several at one look.</summary>
internal static class AcReader
{
    /// <summary>Passes over one block's coefficients.</summary>
    /// <returns>False for an invalid code.</returns>
    public static unsafe bool TrySkip(ref JpegBitReader reader, HuffmanTable table)
    {
        JpegBitReader bits = reader;
        int coded = Read(ref bits, new SkippedAc(table.Skip.Pointer), table);
        reader = bits;
        return coded != SequentialBlock.Invalid;
    }

    /// <summary>Decodes one block's; for loops that hold the reader in registers.</summary>
    /// <returns>
    /// At least 1 past the zigzag index of the last coefficient coded (1 if there is none), or <see cref="SequentialBlock.Invalid"/>.
    /// </returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Read<TTarget>(ref JpegBitReader reader, TTarget target, HuffmanTable table) where TTarget : struct, IAcTarget
    {
        int k = 1;
        while (true)
        {
            // The critical path of all decoding: a look is a shift, a load and a shift.
            reader.Refill();
            ulong entry = target.LookUp(reader.Bits, k);
            int after = k + TTarget.Passed(entry);
            if (after < 64)
            {
                reader.Drop((int)entry);
                k = after;
                entry = target.LookUp(reader.Bits, k);
                after = k + TTarget.Passed(entry);
                if (after < 64)
                {
                    reader.Drop((int)entry);
                    k = after;
                    continue;
                }
            }
            if (AcSkipTable.EndsBlock(after))
            {
                reader.Drop((int)entry);
                return after & (AcSkipTable.EndOfBlock - 1);
            }
            // A copy, so that the caller's reader can stay in registers.
            JpegBitReader copy = reader;
            int next = OneSymbol(ref copy, target, table, k);
            reader = copy;
            if ((uint)next >= 64) return next == AcSkipTable.EndOfBlock ? k : next;
            k = next;
        }
    }

    // The coefficient behind the symbol's, or how the block ends.
    private static int OneSymbol<TTarget>(ref JpegBitReader reader, TTarget target, HuffmanTable table, int k)
        where TTarget : struct, IAcTarget
    {
        reader.Refill();
        ulong bits = reader.Bits;
        uint entry = table.Lookup[bits >> (64 - HuffmanTable.LookupBits)];
        if ((entry & 63) == 0) entry = table.LongEntry(bits);
        if (entry == 0) return SequentialBlock.Invalid;
        reader.Drop((int)entry);
        if ((entry & HuffmanTable.Special) != 0) return entry >> 24 == 15 ? k + 16 : AcSkipTable.EndOfBlock;
        k += (int)(entry >> 24);
        target.Store(k, entry, bits);
        return k + 1;
    }
}

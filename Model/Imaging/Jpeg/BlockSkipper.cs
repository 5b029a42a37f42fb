using System.Runtime.CompilerServices;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>Passes over the AC coefficients of blocks in sequential mode.</summary>
internal static unsafe class BlockSkipper
{
    /// <summary>Passes over one block's.</summary>
    /// <returns>False for an invalid code.</returns>
    public static bool TrySkip(ref JpegBitReader reader, HuffmanTable table)
    {
        JpegBitReader bits = reader;
        bool valid = TrySkip(ref bits, table.Skip.Pointer, table);
        reader = bits;
        return valid;
    }

    /// <summary>For loops that hold the reader in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TrySkip(ref JpegBitReader reader, ushort* skip, HuffmanTable table)
    {
        int k = 1;
        while (true)
        {
            // The critical path of all decoding: a look is a shift, a load and a shift.
            reader.Refill();
            uint entry = skip[reader.Bits >> (64 - AcSkipTable.Bits)];
            int after = k + (int)(entry >> 6);
            if (after < 64)
            {
                reader.Drop((int)entry);
                k = after;
                entry = skip[reader.Bits >> (64 - AcSkipTable.Bits)];
                after = k + (int)(entry >> 6);
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
                return true;
            }
            // A copy, so that the caller's reader can stay in registers.
            JpegBitReader copy = reader;
            k = OneSymbol(ref copy, table, k);
            reader = copy;
            if (k >= 64) return k != Invalid;
        }
    }

    private const int Invalid = int.MaxValue;

    private static int OneSymbol(ref JpegBitReader reader, HuffmanTable table, int k)
    {
        reader.Refill();
        uint entry = table.Lookup[reader.Bits >> (64 - HuffmanTable.LookupBits)];
        if ((entry & 63) == 0) entry = table.LongEntry(reader.Bits);
        if (entry == 0) return Invalid;
        reader.Drop((int)entry);
        bool ends = (entry & HuffmanTable.Special) != 0 && entry >> 24 != 15;
        return ends ? 64 : k + (int)(entry >> 24) + 1;
    }
}

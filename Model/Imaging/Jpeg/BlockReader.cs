using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>Reads the AC coefficients of large pictures in sequential mode, up to two at one look.</summary>
internal static unsafe class BlockReader
{
    /// <summary>Shorts that a block must have room for: behind it goes what an entry of <see cref="AcPairTable"/> does not have.</summary>
    public const int BlockLength = 72;

    private static readonly byte[] Places = MakePlaces();

    /// <summary>Row-major places of the coefficients in the order of coding, and the one behind the block for all further; never moved.</summary>
    private static byte* PlacesPointer => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(Places));

    /// <summary>Reads the AC coefficients into a cleared block in row-major order; for loops that hold the reader in registers.</summary>
    /// <returns>At least 1 past the zigzag index of the last coefficient coded (1 if there is none), or <see cref="SequentialBlock.Invalid"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ReadAc(ref JpegBitReader reader, ulong* pairs, HuffmanTable table, short* block)
    {
        byte* places = PlacesPointer;
        int k = 1;
        while (true)
        {
            reader.Refill();
            ulong entry = Look(ref reader, pairs, places + k, block);
            int after = k + (byte)(entry >> 8);
            if (after < 64)
            {
                reader.Drop((int)entry);
                k = after;
                entry = Look(ref reader, pairs, places + k, block);
                after = k + (byte)(entry >> 8);
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
            int next = OneSymbol(ref copy, table, k, block);
            reader = copy;
            if (next == SequentialBlock.Invalid) return next;
            if (next >= AcSkipTable.EndOfBlock) return k;
            k = next;
            if (k >= 64) return k;
        }
    }

    /// <summary>Stores what the entry has before it is known whether all of it is of this block: what is not lands behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Look(ref JpegBitReader reader, ulong* pairs, byte* places, short* block)
    {
        ulong entry = pairs[reader.Bits >> (64 - AcPairTable.Bits)];
        block[places[(byte)(entry >> 16)]] = (short)(entry >> 32);
        block[places[(byte)(entry >> 24)]] = (short)(entry >> 48);
        return entry;
    }

    private static int OneSymbol(ref JpegBitReader reader, HuffmanTable table, int k, short* block)
    {
        reader.Refill();
        uint entry = table.Lookup[reader.Bits >> (64 - HuffmanTable.LookupBits)];
        if ((entry & 63) == 0) entry = table.LongEntry(reader.Bits);
        if (entry == 0) return SequentialBlock.Invalid;
        ulong bits = reader.Bits;
        reader.Drop((int)entry);
        if ((entry & HuffmanTable.Special) != 0) return entry >> 24 == 15 ? k + 16 : AcSkipTable.EndOfBlock;
        k += (int)(entry >> 24);
        block[ZigZag.ToNatural[k]] = (short)HuffmanTable.ValueOf(entry, bits);
        return k + 1;
    }

    private static byte[] MakePlaces()
    {
        byte[] places = GC.AllocateUninitializedArray<byte>(128, pinned: true);
        places.AsSpan().Fill(64);
        ZigZag.ToNatural[..64].CopyTo(places);
        return places;
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmotionMLNet.Imaging.Jpeg.Huffman;

/// <summary>Coefficients that nobody wants.</summary>
/// <param name="entries">The entries of an <see cref="AcSkipTable"/>.</param>
internal readonly unsafe struct SkippedAc(ushort* entries) : IAcTarget
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong LookUp(ulong bits, int k) => entries[bits >> (64 - AcSkipTable.Bits)];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Passed(ulong entry) => (int)(entry >> 6);

    public void Store(int k, uint entry, ulong bits) { }
}

/// <summary>Coefficients that go into a cleared block in row-major order, up to two at a look: for large pictures.</summary>
/// <param name="entries">The entries of an <see cref="AcPairTable"/>.</param>
/// <param name="block">Room for <see cref="BlockLength"/> values.</param>
internal readonly unsafe struct PairedAc(ulong* entries, short* block) : IAcTarget
{
    /// <summary>Shorts that a block must have room for: behind it goes what an entry of <see cref="AcPairTable"/> does not have.</summary>
    public const int BlockLength = 72;

    private static readonly byte[] Places = MakePlaces();

    // Row-major places of the coefficients in the order of coding, and the one behind the block for all further; never moved.
    private readonly byte* places = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(Places));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong LookUp(ulong bits, int k)
    {
        ulong entry = entries[bits >> (64 - AcPairTable.Bits)];
        byte* from = places + k;
        block[from[(byte)(entry >> 16)]] = (short)(entry >> 32);
        block[from[(byte)(entry >> 24)]] = (short)(entry >> 48);
        return entry;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Passed(ulong entry) => (byte)(entry >> 8);

    public void Store(int k, uint entry, ulong bits) => block[ZigZag.ToNatural[k]] = (short)HuffmanTable.ValueOf(entry, bits);

    private static byte[] MakePlaces()
    {
        byte[] places = GC.AllocateUninitializedArray<byte>(128, pinned: true);
        places.AsSpan().Fill(64);
        ZigZag.ToNatural[..64].CopyTo(places);
        return places;
    }
}

namespace EmotionMLNet.Tensors;

/// <summary>
/// One block of 64-byte aligned floats from which tensors are cut at planned offsets; nothing is allocated after construction.
/// </summary>
/// <remarks>
/// The block is pinned, so kernels may hold pointers into it while it is reachable; it is ordinary GC memory and needs no Dispose.
/// </remarks>
internal sealed class Arena
{
    /// <summary>Alignment of every planned offset, in floats: one cache line, one 512-bit vector.</summary>
    public const int Alignment = 16;

    private readonly float[] block;
    private readonly int origin;

    public Arena(long floats)
    {
        if (floats < 0 || floats + Alignment > Array.MaxLength)
            throw new ArgumentOutOfRangeException(
                nameof(floats),
                floats,
                $"An arena holds at most {Array.MaxLength} floats (8 GiB): use a smaller batch or input size."
            );
        Length = (int)floats;
        block = Allocate(Length + Alignment);
        nint address = System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(block, 0);
        origin = (int)((64 - (address & 63)) & 63) / sizeof(float);
    }

    /// <summary>A part of another.</summary>
    /// <param name="whole">Holds the memory.</param>
    /// <param name="offset">Where the part begins, a multiple of <see cref="Alignment"/>.</param>
    /// <param name="length">Its floats.</param>
    public Arena(Arena whole, int offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + (long)length, whole.Length, nameof(length));
        block = whole.block;
        origin = whole.origin + offset;
        Length = length;
    }

    /// <summary>Floats in the block.</summary>
    public int Length { get; }

    /// <summary>Rounds a length up so that the next offset stays aligned.</summary>
    public static long Align(long floats) => (floats + Alignment - 1) / Alignment * Alignment;

    // Most of a large block is streamed through from one pass to the next: with pages of 2 MiB its addresses fit the processor's TLB.
    private static float[] Allocate(int floats)
    {
        if (floats * (long)sizeof(float) < 2 * HugePages.Bytes) return GC.AllocateArray<float>(floats, pinned: true);
        float[] memory = GC.AllocateUninitializedArray<float>(floats, pinned: true);
        HugePages.Advise(memory);
        memory.AsSpan().Clear();
        return memory;
    }

    public Span<float> Slice(int offset, int length) => block.AsSpan(origin + offset, length);
}

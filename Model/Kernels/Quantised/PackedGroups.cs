using System.Runtime.InteropServices;

namespace EmotionMLNet.Kernels.Quantised;

/// <summary>Weights that a quantised kernel reads: pinned, each panel at the start of a cache line, written once.</summary>
internal sealed unsafe class PackedGroups
{
    private readonly int[] block;

    public PackedGroups(long groups)
    {
        Length = checked((int)groups);
        block = GC.AllocateArray<int>(checked(Length + 16), pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(block, 0);
        Pointer = (int*)((address + 63) & ~63);
    }

    /// <summary>Groups of 32 bits.</summary>
    public int Length { get; }

    public int* Pointer { get; }
}

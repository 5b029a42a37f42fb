using System.Runtime.InteropServices;

namespace EmotionMLNet.Tensors;

/// <summary>
/// Asks Linux to back a large block by pages of 2 MiB, where the system leaves the choice to programs (transparent_hugepage = madvise, the
/// usual setting).
/// </summary>
internal static partial class HugePages
{
    /// <summary>Size of a page.</summary>
    public const int Bytes = 2 << 20;

    private const int Advice = 14; // MADV_HUGEPAGE

    /// <summary>
    /// Only a wish: elsewhere, or where it is refused, the block simply keeps small pages. To be called before memory is first touched.
    /// </summary>
    /// <param name="pinned">A pinned array; pages at either end that it shares with other data are left alone.</param>
    public static void Advise(float[] pinned)
    {
        if (!OperatingSystem.IsLinux()) return;
        nint start = Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);
        nint first = (start + Bytes - 1) & -Bytes, end = (start + pinned.Length * (nint)sizeof(float)) & -Bytes;
        if (end <= first) return;
        try
        {
            _ = MemoryAdvise(first, (nuint)(end - first), Advice);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return; // a Linux whose C library has another name: small pages are right too
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MemoryAdvise(nint address, nuint length, int advice);
}

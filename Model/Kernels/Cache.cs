using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace EmotionMLNet.Kernels;

internal static unsafe class Cache
{
    /// <summary>Asks for a cache line ahead of its use, where there is an instruction for it; any address is allowed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(float* line)
    {
        if (Sse.IsSupported) Sse.Prefetch0(line);
    }

    /// <summary>The same for what is needed later, to L2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PrefetchFar(float* line)
    {
        if (Sse.IsSupported) Sse.Prefetch1(line);
    }

    /// <summary>Two lines, as a row of a register tile has them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PrefetchPair(float* row)
    {
        if (!Sse.IsSupported) return;
        Sse.Prefetch0(row);
        Sse.Prefetch0((byte*)row + 64);
    }
}

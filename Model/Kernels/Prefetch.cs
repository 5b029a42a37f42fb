using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace EmotionMLNet.Kernels;

/// <summary>
/// Asks for memory that will be needed soon, so that it travels while something else is computed. Without the instruction it does nothing.
/// </summary>
internal static unsafe class Prefetch
{
    private const int Line = 64;

    /// <summary>Share <paramref name="part"/> of <paramref name="parts"/> of a range, to L2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Share(float* start, float* end, int part, int parts)
    {
        if (!Sse.IsSupported || end <= start) return;
        nint lines = ((nint)end - (nint)start + Line - 1) / Line;
        byte* from = (byte*)start + lines * part / parts * Line, to = (byte*)start + lines * (part + 1) / parts * Line;
        for (; from < to; from += Line) Sse.Prefetch1(from);
    }

    /// <summary>Rows that lie apart, to L2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows(float* start, nint stride, int rows, int floats)
    {
        if (!Sse.IsSupported) return;
        for (int r = 0; r < rows; r++, start += stride)
            for (float* line = start; line < start + floats; line += Line / sizeof(float)) Sse.Prefetch1(line);
    }
}

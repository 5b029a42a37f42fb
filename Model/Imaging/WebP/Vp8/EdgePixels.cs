using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace EmotionMLNet.Imaging.WebP.Vp8;

/// <summary>
/// Sixteen places along an edge, four pixels deep on each side: P3 is farthest before it, Q3 farthest behind. A lane is a place.
/// Chroma has eight places a plane, so U takes the lower half and V the upper.
/// </summary>
internal struct EdgePixels
{
    public Vector128<byte> P3, P2, P1, P0, Q0, Q1, Q2, Q3;

    /// <summary>A horizontal edge: each vector is a stretch of a row.</summary>
    /// <param name="below">First pixel below the edge, of the lower and of the upper eight places.</param>
    /// <param name="belowUpper">See <paramref name="below"/>.</param>
    /// <param name="stride">Bytes from row to row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EdgePixels LoadRows(ref byte below, ref byte belowUpper, nint stride) => new()
    {
        P3 = LoadHalves(ref below, ref belowUpper, -4 * stride),
        P2 = LoadHalves(ref below, ref belowUpper, -3 * stride),
        P1 = LoadHalves(ref below, ref belowUpper, -2 * stride),
        P0 = LoadHalves(ref below, ref belowUpper, -stride),
        Q0 = LoadHalves(ref below, ref belowUpper, 0),
        Q1 = LoadHalves(ref below, ref belowUpper, stride),
        Q2 = LoadHalves(ref below, ref belowUpper, 2 * stride),
        Q3 = LoadHalves(ref below, ref belowUpper, 3 * stride),
    };

    /// <summary>Writes the six rows that filters change.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void StoreRows(ref byte below, ref byte belowUpper, nint stride)
    {
        StoreHalves(P2, ref below, ref belowUpper, -3 * stride);
        StoreHalves(P1, ref below, ref belowUpper, -2 * stride);
        StoreHalves(P0, ref below, ref belowUpper, -stride);
        StoreHalves(Q0, ref below, ref belowUpper, 0);
        StoreHalves(Q1, ref below, ref belowUpper, stride);
        StoreHalves(Q2, ref below, ref belowUpper, 2 * stride);
    }

    /// <summary>A vertical edge: rows of eight pixels around it are turned into columns.</summary>
    /// <param name="start">Fourth pixel before the edge in the first of the lower eight rows.</param>
    /// <param name="startUpper">Fourth pixel before the edge in the first of the upper eight rows.</param>
    /// <param name="stride">Bytes from row to row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EdgePixels LoadColumns(ref byte start, ref byte startUpper, nint stride)
    {
        // Four perfect shuffles of 16 rows x 8 columns bring pixel (row, column) to lane 'row' of vector 'column'.
        (Vector128<byte> a0, Vector128<byte> a1, Vector128<byte> a2, Vector128<byte> a3) = (
            Low(LoadEight(ref start, 0), LoadEight(ref startUpper, 0)),
            Low(LoadEight(ref start, stride), LoadEight(ref startUpper, stride)),
            Low(LoadEight(ref start, 2 * stride), LoadEight(ref startUpper, 2 * stride)),
            Low(LoadEight(ref start, 3 * stride), LoadEight(ref startUpper, 3 * stride))
        );
        (Vector128<byte> a4, Vector128<byte> a5, Vector128<byte> a6, Vector128<byte> a7) = (
            Low(LoadEight(ref start, 4 * stride), LoadEight(ref startUpper, 4 * stride)),
            Low(LoadEight(ref start, 5 * stride), LoadEight(ref startUpper, 5 * stride)),
            Low(LoadEight(ref start, 6 * stride), LoadEight(ref startUpper, 6 * stride)),
            Low(LoadEight(ref start, 7 * stride), LoadEight(ref startUpper, 7 * stride))
        );
        var rows = new EdgePixels { P3 = a0, P2 = a1, P1 = a2, P0 = a3, Q0 = a4, Q1 = a5, Q2 = a6, Q3 = a7 };
        return rows.Shuffled().Shuffled().Shuffled();
    }

    /// <summary>Turns the columns back into rows of eight pixels and writes them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void StoreColumns(ref byte start, ref byte startUpper, nint stride)
    {
        EdgePixels rows = Shuffled().Shuffled().Shuffled();
        StoreHalves(rows.P3, ref start, ref Unsafe.Add(ref start, stride), 0);
        StoreHalves(rows.P2, ref start, ref Unsafe.Add(ref start, stride), 2 * stride);
        StoreHalves(rows.P1, ref start, ref Unsafe.Add(ref start, stride), 4 * stride);
        StoreHalves(rows.P0, ref start, ref Unsafe.Add(ref start, stride), 6 * stride);
        StoreHalves(rows.Q0, ref startUpper, ref Unsafe.Add(ref startUpper, stride), 0);
        StoreHalves(rows.Q1, ref startUpper, ref Unsafe.Add(ref startUpper, stride), 2 * stride);
        StoreHalves(rows.Q2, ref startUpper, ref Unsafe.Add(ref startUpper, stride), 4 * stride);
        StoreHalves(rows.Q3, ref startUpper, ref Unsafe.Add(ref startUpper, stride), 6 * stride);
    }

    /// <summary>Interleaves the first half of the 128 pixels with the second.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly EdgePixels Shuffled() => new()
    {
        P3 = Low(P3, Q0),
        P2 = High(P3, Q0),
        P1 = Low(P2, Q1),
        P0 = High(P2, Q1),
        Q0 = Low(P1, Q2),
        Q1 = High(P1, Q2),
        Q2 = Low(P0, Q3),
        Q3 = High(P0, Q3),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> LoadEight(ref byte start, nint offset) =>
        Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, offset))).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> LoadHalves(ref byte lower, ref byte upper, nint offset) =>
        Vector128
            .Create(
                Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref lower, offset)),
                Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref upper, offset))
            )
            .AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreHalves(Vector128<byte> value, ref byte lower, ref byte upper, nint offset)
    {
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref lower, offset), value.AsUInt64().GetElement(0));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref upper, offset), value.AsUInt64().GetElement(1));
    }

    /// <summary>The lower halves, interleaved.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Low(Vector128<byte> a, Vector128<byte> b)
    {
        if (Sse2.IsSupported) return Sse2.UnpackLow(a, b);
        if (AdvSimd.Arm64.IsSupported) return AdvSimd.Arm64.ZipLow(a, b);
        return (Vector128.WidenLower(a) | Vector128.ShiftLeft(Vector128.WidenLower(b), 8)).AsByte();
    }

    /// <summary>The upper halves, interleaved.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> High(Vector128<byte> a, Vector128<byte> b)
    {
        if (Sse2.IsSupported) return Sse2.UnpackHigh(a, b);
        if (AdvSimd.Arm64.IsSupported) return AdvSimd.Arm64.ZipHigh(a, b);
        return (Vector128.WidenUpper(a) | Vector128.ShiftLeft(Vector128.WidenUpper(b), 8)).AsByte();
    }
}

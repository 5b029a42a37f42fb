using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static EmotionMLNet.Imaging.Jpeg.Dct.DctConstants;

namespace EmotionMLNet.Imaging.Jpeg.Dct;

/// <summary>
/// Dequantisation and inverse DCT of a block to 8x8, 4x4, 2x2 or 1x1 samples, in integers: the transform of Loeffler, Ligtenberg
/// and Moschytz (ICASSP 1989) with 13-bit constants and rounding after the columns to 2 extra bits, so that the samples are those
/// of libjpeg's accurate transform. A smaller output is the mean over the full one's samples, before rounding.
/// </summary>
internal static unsafe class InverseDct
{
    internal const int ExtraBits = 2;

    /// <summary>Coefficients beyond this many, in zigzag order, reach past the first four rows or columns.</summary>
    internal const int LowCoefficients = 10;

    /// <summary>Writes a block's samples.</summary>
    /// <param name="block">64 quantised coefficients, row-major.</param>
    /// <param name="steps">64 quantisation steps, row-major.</param>
    /// <param name="coded">1 past the zigzag index of the last coefficient that may not be 0.</param>
    /// <param name="target">First sample.</param>
    /// <param name="stride">Samples from row to row.</param>
    /// <param name="size">8, 4, 2 or 1.</param>
    public static void Transform(short* block, short* steps, int coded, byte* target, nint stride, int size)
    {
        if (coded <= 1 || size == 1)
        {
            Mean((short)(block[0] * steps[0]), target, stride, size);
            return;
        }
        if (!Avx2.IsSupported) ScalarInverseDct.Transform(block, steps, target, stride, size);
        else if (size == 8 && coded <= LowCoefficients) LowTo8(block, steps, target, stride);
        else if (size == 8) FullTo8(block, steps, target, stride);
        else if (size == 4) VectorReducedDct.To4(block, steps, target, stride);
        else VectorReducedDct.To2(block, steps, target, stride);
    }

    /// <summary>A block without AC coefficients is flat.</summary>
    private static void Mean(int dc, byte* target, nint stride, int size)
    {
        byte sample = Mean(dc);
        switch (size)
        {
            case 1:
                *target = sample;
                break;
            case 2:
                Unsafe.WriteUnaligned(target, (ushort)(sample * 0x0101));
                Unsafe.WriteUnaligned(target + stride, (ushort)(sample * 0x0101));
                break;
            case 4:
                for (int y = 0; y < 4; y++) Unsafe.WriteUnaligned(target + y * stride, sample * 0x01010101u);
                break;
            default:
                for (int y = 0; y < 8; y++) Unsafe.WriteUnaligned(target + y * stride, sample * 0x0101010101010101ul);
                break;
        }
    }

    /// <summary>The mean of a block's samples.</summary>
    /// <param name="dc">Dequantised.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte Mean(int dc) => (byte)Math.Clamp(((dc + 4) >> 3) + 128, 0, 255);

    private static void FullTo8(short* block, short* steps, byte* target, nint stride)
    {
        (Vector256<int> r0, Vector256<int> r1, Vector256<int> r2, Vector256<int> r3) = (
            Row(block, steps, 0),
            Row(block, steps, 1),
            Row(block, steps, 2),
            Row(block, steps, 3)
        );
        (Vector256<int> r4, Vector256<int> r5, Vector256<int> r6, Vector256<int> r7) = (
            Row(block, steps, 4),
            Row(block, steps, 5),
            Row(block, steps, 6),
            Row(block, steps, 7)
        );
        Vector256<int> rounding = Vector256.Create(1 << (Bits - ExtraBits - 1));
        Full(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7, rounding, Bits - ExtraBits);
        Transpose(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
        Full(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7, SampleRounding, SampleShift);
        Store(r0, r1, r2, r3, r4, r5, r6, r7, target, stride);
    }

    private static void LowTo8(short* block, short* steps, byte* target, nint stride)
    {
        (Vector256<int> r0, Vector256<int> r1, Vector256<int> r2, Vector256<int> r3) = (
            Row(block, steps, 0),
            Row(block, steps, 1),
            Row(block, steps, 2),
            Row(block, steps, 3)
        );
        Vector256<int> rounding = Vector256.Create(1 << (Bits - ExtraBits - 1));
        const int columnShift = Bits - ExtraBits;
        Low(ref r0, ref r1, ref r2, ref r3,
            out Vector256<int> r4, out Vector256<int> r5, out Vector256<int> r6, out Vector256<int> r7, rounding, columnShift);
        TransposeLow(ref r0, ref r1, ref r2, ref r3, r4, r5, r6, r7);
        Low(ref r0, ref r1, ref r2, ref r3, out r4, out r5, out r6, out r7, SampleRounding, SampleShift);
        Store(r0, r1, r2, r3, r4, r5, r6, r7, target, stride);
    }

    private const int SampleShift = Bits + ExtraBits + 3;

    // Half a unit, and 128 since samples are coded around zero.
    private static Vector256<int> SampleRounding => Vector256.Create((1 << (SampleShift - 1)) + (128 << SampleShift));

    /// <summary>A dequantised row; the product keeps 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<int> Row(short* block, short* steps, int row) =>
        Avx2.ConvertToVector256Int32(Vector128.Load(block + 8 * row) * Vector128.Load(steps + 8 * row));

    /// <summary>The transform along the vectors' index, in every lane; shifts the result down.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Full(
        ref Vector256<int> v0, ref Vector256<int> v1, ref Vector256<int> v2, ref Vector256<int> v3,
        ref Vector256<int> v4, ref Vector256<int> v5, ref Vector256<int> v6, ref Vector256<int> v7, Vector256<int> rounding, int shift)
    {
        Vector256<int> c = (v2 + v6) * C0541, even2 = c - v6 * C1847, even3 = c + v2 * C0765;
        Vector256<int> even0 = ((v0 + v4) << Bits) + rounding, even1 = ((v0 - v4) << Bits) + rounding;
        Vector256<int> p0 = even0 + even3, p3 = even0 - even3, p1 = even1 + even2, p2 = even1 - even2;

        Vector256<int> s73 = v7 + v3, s51 = v5 + v1, turn = (s73 + s51) * C1175;
        Vector256<int> z1 = (v7 + v1) * -C0899, z2 = (v5 + v3) * -C2562, z3 = turn - s73 * C1961, z4 = turn - s51 * C0390;
        Vector256<int> q0 = v7 * C0298 + z1 + z3, q1 = v5 * C2053 + z2 + z4, q2 = v3 * C3072 + z2 + z3, q3 = v1 * C1501 + z1 + z4;
        v0 = (p0 + q3) >> shift;
        v7 = (p0 - q3) >> shift;
        v1 = (p1 + q2) >> shift;
        v6 = (p1 - q2) >> shift;
        v2 = (p2 + q1) >> shift;
        v5 = (p2 - q1) >> shift;
        v3 = (p3 + q0) >> shift;
        v4 = (p3 - q0) >> shift;
    }

    /// <summary><see cref="Full"/> where the last four inputs are 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Low(
        ref Vector256<int> v0, ref Vector256<int> v1, ref Vector256<int> v2, ref Vector256<int> v3,
        out Vector256<int> v4, out Vector256<int> v5, out Vector256<int> v6, out Vector256<int> v7, Vector256<int> rounding, int shift)
    {
        Vector256<int> even = (v0 << Bits) + rounding, even2 = v2 * C0541, even3 = v2 * (C0541 + C0765);
        Vector256<int> p0 = even + even3, p3 = even - even3, p1 = even + even2, p2 = even - even2;

        Vector256<int> turn = (v3 + v1) * C1175, z3 = turn - v3 * C1961, z4 = turn - v1 * C0390;
        Vector256<int> q0 = z3 - v1 * C0899, q1 = z4 - v3 * C2562, q2 = v3 * (C3072 - C2562) + z3, q3 = v1 * (C1501 - C0899) + z4;
        v0 = (p0 + q3) >> shift;
        v7 = (p0 - q3) >> shift;
        v1 = (p1 + q2) >> shift;
        v6 = (p1 - q2) >> shift;
        v2 = (p2 + q1) >> shift;
        v5 = (p2 - q1) >> shift;
        v3 = (p3 + q0) >> shift;
        v4 = (p3 - q0) >> shift;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        ref Vector256<int> v0, ref Vector256<int> v1, ref Vector256<int> v2, ref Vector256<int> v3,
        ref Vector256<int> v4, ref Vector256<int> v5, ref Vector256<int> v6, ref Vector256<int> v7)
    {
        QuarterTurns(v0, v1, v2, v3, out Vector256<int> a0, out Vector256<int> a1, out Vector256<int> a2, out Vector256<int> a3);
        QuarterTurns(v4, v5, v6, v7, out Vector256<int> b0, out Vector256<int> b1, out Vector256<int> b2, out Vector256<int> b3);
        v0 = Avx2.Permute2x128(a0, b0, 0x20);
        v1 = Avx2.Permute2x128(a1, b1, 0x20);
        v2 = Avx2.Permute2x128(a2, b2, 0x20);
        v3 = Avx2.Permute2x128(a3, b3, 0x20);
        v4 = Avx2.Permute2x128(a0, b0, 0x31);
        v5 = Avx2.Permute2x128(a1, b1, 0x31);
        v6 = Avx2.Permute2x128(a2, b2, 0x31);
        v7 = Avx2.Permute2x128(a3, b3, 0x31);
    }

    /// <summary>The first four rows of the transpose; the other four are 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeLow(
        ref Vector256<int> v0, ref Vector256<int> v1, ref Vector256<int> v2, ref Vector256<int> v3,
        Vector256<int> v4, Vector256<int> v5, Vector256<int> v6, Vector256<int> v7)
    {
        // Columns 4 to 7 hold nothing: rows 4 to 7 take their place, and one turn of both halves does.
        QuarterTurns(
            Vector256.Create(v0.GetLower(), v4.GetLower()), Vector256.Create(v1.GetLower(), v5.GetLower()),
            Vector256.Create(v2.GetLower(), v6.GetLower()), Vector256.Create(v3.GetLower(), v7.GetLower()), out v0, out v1, out v2, out v3);
    }

    /// <summary>Transposes the 4x4 elements in the lower halves, and those in the upper halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void QuarterTurns(
        Vector256<int> v0, Vector256<int> v1, Vector256<int> v2, Vector256<int> v3,
        out Vector256<int> t0, out Vector256<int> t1, out Vector256<int> t2, out Vector256<int> t3)
    {
        Vector256<long> a = Avx2.UnpackLow(v0, v1).AsInt64(), b = Avx2.UnpackLow(v2, v3).AsInt64();
        Vector256<long> c = Avx2.UnpackHigh(v0, v1).AsInt64(), d = Avx2.UnpackHigh(v2, v3).AsInt64();
        t0 = Avx2.UnpackLow(a, b).AsInt32();
        t1 = Avx2.UnpackHigh(a, b).AsInt32();
        t2 = Avx2.UnpackLow(c, d).AsInt32();
        t3 = Avx2.UnpackHigh(c, d).AsInt32();
    }

    /// <summary>Stores columns (lane = row) as rows of saturated bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        Vector256<int> c0, Vector256<int> c1, Vector256<int> c2, Vector256<int> c3,
        Vector256<int> c4, Vector256<int> c5, Vector256<int> c6, Vector256<int> c7, byte* target, nint stride)
    {
        // After packing, each half holds four rows of four columns, column after column; the shuffle makes it row after row.
        Vector256<byte> turn = Vector256.Create(
            (byte)0,
            4,
            8,
            12,
            1,
            5,
            9,
            13,
            2,
            6,
            10,
            14,
            3,
            7,
            11,
            15,
            0,
            4,
            8,
            12,
            1,
            5,
            9,
            13,
            2,
            6,
            10,
            14,
            3,
            7,
            11,
            15
        );
        Vector256<int> left = Avx2.Shuffle(
                Avx2.PackUnsignedSaturate(Avx2.PackSignedSaturate(c0, c1), Avx2.PackSignedSaturate(c2, c3)),
                turn
            )
            .AsInt32();
        Vector256<int> right = Avx2.Shuffle(
                Avx2.PackUnsignedSaturate(Avx2.PackSignedSaturate(c4, c5), Avx2.PackSignedSaturate(c6, c7)),
                turn
            )
            .AsInt32();
        Vector256<ulong> rows0145 = Avx2.UnpackLow(left, right).AsUInt64(), rows2367 = Avx2.UnpackHigh(left, right).AsUInt64();
        (Vector128<ulong> rows01, Vector128<ulong> rows45) = (rows0145.GetLower(), rows0145.GetUpper());
        (Vector128<ulong> rows23, Vector128<ulong> rows67) = (rows2367.GetLower(), rows2367.GetUpper());
        Unsafe.WriteUnaligned(target, rows01.GetElement(0));
        Unsafe.WriteUnaligned(target + stride, rows01.GetElement(1));
        Unsafe.WriteUnaligned(target + 2 * stride, rows23.GetElement(0));
        Unsafe.WriteUnaligned(target + 3 * stride, rows23.GetElement(1));
        Unsafe.WriteUnaligned(target + 4 * stride, rows45.GetElement(0));
        Unsafe.WriteUnaligned(target + 5 * stride, rows45.GetElement(1));
        Unsafe.WriteUnaligned(target + 6 * stride, rows67.GetElement(0));
        Unsafe.WriteUnaligned(target + 7 * stride, rows67.GetElement(1));
    }
}

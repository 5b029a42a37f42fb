using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static EmotionMLNet.Imaging.Jpeg.Dct.DctConstants;

namespace EmotionMLNet.Imaging.Jpeg.Dct;

/// <summary>
/// The inverse DCT to 4x4 and 2x2 samples, with AVX2. Constants: means of two, or four, neighbouring cosines, times 2^13.
/// </summary>
internal static unsafe class VectorReducedDct
{
    public static void To4(short* block, short* steps, byte* target, nint stride)
    {
        const int columnShift = Bits - InverseDct.ExtraBits + 1, sampleShift = Bits + InverseDct.ExtraBits + 3 + 1;
        Vector256<int> r0 = InverseDct.Row(block, steps, 0),
            r1 = InverseDct.Row(block, steps, 1),
            r2 = InverseDct.Row(block, steps, 2),
            r3 = InverseDct.Row(block, steps, 3);
        Vector256<int> r5 = InverseDct.Row(block, steps, 5), r6 = InverseDct.Row(block, steps, 6), r7 = InverseDct.Row(block, steps, 7);
        Vector256<int> even = (r0 << (Bits + 1)) + Vector256.Create(1 << (columnShift - 1));
        Vector256<int> turn = r2 * C1847 - r6 * C0765;
        Vector256<int> inner = r5 * C1451 - r7 * C0211 - r3 * C2172 + r1 * C1061;
        Vector256<int> outer = r3 * C0899 - r7 * C0509 - r5 * C0601 + r1 * C2562;
        Vector256<int> p = even + turn, q = even - turn;
        InverseDct.QuarterTurns(
            (p + outer) >> columnShift,
            (q + inner) >> columnShift,
            (q - inner) >> columnShift,
            (p - outer) >> columnShift,
            out Vector256<int> c04,
            out Vector256<int> c15,
            out Vector256<int> c26,
            out Vector256<int> c37
        );

        // Lower halves hold columns 0 to 3, upper halves 4 to 7; column 4 has no part in this.
        (Vector128<int> c1, Vector128<int> c5, Vector128<int> c3, Vector128<int> c7) = (
            c15.GetLower(),
            c15.GetUpper(),
            c37.GetLower(),
            c37.GetUpper()
        );
        Vector128<int> even4 = (c04.GetLower() << (Bits + 1)) + Vector128.Create((1 << (sampleShift - 1)) + (128 << sampleShift));
        Vector128<int> turn4 = c26.GetLower() * C1847 - c26.GetUpper() * C0765;
        Vector128<int> inner4 = c5 * C1451 - c7 * C0211 - c3 * C2172 + c1 * C1061;
        Vector128<int> outer4 = c3 * C0899 - c7 * C0509 - c5 * C0601 + c1 * C2562;
        Vector128<int> p4 = even4 + turn4, q4 = even4 - turn4;
        Vector128<short> x01 = Sse2.PackSignedSaturate((p4 + outer4) >> sampleShift, (q4 + inner4) >> sampleShift);
        Vector128<short> x23 = Sse2.PackSignedSaturate((q4 - inner4) >> sampleShift, (p4 - outer4) >> sampleShift);
        Vector128<byte> columnByColumn = Vector128.Create((byte)0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
        Vector128<uint> rows = Ssse3.Shuffle(Sse2.PackUnsignedSaturate(x01, x23), columnByColumn).AsUInt32();
        Unsafe.WriteUnaligned(target, rows.GetElement(0));
        Unsafe.WriteUnaligned(target + stride, rows.GetElement(1));
        Unsafe.WriteUnaligned(target + 2 * stride, rows.GetElement(2));
        Unsafe.WriteUnaligned(target + 3 * stride, rows.GetElement(3));
    }

    public static void To2(short* block, short* steps, byte* target, nint stride)
    {
        const int columnShift = Bits - InverseDct.ExtraBits + 2, sampleShift = Bits + InverseDct.ExtraBits + 3 + 2;
        Vector256<int> even = (InverseDct.Row(block, steps, 0) << (Bits + 2)) + Vector256.Create(1 << (columnShift - 1));
        Vector256<int> odd = InverseDct.Row(block, steps, 5) * C0850 - InverseDct.Row(block, steps, 7) * C0720
            - InverseDct.Row(block, steps, 3) * C1272 + InverseDct.Row(block, steps, 1) * C3624;
        Vector256<int> top = (even + odd) >> columnShift, bottom = (even - odd) >> columnShift;
        Vector256<int> oddWeights = Vector256.Create(0, C3624, 0, -C1272, 0, C0850, 0, -C0720);
        StorePair(top.ToScalar(), Vector256.Sum(top * oddWeights), target);
        StorePair(bottom.ToScalar(), Vector256.Sum(bottom * oddWeights), target + stride);

        static void StorePair(int mean, int difference, byte* target)
        {
            int even = (mean << (Bits + 2)) + (1 << (sampleShift - 1)) + (128 << sampleShift);
            target[0] = (byte)Math.Clamp((even + difference) >> sampleShift, 0, 255);
            target[1] = (byte)Math.Clamp((even - difference) >> sampleShift, 0, 255);
        }
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>The inverse DCT to 4x4 and 2x2 samples, with AVX2. Constants: means of two, or four, neighbouring cosines, times 2^13.</summary>
internal static unsafe class VectorReducedDct
{
    public static void To4(short* block, short* steps, byte* target, nint stride)
    {
        const int columnShift = InverseDct.ConstantBits - InverseDct.ExtraBits + 1, sampleShift = InverseDct.ConstantBits + InverseDct.ExtraBits + 3 + 1;
        Vector256<int> r0 = InverseDct.Row(block, steps, 0), r1 = InverseDct.Row(block, steps, 1), r2 = InverseDct.Row(block, steps, 2), r3 = InverseDct.Row(block, steps, 3);
        Vector256<int> r5 = InverseDct.Row(block, steps, 5), r6 = InverseDct.Row(block, steps, 6), r7 = InverseDct.Row(block, steps, 7);
        Vector256<int> even = (r0 << (InverseDct.ConstantBits + 1)) + Vector256.Create(1 << (columnShift - 1));
        Vector256<int> turn = r2 * 15137 - r6 * 6270;
        Vector256<int> inner = r5 * 11893 - r7 * 1730 - r3 * 17799 + r1 * 8697;
        Vector256<int> outer = r3 * 7373 - r7 * 4176 - r5 * 4926 + r1 * 20995;
        Vector256<int> p = even + turn, q = even - turn;
        InverseDct.QuarterTurns((p + outer) >> columnShift, (q + inner) >> columnShift, (q - inner) >> columnShift, (p - outer) >> columnShift,
            out Vector256<int> c04, out Vector256<int> c15, out Vector256<int> c26, out Vector256<int> c37);

        // Lower halves hold columns 0 to 3, upper halves 4 to 7; column 4 has no part in this.
        (Vector128<int> c1, Vector128<int> c5, Vector128<int> c3, Vector128<int> c7) = (c15.GetLower(), c15.GetUpper(), c37.GetLower(), c37.GetUpper());
        Vector128<int> even4 = (c04.GetLower() << (InverseDct.ConstantBits + 1)) + Vector128.Create((1 << (sampleShift - 1)) + (128 << sampleShift));
        Vector128<int> turn4 = c26.GetLower() * 15137 - c26.GetUpper() * 6270;
        Vector128<int> inner4 = c5 * 11893 - c7 * 1730 - c3 * 17799 + c1 * 8697;
        Vector128<int> outer4 = c3 * 7373 - c7 * 4176 - c5 * 4926 + c1 * 20995;
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
        const int columnShift = InverseDct.ConstantBits - InverseDct.ExtraBits + 2, sampleShift = InverseDct.ConstantBits + InverseDct.ExtraBits + 3 + 2;
        Vector256<int> even = (InverseDct.Row(block, steps, 0) << (InverseDct.ConstantBits + 2)) + Vector256.Create(1 << (columnShift - 1));
        Vector256<int> odd = InverseDct.Row(block, steps, 5) * 6967 - InverseDct.Row(block, steps, 7) * 5906
            - InverseDct.Row(block, steps, 3) * 10426 + InverseDct.Row(block, steps, 1) * 29692;
        Vector256<int> top = (even + odd) >> columnShift, bottom = (even - odd) >> columnShift;
        Vector256<int> oddWeights = Vector256.Create(0, 29692, 0, -10426, 0, 6967, 0, -5906);
        StorePair(top.ToScalar(), Vector256.Sum(top * oddWeights), target);
        StorePair(bottom.ToScalar(), Vector256.Sum(bottom * oddWeights), target + stride);

        static void StorePair(int mean, int difference, byte* target)
        {
            int even = (mean << (InverseDct.ConstantBits + 2)) + (1 << (sampleShift - 1)) + (128 << sampleShift);
            target[0] = (byte)Math.Clamp((even + difference) >> sampleShift, 0, 255);
            target[1] = (byte)Math.Clamp((even - difference) >> sampleShift, 0, 255);
        }
    }
}

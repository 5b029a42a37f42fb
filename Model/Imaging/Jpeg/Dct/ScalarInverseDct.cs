using static EmotionMLNet.Imaging.Jpeg.Dct.DctConstants;

namespace EmotionMLNet.Imaging.Jpeg.Dct;

/// <summary><see cref="InverseDct"/> for machines without AVX2; the same samples.</summary>
internal static unsafe class ScalarInverseDct
{
    /// <summary>See <see cref="InverseDct.Transform"/>.</summary>
    public static void Transform(short* block, short* steps, byte* target, nint stride, int size)
    {
        int* work = stackalloc int[64];
        int* line = stackalloc int[8];
        // Each halving of the output adds one bit, as its samples are sums.
        int extra = size == 8 ? 0 : size == 4 ? 1 : 2;
        for (int x = 0; x < 8; x++)
        {
            for (int y = 0; y < 8; y++) line[y] = (short)(block[8 * y + x] * steps[8 * y + x]);
            Line(line, size);
            const int shift = Bits - InverseDct.ExtraBits;
            for (int y = 0; y < size; y++) work[8 * y + x] = (line[y] + (1 << (shift + extra - 1))) >> (shift + extra);
        }
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < 8; x++) line[x] = work[8 * y + x];
            Line(line, size);
            int shift = Bits + InverseDct.ExtraBits + 3 + extra;
            for (int x = 0; x < size; x++)
                target[y * stride + x] = (byte)Math.Clamp(((line[x] + (1 << (shift - 1))) >> shift) + 128, 0, 255);
        }
    }

    private static void Line(int* v, int size)
    {
        switch (size)
        {
            case 8: To8(v); break;
            case 4: To4(v); break;
            default: To2(v); break;
        }
    }

    private static void To8(int* v)
    {
        int c = (v[2] + v[6]) * C0541, even2 = c - v[6] * C1847, even3 = c + v[2] * C0765;
        int even0 = (v[0] + v[4]) << Bits, even1 = (v[0] - v[4]) << Bits;
        int p0 = even0 + even3, p3 = even0 - even3, p1 = even1 + even2, p2 = even1 - even2;
        int s73 = v[7] + v[3], s51 = v[5] + v[1], turn = (s73 + s51) * C1175;
        int z1 = (v[7] + v[1]) * -C0899, z2 = (v[5] + v[3]) * -C2562, z3 = turn - s73 * C1961, z4 = turn - s51 * C0390;
        int q0 = v[7] * C0298 + z1 + z3, q1 = v[5] * C2053 + z2 + z4, q2 = v[3] * C3072 + z2 + z3, q3 = v[1] * C1501 + z1 + z4;
        (v[0], v[7], v[1], v[6], v[2], v[5], v[3], v[4]) = (p0 + q3, p0 - q3, p1 + q2, p1 - q2, p2 + q1, p2 - q1, p3 + q0, p3 - q0);
    }

    private static void To4(int* v)
    {
        int even = v[0] << (Bits + 1), turn = v[2] * C1847 - v[6] * C0765;
        int inner = v[5] * C1451 - v[7] * C0211 - v[3] * C2172 + v[1] * C1061;
        int outer = v[3] * C0899 - v[7] * C0509 - v[5] * C0601 + v[1] * C2562;
        (v[0], v[1], v[2], v[3]) = (even + turn + outer, even - turn + inner, even - turn - inner, even + turn - outer);
    }

    private static void To2(int* v)
    {
        int even = v[0] << (Bits + 2), odd = v[5] * C0850 - v[7] * C0720 - v[3] * C1272 + v[1] * C3624;
        (v[0], v[1]) = (even + odd, even - odd);
    }
}

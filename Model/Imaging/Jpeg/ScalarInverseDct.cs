namespace EmotionMLNet.Imaging.Jpeg;

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
            const int shift = InverseDct.ConstantBits - InverseDct.ExtraBits;
            for (int y = 0; y < size; y++) work[8 * y + x] = (line[y] + (1 << (shift + extra - 1))) >> (shift + extra);
        }
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < 8; x++) line[x] = work[8 * y + x];
            Line(line, size);
            int shift = InverseDct.ConstantBits + InverseDct.ExtraBits + 3 + extra;
            for (int x = 0; x < size; x++) target[y * stride + x] = (byte)Math.Clamp(((line[x] + (1 << (shift - 1))) >> shift) + 128, 0, 255);
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
        int c = (v[2] + v[6]) * 4433, even2 = c - v[6] * 15137, even3 = c + v[2] * 6270;
        int even0 = (v[0] + v[4]) << InverseDct.ConstantBits, even1 = (v[0] - v[4]) << InverseDct.ConstantBits;
        int p0 = even0 + even3, p3 = even0 - even3, p1 = even1 + even2, p2 = even1 - even2;
        int s73 = v[7] + v[3], s51 = v[5] + v[1], turn = (s73 + s51) * 9633;
        int z1 = (v[7] + v[1]) * -7373, z2 = (v[5] + v[3]) * -20995, z3 = turn - s73 * 16069, z4 = turn - s51 * 3196;
        int q0 = v[7] * 2446 + z1 + z3, q1 = v[5] * 16819 + z2 + z4, q2 = v[3] * 25172 + z2 + z3, q3 = v[1] * 12299 + z1 + z4;
        (v[0], v[7], v[1], v[6], v[2], v[5], v[3], v[4]) = (p0 + q3, p0 - q3, p1 + q2, p1 - q2, p2 + q1, p2 - q1, p3 + q0, p3 - q0);
    }

    private static void To4(int* v)
    {
        int even = v[0] << (InverseDct.ConstantBits + 1), turn = v[2] * 15137 - v[6] * 6270;
        int inner = v[5] * 11893 - v[7] * 1730 - v[3] * 17799 + v[1] * 8697, outer = v[3] * 7373 - v[7] * 4176 - v[5] * 4926 + v[1] * 20995;
        (v[0], v[1], v[2], v[3]) = (even + turn + outer, even - turn + inner, even - turn - inner, even + turn - outer);
    }

    private static void To2(int* v)
    {
        int even = v[0] << (InverseDct.ConstantBits + 2), odd = v[5] * 6967 - v[7] * 5906 - v[3] * 10426 + v[1] * 29692;
        (v[0], v[1]) = (even + odd, even - odd);
    }
}

namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>
/// Dequantisation and inverse DCT to 8x8, 4x4, 2x2 or 1x1 samples, in the integer arithmetic of Loeffler, Ligtenberg and Moschytz 1989 with
/// 13-bit constants that every common decoder uses as its accurate method, so that pixels agree to the bit. The reduced sizes use only the
/// low-frequency coefficients: the picture at 1/2, 1/4 or 1/8 straight from the DCT.
/// </summary>
internal static class InverseDct
{
    private const int Bits = 13, Pass1 = 2;

    /// <param name="coefficients">64, in natural order.</param>
    /// <param name="quantisation">64, in natural order.</param>
    /// <param name="size">8, 4, 2 or 1.</param>
    /// <param name="output">Receives size rows of size samples.</param>
    /// <param name="stride">From row to row.</param>
    public static void Transform(ReadOnlySpan<short> coefficients, ReadOnlySpan<ushort> quantisation, int size, Span<byte> output, int stride)
    {
        switch (size)
        {
            case 8: Eight(coefficients, quantisation, output, stride); break;
            case 4: Four(coefficients, quantisation, output, stride); break;
            case 2: Two(coefficients, quantisation, output, stride); break;
            default: output[0] = Sample((coefficients[0] * quantisation[0] + 4) >> 3); break;
        }
    }

    private static byte Sample(int value) => (byte)Math.Clamp(value + 128, 0, 255);

    private static int Round(int value, int shift) => (value + (1 << (shift - 1))) >> shift;

    private static void Eight(ReadOnlySpan<short> c, ReadOnlySpan<ushort> q, Span<byte> output, int stride)
    {
        Span<int> t = stackalloc int[64];
        for (int i = 0; i < 8; i++)
        {
            if (((ushort)c[8 + i] | (ushort)c[16 + i] | (ushort)c[24 + i] | (ushort)c[32 + i] | (ushort)c[40 + i] | (ushort)c[48 + i] | (ushort)c[56 + i]) == 0)
            {
                int flat = c[i] * q[i] << Pass1;
                for (int r = i; r < 64; r += 8) t[r] = flat;
                continue;
            }
            Line(c[i] * q[i], c[8 + i] * q[8 + i], c[16 + i] * q[16 + i], c[24 + i] * q[24 + i], c[32 + i] * q[32 + i], c[40 + i] * q[40 + i], c[48 + i] * q[48 + i], c[56 + i] * q[56 + i],
                t[i..], 8, Bits - Pass1);
        }
        Span<int> row = stackalloc int[8];
        for (int y = 0; y < 8; y++)
        {
            Span<int> r = t.Slice(8 * y, 8);
            Line(r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], row, 1, Bits + Pass1 + 3);
            Span<byte> o = output.Slice(y * stride, 8);
            for (int x = 0; x < 8; x++) o[x] = Sample(row[x]);
        }
    }

    // One-dimensional transform of eight values; constants are FIX(x) = x · 2¹³ rounded.
    private static void Line(int c0, int c1, int c2, int c3, int c4, int c5, int c6, int c7, Span<int> o, int step, int shift)
    {
        int z1 = (c2 + c6) * 4433, t2 = z1 - c6 * 15137, t3 = z1 + c2 * 6270, t0 = (c0 + c4) << Bits, t1 = (c0 - c4) << Bits;
        int e0 = t0 + t3, e3 = t0 - t3, e1 = t1 + t2, e2 = t1 - t2;
        int a = c7 + c1, b = c5 + c3, d = c7 + c3, e = c5 + c1, z5 = (d + e) * 9633;
        int o0 = c7 * 2446, o1 = c5 * 16819, o2 = c3 * 25172, o3 = c1 * 12299;
        a *= -7373;
        b *= -20995;
        d = d * -16069 + z5;
        e = e * -3196 + z5;
        o0 += a + d;
        o1 += b + e;
        o2 += b + d;
        o3 += a + e;
        o[7 * step] = Round(e0 - o3, shift);
        o[0] = Round(e0 + o3, shift);
        o[step] = Round(e1 + o2, shift);
        o[6 * step] = Round(e1 - o2, shift);
        o[2 * step] = Round(e2 + o1, shift);
        o[5 * step] = Round(e2 - o1, shift);
        o[3 * step] = Round(e3 + o0, shift);
        o[4 * step] = Round(e3 - o0, shift);
    }

    private static void Four(ReadOnlySpan<short> c, ReadOnlySpan<ushort> q, Span<byte> output, int stride)
    {
        Span<int> t = stackalloc int[32], row = stackalloc int[4];
        for (int i = 0; i < 8; i++)
        {
            if (i == 4) continue; // column 4 has no part in four samples
            FourLine(c[i] * q[i], c[8 + i] * q[8 + i], c[16 + i] * q[16 + i], c[24 + i] * q[24 + i], c[40 + i] * q[40 + i], c[48 + i] * q[48 + i], c[56 + i] * q[56 + i],
                t[i..], 8, Bits - Pass1 + 1);
        }
        for (int y = 0; y < 4; y++)
        {
            Span<int> r = t.Slice(8 * y, 8);
            FourLine(r[0], r[1], r[2], r[3], r[5], r[6], r[7], row, 1, Bits + Pass1 + 3 + 1);
            Span<byte> o = output.Slice(y * stride, 4);
            for (int x = 0; x < 4; x++) o[x] = Sample(row[x]);
        }
    }

    private static void FourLine(int c0, int c1, int c2, int c3, int c5, int c6, int c7, Span<int> o, int step, int shift)
    {
        int even = c0 << (Bits + 1), turn = c2 * 15137 - c6 * 6270, e0 = even + turn, e1 = even - turn;
        int near = -c7 * 1730 + c5 * 11893 - c3 * 17799 + c1 * 8697, far = -c7 * 4176 - c5 * 4926 + c3 * 7373 + c1 * 20995;
        o[0] = Round(e0 + far, shift);
        o[3 * step] = Round(e0 - far, shift);
        o[step] = Round(e1 + near, shift);
        o[2 * step] = Round(e1 - near, shift);
    }

    private static void Two(ReadOnlySpan<short> c, ReadOnlySpan<ushort> q, Span<byte> output, int stride)
    {
        Span<int> t = stackalloc int[16], row = stackalloc int[2];
        for (int i = 0; i < 8; i++)
        {
            if (i is 2 or 4 or 6) continue;
            TwoLine(c[i] * q[i], c[8 + i] * q[8 + i], c[24 + i] * q[24 + i], c[40 + i] * q[40 + i], c[56 + i] * q[56 + i], t[i..], 8, Bits - Pass1 + 2);
        }
        for (int y = 0; y < 2; y++)
        {
            Span<int> r = t.Slice(8 * y, 8);
            TwoLine(r[0], r[1], r[3], r[5], r[7], row, 1, Bits + Pass1 + 3 + 2);
            output[y * stride] = Sample(row[0]);
            output[y * stride + 1] = Sample(row[1]);
        }
    }

    private static void TwoLine(int c0, int c1, int c3, int c5, int c7, Span<int> o, int step, int shift)
    {
        int even = c0 << (Bits + 2), odd = -c7 * 5906 + c5 * 6967 - c3 * 10426 + c1 * 29692;
        o[0] = Round(even + odd, shift);
        o[step] = Round(even - odd, shift);
    }
}

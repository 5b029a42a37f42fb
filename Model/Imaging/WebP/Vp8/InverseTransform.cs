using System.Runtime.CompilerServices;

namespace EmotionMLNet.Imaging.WebP.Vp8;

/// <summary>The integer transforms of RFC 6386, section 14, exact to the bit.</summary>
internal static class InverseTransform
{
    private const int Block = 16;

    /// <summary>Inverse Walsh-Hadamard of the second-order block: gives the DC of the 16 luma blocks.</summary>
    /// <param name="input">[4][4].</param>
    /// <param name="output">[16][16], of which the first of each row is written.</param>
    public static void WalshHadamard(ReadOnlySpan<short> input, Span<short> output)
    {
        Span<int> columns = stackalloc int[Block];
        for (int i = 0; i < 4; i++)
        {
            int a = input[i] + input[12 + i];
            int b = input[4 + i] + input[8 + i];
            int c = input[4 + i] - input[8 + i];
            int d = input[i] - input[12 + i];
            (columns[i], columns[4 + i], columns[8 + i], columns[12 + i]) = (a + b, d + c, a - b, d - c);
        }
        for (int i = 0; i < 4; i++)
        {
            Span<int> row = columns.Slice(4 * i, 4);
            int a = row[0] + 3 + row[3];
            int b = row[1] + row[2];
            int c = row[1] - row[2];
            int d = row[0] + 3 - row[3];
            Span<short> target = output.Slice(4 * Block * i, 3 * Block + 1);
            target[0] = (short)((a + b) >> 3);
            target[Block] = (short)((d + c) >> 3);
            target[2 * Block] = (short)((a - b) >> 3);
            target[3 * Block] = (short)((d - c) >> 3);
        }
    }

    /// <summary>Adds the inverse DCT of a block to the prediction.</summary>
    /// <param name="input">[4][4].</param>
    /// <param name="target">The pixels from the upper left one on.</param>
    /// <param name="stride">Bytes from row to row.</param>
    [SkipLocalsInit]
    public static void AddDct(ReadOnlySpan<short> input, Span<byte> target, int stride)
    {
        Span<int> columns = stackalloc int[Block];
        input = input[..Block];
        for (int i = 0; i < 4; i++)
        {
            int a = input[i] + input[8 + i];
            int b = input[i] - input[8 + i];
            int c = Sine(input[4 + i]) - Cosine(input[12 + i]);
            int d = Cosine(input[4 + i]) + Sine(input[12 + i]);
            (columns[i], columns[4 + i], columns[8 + i], columns[12 + i]) = (a + d, b + c, b - c, a - d);
        }
        for (int i = 0; i < 4; i++)
        {
            Span<int> row = columns.Slice(4 * i, 4);
            int a = row[0] + 4 + row[2];
            int b = row[0] + 4 - row[2];
            int c = Sine(row[1]) - Cosine(row[3]);
            int d = Cosine(row[1]) + Sine(row[3]);
            Span<byte> pixels = target.Slice(i * stride, 4);
            pixels[0] = Add(pixels[0], a + d);
            pixels[1] = Add(pixels[1], b + c);
            pixels[2] = Add(pixels[2], b - c);
            pixels[3] = Add(pixels[3], a - d);
        }
    }

    /// <summary><see cref="AddDct"/> of a block that has only a DC.</summary>
    public static void AddDc(int dc, Span<byte> target, int stride)
    {
        for (int y = 0; y < 4; y++)
        {
            Span<byte> pixels = target.Slice(y * stride, 4);
            pixels[0] = Add(pixels[0], dc + 4);
            pixels[1] = Add(pixels[1], dc + 4);
            pixels[2] = Add(pixels[2], dc + 4);
            pixels[3] = Add(pixels[3], dc + 4);
        }
    }

    // √2·cos(π/8) and √2·sin(π/8) in 16 bits of fraction.
    private static int Cosine(int value) => value + ((value * 20091) >> 16);

    private static int Sine(int value) => (value * 35468) >> 16;

    private static byte Add(byte prediction, int residual) => (byte)Math.Clamp(prediction + (residual >> 3), 0, 255);
}

using System.Runtime.CompilerServices;
using EmotionMLNet.Kernels.Convolution;

namespace EmotionMLNet.Kernels.Quantised;

/// <summary>Unfolds images of bytes into patches: one row of taps · channels an output pixel.</summary>
/// <remarks>
/// A short line of taps is copied as <see cref="Slack"/> bytes, whatever its length: what is too much is overwritten by the next line.
/// </remarks>
internal static unsafe class BytePatches
{
    /// <summary>Bytes that may be written beyond the last row.</summary>
    public const int Slack = 32;

    /// <summary>Output pixels [first, first + count) of the whole batch in the order (tap, in).</summary>
    /// <param name="g">The sizes; one group.</param>
    /// <param name="x">The whole batch.</param>
    /// <param name="length">Bytes of the batch.</param>
    /// <param name="zero">Stands in the padding.</param>
    /// <param name="first">First output pixel.</param>
    /// <param name="count">Output pixels.</param>
    /// <param name="rows">Receives the rows.</param>
    /// <param name="stride">Bytes from one row to the next.</param>
    public static void Unfold(ConvGeometry g, byte* x, nint length, byte zero, int first, int count, byte* rows, nint stride)
    {
        int ins = g.InChannels, line = g.KernelWidth * ins, p = 0;
        while (p < count)
        {
            (int n, int pixel) = Math.DivRem(first + p, g.OutHeight * g.OutWidth);
            (int oy, int ox) = Math.DivRem(pixel, g.OutWidth);
            int end = p + Math.Min(g.OutWidth - ox, count - p), top = oy * g.StrideY - g.PadY, left = ox * g.StrideX - g.PadX;
            byte* image = x + (nint)n * g.InLength;
            // The rows of the picture under a row of outputs are the same for all of them.
            int upper = Math.Clamp((g.DilationY - 1 - top) / g.DilationY, 0, g.KernelHeight),
                lower = Math.Clamp((g.Height - top + g.DilationY - 1) / g.DilationY, upper, g.KernelHeight);
            for (; p < end; p++, left += g.StrideX)
            {
                byte* to = rows + p * stride, from = image + ((nint)(top + upper * g.DilationY) * g.Width + left) * ins;
                nint down = (nint)g.DilationY * g.Width * ins;
                bool whole = g.DilationX == 1 && left >= 0 && left + g.KernelWidth <= g.Width;
                if (upper > 0) new Span<byte>(to, upper * line).Fill(zero);
                if (whole && line <= Slack && from + (lower - upper - 1) * down + Slack <= x + length)
                {
                    for (int i = upper; i < lower; i++, from += down)
                        Unsafe.WriteUnaligned(to + i * line, Unsafe.ReadUnaligned<Chunk>(from));
                }
                else
                {
                    for (int i = upper; i < lower; i++, from += down)
                    {
                        if (whole) new ReadOnlySpan<byte>(from, line).CopyTo(new Span<byte>(to + i * line, line));
                        else Taps(g, from, left, zero, to + i * line);
                    }
                }
                if (lower < g.KernelHeight) new Span<byte>(to + lower * line, (g.KernelHeight - lower) * line).Fill(zero);
            }
        }
    }

    private static void Taps(ConvGeometry g, byte* line, int left, byte zero, byte* to)
    {
        int ins = g.InChannels;
        for (int j = 0; j < g.KernelWidth; j++, to += ins)
        {
            if ((uint)(left + j * g.DilationX) >= (uint)g.Width) new Span<byte>(to, ins).Fill(zero);
            else new ReadOnlySpan<byte>(line + (nint)j * g.DilationX * ins, ins).CopyTo(new Span<byte>(to, ins));
        }
    }

    [InlineArray(Slack)]
    private struct Chunk
    {
        private byte first;
    }
}

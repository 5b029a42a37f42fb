namespace EmotionMLNet.Kernels.Convolution;

/// <summary>Unfolds images into patches: one column of taps · channels an output pixel, zeros where a tap lies in the padding.</summary>
internal static unsafe class Patches
{
    /// <summary>Output pixels [first, first + count) of the whole batch, one group, as [pixels, taps · channels].</summary>
    /// <param name="g">The sizes.</param>
    /// <param name="x">The whole batch.</param>
    /// <param name="first">First output pixel.</param>
    /// <param name="count">Output pixels.</param>
    /// <param name="group">Group of channels.</param>
    /// <param name="patches">Receives the rows.</param>
    /// <param name="stride">Floats of a row; beyond the depth they become zeros.</param>
    public static void ByPixel(ConvGeometry g, float* x, int first, int count, int group, float* patches, int stride)
    {
        int ins = g.InChannels / g.Groups, plane = g.OutHeight * g.OutWidth, line = g.KernelWidth * ins;
        bool dense = g.Groups == 1 && g.DilationX == 1;
        for (int p = 0; p < count; p++, patches += stride)
        {
            (int n, int pixel) = Math.DivRem(first + p, plane);
            (int oy, int ox) = Math.DivRem(pixel, g.OutWidth);
            int left = ox * g.StrideX - g.PadX;
            bool whole = dense && left >= 0 && left + g.KernelWidth <= g.Width;
            float* image = x + (nint)n * g.InLength + group * ins, to = patches;
            for (int i = 0; i < g.KernelHeight; i++, to += line)
            {
                int iy = oy * g.StrideY - g.PadY + i * g.DilationY;
                float* row = image + ((nint)iy * g.Width + left) * g.InChannels;
                if ((uint)iy >= (uint)g.Height) new Span<float>(to, line).Clear();
                else if (whole) new ReadOnlySpan<float>(row, line).CopyTo(new Span<float>(to, line));
                else Taps(g, row, left, ins, to);
            }
            new Span<float>(to, stride - g.Depth).Clear();
        }
    }

    /// <summary>The same of one group in the order (channel, tap), which is that of PyTorch's weights.</summary>
    public static void ByChannel(ConvGeometry g, float* x, int first, int count, float* patches)
    {
        int taps = g.KernelHeight * g.KernelWidth, ins = g.InChannels, plane = g.OutHeight * g.OutWidth;
        for (int p = 0; p < count; p++, patches += g.Depth)
        {
            (int n, int pixel) = Math.DivRem(first + p, plane);
            (int oy, int ox) = Math.DivRem(pixel, g.OutWidth);
            for (int t = 0; t < taps; t++)
            {
                int iy = oy * g.StrideY - g.PadY + t / g.KernelWidth * g.DilationY,
                    ix = ox * g.StrideX - g.PadX + t % g.KernelWidth * g.DilationX;
                bool inside = (uint)iy < (uint)g.Height && (uint)ix < (uint)g.Width;
                float* from = x + (nint)n * g.InLength + ((nint)iy * g.Width + ix) * ins, to = patches + t;
                if (inside && taps == 1) new ReadOnlySpan<float>(from, ins).CopyTo(new Span<float>(to, ins));
                else if (inside) for (int c = 0; c < ins; c++, to += taps) *to = from[c];
                else for (int c = 0; c < ins; c++, to += taps) *to = 0;
            }
        }
    }

    /// <summary>The same of a single channel at stride 1 as [taps, pixels]: whole runs of a row of pixels.</summary>
    public static void ByTap(ConvGeometry g, float* x, int first, int count, float* patches, int stride)
    {
        int plane = g.OutHeight * g.OutWidth;
        for (int p = 0, run; p < count; p += run)
        {
            (int n, int pixel) = Math.DivRem(first + p, plane);
            (int oy, int ox) = Math.DivRem(pixel, g.OutWidth);
            run = Math.Min(g.OutWidth - ox, count - p);
            float* image = x + (nint)n * g.InLength, to = patches + p;
            for (int i = 0; i < g.KernelHeight; i++)
            {
                int iy = oy - g.PadY + i * g.DilationY;
                for (int j = 0; j < g.KernelWidth; j++, to += stride)
                {
                    int ix = ox - g.PadX + j * g.DilationX;
                    bool inside = (uint)iy < (uint)g.Height;
                    int start = inside ? Math.Clamp(-ix, 0, run) : run, end = inside ? Math.Clamp(g.Width - ix, start, run) : run;
                    new Span<float>(to, start).Clear();
                    new ReadOnlySpan<float>(image + (nint)iy * g.Width + ix + start, end - start).CopyTo(
                        new Span<float>(to + start, end - start)
                    );
                    new Span<float>(to + end, run - end).Clear();
                }
            }
        }
    }

    private static void Taps(ConvGeometry g, float* row, int left, int ins, float* to)
    {
        for (int j = 0; j < g.KernelWidth; j++, to += ins)
        {
            bool inside = (uint)(left + j * g.DilationX) < (uint)g.Width;
            float* from = row + (nint)j * g.DilationX * g.InChannels;
            if (ins == 1) *to = inside ? *from : 0;
            else if (inside) new ReadOnlySpan<float>(from, ins).CopyTo(new Span<float>(to, ins));
            else new Span<float>(to, ins).Clear();
        }
    }
}

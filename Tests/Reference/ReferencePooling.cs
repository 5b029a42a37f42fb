using EmotionMLNet.Kernels;

namespace EmotionMLNet.Tests.Reference;

/// <summary>The slow truth: max and average pooling and their derivatives straight from the definition.</summary>
internal static class ReferencePooling
{
    public static (float[] Y, float[] Dx) Max(PoolGeometry g, int batch, float[] x, float[] dy)
    {
        float[] y = new float[dy.Length], dx = new float[x.Length];
        for (int o = 0; o < y.Length; o++)
        {
            int[] cells = [.. Cells(g, o)];
            int best = cells[0];
            foreach (int cell in cells)
                if (x[cell] > x[best] || (float.IsNaN(x[cell]) && !float.IsNaN(x[best]))) best = cell;
            y[o] = x[best];
            dx[best] += dy[o];
        }
        return (y, dx);
    }

    public static (double[] Y, double[] Dx) Average(PoolGeometry g, bool countPadding, int batch, float[] x, float[] dy)
    {
        double[] y = new double[dy.Length], dx = new double[x.Length];
        for (int o = 0; o < y.Length; o++)
        {
            int[] cells = [.. Cells(g, o)];
            double count = countPadding ? g.Kernel.Height * g.Kernel.Width : cells.Length;
            foreach (int cell in cells)
            {
                y[o] += x[cell] / count;
                dx[cell] += dy[o] / count;
            }
        }
        return (y, dx);
    }

    // Indices into x of the window of output o, in row-major order.
    private static IEnumerable<int> Cells(PoolGeometry g, int o)
    {
        int c = o % g.Channels,
            ox = o / g.Channels % g.OutWidth,
            oy = o / g.Channels / g.OutWidth % g.OutHeight,
            n = o / g.Channels / g.OutWidth / g.OutHeight;
        for (int i = 0; i < g.Kernel.Height; i++)
        for (int j = 0; j < g.Kernel.Width; j++)
        {
            int iy = oy * g.Stride.Height - g.Padding.Top + i, ix = ox * g.Stride.Width - g.Padding.Left + j;
            if (iy >= 0 && iy < g.Height && ix >= 0 && ix < g.Width) yield return ((n * g.Height + iy) * g.Width + ix) * g.Channels + c;
        }
    }
}

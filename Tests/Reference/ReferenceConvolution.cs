using EmotionMLNet.Kernels.Convolution;

namespace EmotionMLNet.Tests.Reference;

/// <summary>The slow truth: convolution and its derivatives straight from the definition, in double.</summary>
internal static class ReferenceConvolution
{
    /// <summary>y, and with <paramref name="dy"/> also dX and dW of L = Σ y · dy.</summary>
    public static (double[] Y, double[] Dx, double[] Dw) Compute(ConvGeometry g, int batch, float[] x, float[] w, float[] dy)
    {
        double[] y = new double[batch * g.OutLength], dx = new double[x.Length], dw = new double[w.Length];
        int ins = g.InChannels / g.Groups, outs = g.OutChannels / g.Groups;
        for (int n = 0; n < batch; n++)
        for (int oy = 0; oy < g.OutHeight; oy++)
        for (int ox = 0; ox < g.OutWidth; ox++)
        for (int o = 0; o < g.OutChannels; o++)
        {
            int at = ((n * g.OutHeight + oy) * g.OutWidth + ox) * g.OutChannels + o;
            for (int i = 0; i < g.KernelHeight; i++)
            for (int j = 0; j < g.KernelWidth; j++)
            {
                int iy = oy * g.StrideY - g.PadY + i * g.DilationY, ix = ox * g.StrideX - g.PadX + j * g.DilationX;
                if (iy < 0 || iy >= g.Height || ix < 0 || ix >= g.Width) continue;
                for (int c = 0; c < ins; c++)
                {
                    int from = ((n * g.Height + iy) * g.Width + ix) * g.InChannels + o / outs * ins + c,
                        tap = ((o * ins + c) * g.KernelHeight + i) * g.KernelWidth + j;
                    y[at] += (double)x[from] * w[tap];
                    dx[from] += (double)dy[at] * w[tap];
                    dw[tap] += (double)dy[at] * x[from];
                }
            }
        }
        return (y, dx, dw);
    }
}

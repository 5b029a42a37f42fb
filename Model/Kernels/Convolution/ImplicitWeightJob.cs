using EmotionMLNet.Kernels.Gemm;

namespace EmotionMLNet.Kernels.Convolution;

/// <summary>
/// Weight gradient of a dense convolution, tap by tap, as matrix products of the images and the output gradients where they lie: the sum of
/// a weight runs over the pixels of the whole batch that its tap lies on, in order, in registers. Any kernel, stride and dilation.
/// </summary>
/// <remarks>Threads split the rows of all taps: every sum is made by one thread, and is the same for any number of them. The sums are
/// [taps, In, Out]; <see cref="TransposeJob"/> brings them into PyTorch's order.</remarks>
internal readonly unsafe struct ImplicitWeightJob(ConvGeometry g, int batch, float* x, float* dy, float* sums) : ILaneJob
{
    // Input channels whose part of x stays in L2 while all panels of dY pass by: four tall register tiles.
    private const int BlockRows = 48;

    // Pixels whose block of x and panel of dY stay in L2 together; beyond, their sums are added to what is there.
    private const int MostPixels = 512;

    /// <summary>With fewer channels a register tile would be too flat.</summary>
    public static bool Suits(ConvGeometry g) => g.Groups == 1 && g.InChannels >= 16;

    public void Run<L>(int part, int parts) where L : struct, ILanes<L>
    {
        int panel = GemmTile.Columns<L>(), outs = g.OutChannels, blocks = (g.InChannels + BlockRows - 1) / BlockRows;
        (int start, int end) = ThreadTeam.Range(g.KernelHeight * g.KernelWidth * blocks, part, parts);
        for (int unit = start; unit < end; unit++)
        {
            (int tap, int block) = Math.DivRem(unit, blocks);
            int first = block * BlockRows, rows = Math.Min(BlockRows, g.InChannels - first);
            float* to = sums + ((nint)tap * g.InChannels + first) * outs;
            TileInput all = Pixels(tap, first, out float* gradient);
            int images = Math.Max(1, MostPixels / (g.OutHeight * g.OutWidth));
            for (int n = 0; n < batch; n += images)
            {
                TileInput from = all with { Address = all.Address + (nint)n * g.InLength, Blocks = Math.Min(images, batch - n) };
                for (int o = 0; o < outs; o += panel)
                    GemmTile.Panel<L>(
                        rows,
                        Math.Min(panel, outs - o),
                        from,
                        gradient + (nint)n * g.OutLength + o,
                        outs,
                        to + o,
                        outs,
                        add: n > 0
                    );
            }
        }
    }

    // The pixels of all images that a tap meets, and the gradient of the first output that it meets them for.
    private TileInput Pixels(int tap, int channel, out float* gradient)
    {
        (int i, int j) = Math.DivRem(tap, g.KernelWidth);
        (int top, int bottom) = Outputs(i * g.DilationY - g.PadY, g.StrideY, g.Height, g.OutHeight);
        (int left, int right) = Outputs(j * g.DilationX - g.PadX, g.StrideX, g.Width, g.OutWidth);
        gradient = dy + ((nint)top * g.OutWidth + left) * g.OutChannels;
        float* from =
            x
            + ((nint)(top * g.StrideY + i * g.DilationY - g.PadY) * g.Width + left * g.StrideX + j * g.DilationX - g.PadX) * g.InChannels
            + channel;
        return new TileInput(from, 1, (nint)g.StrideX * g.InChannels, right - left, bottom - top, (nint)g.StrideY * g.Width * g.InChannels)
        {
            Blocks = batch,
            BlockStride = g.InLength,
            RightRunStride = (nint)g.OutWidth * g.OutChannels,
            RightBlockStride = g.OutLength,
        };
    }

    // Outputs [first, end) whose tap at this distance from the output's first pixel lies inside.
    private static (int First, int End) Outputs(int distance, int stride, int side, int outs)
    {
        int first = distance >= 0 ? 0 : (-distance + stride - 1) / stride, last = side - 1 - distance;
        int end = last < 0 ? 0 : Math.Min(outs, last / stride + 1);
        return first < end ? (first, end) : (0, 0);
    }

    /// <summary>
    /// dW [Out, In, taps] from the sums, a block of outputs and inputs at a time, so that neither side leaves L1 between its lines.
    /// </summary>
    public readonly struct TransposeJob(ConvGeometry g, float* sums, float* dw) : ITeamJob
    {
        private const int Outs = 16, Ins = 32;

        public void Run(int part, int parts)
        {
            int taps = g.KernelHeight * g.KernelWidth, blocks = (g.OutChannels + Outs - 1) / Outs;
            (int start, int end) = ThreadTeam.Range(blocks, part, parts);
            for (int o = start * Outs; o < Math.Min(end * Outs, g.OutChannels); o += Outs)
            {
                int outs = Math.Min(Outs, g.OutChannels - o);
                for (int first = 0; first < g.InChannels; first += Ins)
                {
                    int last = Math.Min(first + Ins, g.InChannels);
                    for (int t = 0; t < taps; t++)
                    {
                        for (int c = first; c < last; c++)
                        {
                            float* from = sums + ((nint)t * g.InChannels + c) * g.OutChannels + o;
                            float* to = dw + ((nint)o * g.InChannels + c) * taps + t;
                            for (int k = 0; k < outs; k++) to[k * (nint)g.InChannels * taps] = from[k];
                        }
                    }
                }
            }
        }
    }
}

using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels;

/// <summary>What augmentation does to every sample of a picture in floats, levels of 0 to 255, on the calling thread.</summary>
internal static unsafe class PictureAdjustments
{
    private const float White = 255;

    /// <summary>x ← gain · x + offset, kept in 0 to 255.</summary>
    public static void Light(Span<float> x, float gain, float offset)
    {
        fixed (float* p = x) ValueLoop.Run(new LightLoop(p, gain, offset), x.Length);
    }

    /// <summary>x ← scale · x + shift, channel by channel; not kept in any range.</summary>
    /// <param name="x">[..., channels].</param>
    /// <param name="scale">[channels].</param>
    /// <param name="shift">[channels].</param>
    public static void Normalise(Span<float> x, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift)
    {
        fixed (float* p = x, a = scale, b = shift)
        {
            var job = new NormaliseJob(p, a, b, x.Length, scale.Length);
            Lanes.RunHere(ref job, Lanes.Widest);
        }
    }

    /// <summary>
    /// y = factor · x + smooth · Σ of [1 1 1; 1 5 1; 1 1 1] around x, kept in 0 to 255, for a row but its first and last pixel.
    /// </summary>
    /// <param name="above">The row above.</param>
    /// <param name="current">The row.</param>
    /// <param name="below">The row below.</param>
    /// <param name="y">Receives the row; must not overlap the others.</param>
    /// <param name="channels">Samples of a pixel.</param>
    /// <param name="factor">Share of the row itself.</param>
    /// <param name="smooth">Share of the sum.</param>
    public static void Smooth(
        ReadOnlySpan<float> above, ReadOnlySpan<float> current, ReadOnlySpan<float> below, Span<float> y,
        int channels, float factor, float smooth)
    {
        fixed (float* pa = above, pc = current, pb = below, py = y)
        {
            var loop = new SmoothLoop(pa + channels, pc + channels, pb + channels, py + channels, channels, factor, smooth);
            ValueLoop.Run(loop, y.Length - 2 * channels);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static L Levels<L>(L value) where L : struct, ILanes<L> => L.Min(L.Max(value, L.Broadcast(0)), L.Broadcast(White));

    private readonly struct LightLoop(float* x, float gain, float offset) : IValueLoop
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<L>(int i) where L : struct, ILanes<L>
            => Levels(L.FusedMultiplyAdd(L.Load(x + i), L.Broadcast(gain), L.Broadcast(offset))).Store(x + i);
    }

    private readonly struct SmoothLoop(float* above, float* current, float* below, float* y, int c, float factor, float smooth) : IValueLoop
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<L>(int i) where L : struct, ILanes<L>
        {
            float* a = above + i, x = current + i, b = below + i;
            L centre = L.Load(x);
            L sum = L.Load(a - c) + L.Load(a) + L.Load(a + c) + L.Load(x - c) + L.Load(x + c)
                + L.Load(b - c) + L.Load(b) + L.Load(b + c) + centre * L.Broadcast(5);
            Levels(L.FusedMultiplyAdd(centre, L.Broadcast(factor), sum * L.Broadcast(smooth))).Store(y + i);
        }
    }

    private readonly struct NormaliseJob(float* x, float* scale, float* shift, int length, int channels) : ILaneJob
    {
        public void Run<L>(int part, int parts) where L : struct, ILanes<L>
        {
            // Scales and shifts repeated until vectors and channels end together.
            int pattern = L.Count * channels, i = 0;
            float* a = stackalloc float[pattern], b = stackalloc float[pattern];
            for (int j = 0; j < pattern; j++)
            {
                a[j] = scale[j % channels];
                b[j] = shift[j % channels];
            }
            for (; i + pattern <= length; i += pattern)
                for (int j = 0; j < pattern; j += L.Count)
                    L.FusedMultiplyAdd(L.Load(x + i + j), L.Load(a + j), L.Load(b + j)).Store(x + i + j);
            for (int j = 0; i < length; i++, j++) x[i] = MathF.FusedMultiplyAdd(x[i], a[j], b[j]);
        }
    }
}

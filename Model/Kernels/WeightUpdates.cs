using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EmotionMLNet.Kernels;

/// <summary>What optimisers do to every weight, on the calling thread. All spans of a call are of one length.</summary>
internal static unsafe class WeightUpdates
{
    /// <summary>average ← average + share · (value - average).</summary>
    public static void Average(Span<float> average, ReadOnlySpan<float> value, float share)
    {
        fixed (float* a = average, v = value) ValueLoop.Run(new AverageLoop(a, v, share), average.Length);
    }

    /// <summary>w ← w + scale · g.</summary>
    public static void AddScaled(Span<float> w, ReadOnlySpan<float> g, float scale)
    {
        fixed (float* pw = w, pg = g) ValueLoop.Run(new AddLoop(pw, pg, scale), w.Length);
    }

    /// <summary>g ← scale · g.</summary>
    public static void Scale(Span<float> g, float scale)
    {
        fixed (float* p = g) ValueLoop.Run(new ScaleLoop(p, scale), g.Length);
    }

    /// <summary>
    /// v ← momentum · v + g with g = gradient + decay · w, then w ← w - rate · v, or w - rate · (g + momentum · v) with the look-ahead.
    /// </summary>
    /// <param name="w">Weights.</param>
    /// <param name="velocity">v.</param>
    /// <param name="gradient">The gradient of the loss, without weight decay.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="momentum">Share of v that stays.</param>
    /// <param name="decay">Weight decay.</param>
    /// <param name="lookAhead">Nesterov's form.</param>
    public static void Momentum(
        Span<float> w, Span<float> velocity, ReadOnlySpan<float> gradient, float rate, float momentum, float decay, bool lookAhead)
    {
        fixed (float* pw = w, pv = velocity, pg = gradient)
            ValueLoop.Run(new MomentumLoop(pw, pv, pg, rate, momentum, decay, lookAhead), w.Length);
    }

    /// <summary>m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g² with g = gradient + decay · w.</summary>
    /// <param name="first">m.</param>
    /// <param name="second">v.</param>
    /// <param name="w">Weights.</param>
    /// <param name="gradient">The gradient of the loss, without weight decay.</param>
    /// <param name="beta1">β₁.</param>
    /// <param name="beta2">β₂.</param>
    /// <param name="decay">Weight decay.</param>
    public static void Moments(
        Span<float> first, Span<float> second, ReadOnlySpan<float> w, ReadOnlySpan<float> gradient, float beta1, float beta2, float decay)
    {
        fixed (float* m = first, v = second, pw = w, pg = gradient)
            ValueLoop.Run(new MomentsLoop(m, v, pw, pg, beta1, beta2, decay), first.Length);
    }

    /// <summary>w ← keep · w - rate · m / (√v · scale + ε).</summary>
    /// <param name="w">Weights.</param>
    /// <param name="first">m.</param>
    /// <param name="second">v.</param>
    /// <param name="keep">1 without decoupled weight decay.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="scale">Correction of √v.</param>
    /// <param name="epsilon">ε.</param>
    public static void AdaptiveStep(
        Span<float> w, ReadOnlySpan<float> first, ReadOnlySpan<float> second, float keep, float rate, float scale, float epsilon)
    {
        fixed (float* pw = w, m = first, v = second) ValueLoop.Run(new AdaptiveLoop(pw, m, v, keep, rate, scale, epsilon), w.Length);
    }

    /// <summary>Σ g² in double. The order is that of vectors of eight, whatever the machine has, so the bits are the same on all.</summary>
    public static double SumOfSquares(ReadOnlySpan<float> g)
    {
        Vector256<double> even = Vector256<double>.Zero, odd = Vector256<double>.Zero;
        ref float p = ref MemoryMarshal.GetReference(g);
        int i = 0;
        for (; i + Vector256<float>.Count <= g.Length; i += Vector256<float>.Count)
        {
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(Vector256.LoadUnsafe(ref p, (nuint)i));
            even += low * low;
            odd += high * high;
        }
        double sum = Vector256.Sum(even + odd);
        for (; i < g.Length; i++) sum += (double)g[i] * g[i];
        return sum;
    }

    private readonly struct AverageLoop(float* average, float* value, float share) : IValueLoop
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<L>(int i) where L : struct, ILanes<L>
        {
            L a = L.Load(average + i);
            (a + L.Broadcast(share) * (L.Load(value + i) - a)).Store(average + i);
        }
    }

    private readonly struct AddLoop(float* w, float* g, float scale) : IValueLoop
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<L>(int i) where L : struct, ILanes<L> => (L.Load(w + i) + L.Broadcast(scale) * L.Load(g + i)).Store(w + i);
    }

    private readonly struct ScaleLoop(float* g, float scale) : IValueLoop
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<L>(int i) where L : struct, ILanes<L> => (L.Broadcast(scale) * L.Load(g + i)).Store(g + i);
    }

    private readonly struct MomentumLoop(
        float* w, float* velocity, float* gradient, float rate, float momentum, float decay, bool lookAhead)
        : IValueLoop
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<L>(int i) where L : struct, ILanes<L>
        {
            L weight = L.Load(w + i), g = L.Load(gradient + i) + L.Broadcast(decay) * weight;
            L v = L.Broadcast(momentum) * L.Load(velocity + i) + g;
            v.Store(velocity + i);
            (weight - L.Broadcast(rate) * (lookAhead ? g + L.Broadcast(momentum) * v : v)).Store(w + i);
        }
    }

    private readonly struct MomentsLoop(float* first, float* second, float* w, float* gradient, float beta1, float beta2, float decay)
        : IValueLoop
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<L>(int i) where L : struct, ILanes<L>
        {
            L g = L.Load(gradient + i) + L.Broadcast(decay) * L.Load(w + i);
            (L.Broadcast(beta1) * L.Load(first + i) + L.Broadcast(1 - beta1) * g).Store(first + i);
            (L.Broadcast(beta2) * L.Load(second + i) + L.Broadcast(1 - beta2) * g * g).Store(second + i);
        }
    }

    private readonly struct AdaptiveLoop(float* w, float* first, float* second, float keep, float rate, float scale, float epsilon)
        : IValueLoop
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<L>(int i) where L : struct, ILanes<L>
        {
            L step = L.Broadcast(rate) * L.Load(first + i) / (L.Broadcast(scale) * L.Sqrt(L.Load(second + i)) + L.Broadcast(epsilon));
            (L.Broadcast(keep) * L.Load(w + i) - step).Store(w + i);
        }
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels;

/// <summary>Random bits as a function of (seed, counter) alone, so that threads and vectors may draw them in any order.</summary>
/// <remarks>
/// The seed becomes two 32-bit keys by SplitMix64 (Steele et al. 2014), and each counter goes through a keyed multiply-and-shift hash
/// of 32 bits (the rounds of Wellons' hash prospector), which vectors can do. Enough for dropout; not for cryptography.
/// </remarks>
internal static unsafe class CounterRandom
{
    /// <summary>y[i] = 0 with probability <paramref name="rate"/>, else x[i] / (1 - rate), by the bits of counter i; y may be x.</summary>
    public static void Drop(ulong seed, float rate, ReadOnlySpan<float> x, Span<float> y, ThreadTeam team)
    {
        fixed (float* px = x, py = y)
        {
            var job = new DropJob(seed, rate, px, py, y.Length);
            team.Run(ref job);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> Hash(Vector<uint> counter, Vector<uint> first, Vector<uint> second)
    {
        Vector<uint> v = counter ^ first;
        v = (v ^ (v >>> 16)) * new Vector<uint>(0x21F0AAAD) + second;
        v = (v ^ (v >>> 15)) * new Vector<uint>(0x735A2D97);
        return v ^ (v >>> 15);
    }

    private static (uint First, uint Second) Keys(ulong seed)
    {
        ulong z = seed + 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        z ^= z >> 31;
        return ((uint)z, (uint)(z >> 32));
    }

    private readonly struct DropJob(ulong seed, float rate, float* x, float* y, int length) : ITeamJob
    {
        public void Run(int part, int parts)
        {
            (uint first, uint second) = Keys(seed);
            Vector<uint> key = new(first), otherKey = new(second), threshold = new((uint)(rate * 4294967296.0)), counters = Vector<uint>.Indices;
            var scale = new Vector<float>((float)(1 / (1 - (double)rate)));
            (int i, int end) = ThreadTeam.Range(length, part, parts);
            for (; i + Vector<float>.Count <= end; i += Vector<float>.Count) Kept(i, Vector.Load(x + i)).Store(y + i);
            float* rest = stackalloc float[Vector<float>.Count];
            for (int j = i; j < end; j++) rest[j - i] = x[j];
            Kept(i, Vector.Load(rest)).Store(rest);
            for (int j = i; j < end; j++) y[j] = rest[j - i];

            Vector<float> Kept(int at, Vector<float> values)
            {
                Vector<uint> bits = Hash(counters + new Vector<uint>((uint)at), key, otherKey);
                return Vector.ConditionalSelect(Vector.AsVectorSingle(Vector.GreaterThanOrEqual(bits, threshold)), values * scale, Vector<float>.Zero);
            }
        }
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;

namespace EmotionMLNet.Kernels;

/// <summary>
/// Drops values at random, which ones being a function of seed and position alone, so that threads and vectors may do it in any order.
/// </summary>
/// <remarks>
/// A position becomes 32 random bits by a multiply-and-shift hash with two keys of the seed (the rounds of Wellons' hash prospector),
/// because vectors can do that and cannot do the 64-bit products of <see cref="CounterRandom"/>.
/// </remarks>
internal static unsafe class RandomDrop
{
    /// <summary>y[i] = 0 with probability <paramref name="rate"/>, else x[i] / (1 - rate), by the bits of position i; y may be x.</summary>
    public static void Apply(ulong seed, float rate, ReadOnlySpan<float> x, Span<float> y, ThreadTeam team)
    {
        fixed (float* px = x, py = y)
        {
            var job = new DropJob(seed, rate, px, py, y.Length);
            team.Run(ref job);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> Hash(Vector<uint> position, Vector<uint> first, Vector<uint> second)
    {
        Vector<uint> v = position ^ first;
        v = (v ^ (v >>> 16)) * new Vector<uint>(0x21F0AAAD) + second;
        v = (v ^ (v >>> 15)) * new Vector<uint>(0x735A2D97);
        return v ^ (v >>> 15);
    }

    private readonly struct DropJob(ulong seed, float rate, float* x, float* y, int length) : ITeamJob
    {
        public void Run(int part, int parts)
        {
            ulong keys = CounterRandom.Bits(seed, 0);
            Vector<uint> first = new((uint)keys),
                second = new((uint)(keys >> 32)),
                threshold = new((uint)(rate * 4294967296.0)),
                positions = Vector<uint>.Indices;
            var scale = new Vector<float>((float)(1 / (1 - (double)rate)));
            (int i, int end) = ThreadTeam.Range(length, part, parts);
            for (; i + Vector<float>.Count <= end; i += Vector<float>.Count) Kept(i, Vector.Load(x + i)).Store(y + i);
            float* rest = stackalloc float[Vector<float>.Count];
            for (int j = i; j < end; j++) rest[j - i] = x[j];
            Kept(i, Vector.Load(rest)).Store(rest);
            for (int j = i; j < end; j++) y[j] = rest[j - i];

            Vector<float> Kept(int at, Vector<float> values)
            {
                Vector<uint> bits = Hash(positions + new Vector<uint>((uint)at), first, second);
                return Vector.ConditionalSelect(
                    Vector.AsVectorSingle(Vector.GreaterThanOrEqual(bits, threshold)),
                    values * scale,
                    Vector<float>.Zero
                );
            }
        }
    }
}

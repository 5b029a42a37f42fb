using EmotionMLNet.Kernels;
using EmotionMLNet.Kernels.Quantised;

namespace EmotionMLNet.Tests.Kernels.Quantised;

/// <summary>Every operation of every width against plain arithmetic, extreme values included.</summary>
[Trait("Category", "Kernels")]
public sealed unsafe class IntegerLanesTests
{
    [Fact]
    public void Sixteen_lanes_equal_plain_arithmetic() => Check<IntegerLanes16, Lanes16>();

    [Fact]
    public void Eight_lanes_equal_plain_arithmetic() => Check<IntegerLanes8, Lanes8>();

    [Fact]
    public void Four_lanes_equal_plain_arithmetic() => Check<IntegerLanes4, Lanes4>();

    [Fact]
    public void One_lane_equals_plain_arithmetic() => Check<IntegerLanes1, Lanes1>();

    private static void Check<I, L>() where I : struct, IIntegerLanes<I, L> where L : struct, ILanes<L>
    {
        Assert.Equal(L.Count, I.Count);
        var random = new Random(I.Count);
        for (int trial = 0; trial < 300; trial++)
        {
            int[] sum = Groups(random, I.Count, trial), a = Groups(random, I.Count, trial + 1), b = Groups(random, I.Count, trial + 2);
            Equal<I, L>(sum, a, b, I.AddPairs, (s, x, y) => s + (short)x * (short)y + (x >> 16) * (y >> 16));
            Equal<I, L>(sum, a, b, I.AddQuads, (s, x, y) => s + Quads(x, y));
            Equal<I, L>(sum, a, b, (_, x, y) => I.AddShorts(x, y), (_, x, y) => (ushort)(x + y) | ((x >> 16) + (y >> 16)) << 16);
            Equal<I, L>(sum, a, b, (_, x, y) => I.SubtractShorts(x, y), (_, x, y) => (ushort)(x - y) | ((x >> 16) - (y >> 16)) << 16);
            Equal<I, L>(sum, a, b, (_, x, y) => I.MaxBytes(x, y), (_, x, y) => LargestBytes(x, y));
            Equal<I, L>(sum, a, b, (_, x, _) => I.Broadcast(7), (_, _, _) => 7);
            Conversions<I, L>(sum);
        }
    }

    private static void Equal<I, L>(int[] sum, int[] a, int[] b, Func<I, I, I, I> fast, Func<int, int, int, int> plain)
        where I : struct, IIntegerLanes<I, L>
        where L : struct, ILanes<L>
    {
        var result = new int[sum.Length];
        fixed (int* ps = sum, pa = a, pb = b, to = result) fast(I.Load(ps), I.Load(pa), I.Load(pb)).Store(to);
        Assert.Equal(Enumerable.Range(0, sum.Length).Select(i => plain(sum[i], a[i], b[i])), result);
    }

    private static void Conversions<I, L>(int[] groups) where I : struct, IIntegerLanes<I, L> where L : struct, ILanes<L>
    {
        var stored = new int[I.Count];
        var floats = new float[I.Count];
        var bytes = new byte[I.Count];
        fixed (int* from = groups, to = stored)
        fixed (float* f = floats)
        fixed (byte* q = bytes)
        {
            I.Load(from).Store(to);
            Assert.Equal(groups, stored);
            I.Load(from).ToSingles().Store(f);
            Assert.Equal(groups.Select(g => (float)g), floats);
            I.LoadBytesAsShorts((byte*)from).Store(to);
            for (int i = 0; i < 2 * I.Count; i++) Assert.Equal(((byte*)from)[i], ((short*)to)[i]);
            L.LoadBytes((byte*)from).Store(f);
            for (int i = 0; i < I.Count; i++) Assert.Equal(((byte*)from)[i], f[i]);
            for (int i = 0; i < I.Count; i++) f[i] = groups[i] / 4_000_000f; // beyond both limits
            L.Load(f).StoreBytes(q, L.Broadcast(3), L.Broadcast(250));
            for (int i = 0; i < I.Count; i++) Assert.Equal((byte)Math.Clamp(f[i], 3, 250), q[i]);
        }
    }

    private static int[] Groups(Random random, int count, int trial)
    {
        var groups = new int[count];
        // -32768 · -32768 twice is the one pair that does not fit; kernels never make it.
        int[] extremes =
        [
            int.MaxValue,
            unchecked((int)0x80018001),
            0x7fff7fff,
            unchecked((int)0xff7fff7f),
            unchecked((int)0xffffffff),
            0x00ff00ff,
            unchecked((int)0x80ff80ff),
        ];
        for (int i = 0; i < count; i++)
            groups[i] = trial % 3 == 0 ? extremes[random.Next(extremes.Length)] : random.Next(int.MinValue, int.MaxValue);
        return groups;
    }

    private static int Quads(int a, int b) => Enumerable.Range(0, 4).Sum(i => (byte)(a >> 8 * i) * (sbyte)(b >> 8 * i));

    private static int LargestBytes(int a, int b) =>
        Enumerable.Range(0, 4).Aggregate(0, (result, i) => result | Math.Max((byte)(a >> 8 * i), (byte)(b >> 8 * i)) << 8 * i);
}

using EmotionMLNet.Imaging.WebP.Vp8;

namespace EmotionMLNet.Tests.Imaging.WebP.Vp8;

/// <summary>The vector filters against the words of RFC 6386, section 15, place by place.</summary>
public sealed class EdgeFilterTests
{
    private const int Stride = 24;
    private const int Depth = 8;

    public enum Filter
    {
        Simple,
        Inner,
        Macroblock,
    }

    [Theory]
    [InlineData(Filter.Simple)]
    [InlineData(Filter.Inner)]
    [InlineData(Filter.Macroblock)]
    public void Rows_are_filtered_as_specified(Filter filter)
    {
        var random = new Random(1);
        for (int round = 0; round < 2000; round++)
        {
            (byte[] pixels, int limit, FilterStrength strength) = Draw(random, Stride * Depth);
            byte[] expected = [.. pixels];
            for (int x = 0; x < 16; x++) Reference(expected, 4 * Stride + x, Stride, filter, limit, strength);
            ref byte below = ref pixels[4 * Stride];
            EdgePixels edge = EdgePixels.LoadRows(ref below, ref pixels[4 * Stride + 8], Stride);
            if (Apply(ref edge, filter, limit, strength)) edge.StoreRows(ref below, ref pixels[4 * Stride + 8], Stride);
            Assert.Equal(expected, pixels);
        }
    }

    [Theory]
    [InlineData(Filter.Simple)]
    [InlineData(Filter.Inner)]
    [InlineData(Filter.Macroblock)]
    public void Columns_are_filtered_as_specified(Filter filter)
    {
        var random = new Random(2);
        for (int round = 0; round < 2000; round++)
        {
            (byte[] pixels, int limit, FilterStrength strength) = Draw(random, Stride * 16);
            byte[] expected = [.. pixels];
            for (int y = 0; y < 16; y++) Reference(expected, y * Stride + 7, 1, filter, limit, strength);
            ref byte start = ref pixels[3];
            EdgePixels edge = EdgePixels.LoadColumns(ref start, ref pixels[8 * Stride + 3], Stride);
            if (Apply(ref edge, filter, limit, strength)) edge.StoreColumns(ref start, ref pixels[8 * Stride + 3], Stride);
            Assert.Equal(expected, pixels);
        }
    }

    private static (byte[] Pixels, int Limit, FilterStrength Strength) Draw(Random random, int count)
    {
        // From flat to noise: each decision of the filters falls both ways.
        int spread = random.Next(1, 256);
        int centre = random.Next(256);
        byte[] pixels = [.. Enumerable.Range(0, count).Select(_ => (byte)Math.Clamp(centre + random.Next(-spread, spread + 1), 0, 255))];
        int interior = random.Next(1, 64);
        int limit = random.Next(1, 194);
        return (pixels, limit, new FilterStrength((byte)Math.Max(limit - 4, 0), (byte)interior, (byte)random.Next(3), true));
    }

    private static bool Apply(ref EdgePixels edge, Filter filter, int limit, FilterStrength strength) => filter switch
    {
        Filter.Simple => EdgeFilter.Simple(ref edge, limit),
        Filter.Inner => EdgeFilter.Inner(ref edge, limit, strength),
        _ => EdgeFilter.Macroblock(ref edge, limit, strength),
    };

    private static void Reference(byte[] pixels, int q0, int step, Filter filter, int limit, FilterStrength strength)
    {
        ref byte At(int i) => ref pixels[q0 + i * step];
        int Gap(int i, int j) => Math.Abs(At(i) - At(j));
        if (2 * Gap(-1, 0) + Gap(-2, 1) / 2 > limit) return;
        if (filter != Filter.Simple)
        {
            int interior = strength.InteriorLimit;
            if (Gap(-4, -3) > interior || Gap(-3, -2) > interior || Gap(-2, -1) > interior) return;
            if (Gap(3, 2) > interior || Gap(2, 1) > interior || Gap(1, 0) > interior) return;
        }
        bool highVariance = Gap(-2, -1) > strength.HighVariance || Gap(1, 0) > strength.HighVariance;
        int Signed(int i) => At(i) - 128;
        void Add(int i, int value) => At(i) = (byte)(Clamp(Signed(i) + value) + 128);
        int outer = filter == Filter.Inner && !highVariance ? 0 : Clamp(Signed(-2) - Signed(1));
        int a = Clamp(outer + 3 * (Signed(0) - Signed(-1)));
        if (filter == Filter.Macroblock && !highVariance)
        {
            (int w1, int w2, int w3) = ((27 * a + 63) >> 7, (18 * a + 63) >> 7, (9 * a + 63) >> 7);
            Add(-1, w1);
            Add(0, -w1);
            Add(-2, w2);
            Add(1, -w2);
            Add(-3, w3);
            Add(2, -w3);
            return;
        }
        int onQ = Clamp(a + 4) >> 3;
        Add(-1, Clamp(a + 3) >> 3);
        Add(0, -onQ);
        if (filter != Filter.Inner || highVariance) return;
        Add(-2, (onQ + 1) >> 1);
        Add(1, -((onQ + 1) >> 1));
    }

    private static int Clamp(int value) => Math.Clamp(value, -128, 127);
}

using EmotionMLNet.Kernels;
using EmotionMLNet.Kernels.Gemm;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Kernels.Gemm;

/// <summary>
/// The register tile against the definition in double, for all numbers of rows up to two tall tiles, A along rows and along columns.
/// </summary>
[Trait("Category", "Kernels")]
public sealed unsafe class GemmTileTests
{
    private const int MostRows = 26, Padding = 5;

    [Theory]
    [InlineData(16)]
    [InlineData(8)]
    [InlineData(4)]
    [InlineData(1)]
    public void A_panel_is_the_product_and_nothing_beside_it_is_written(int lanes)
    {
        foreach (int depth in new[] { 1, 2, 33 })
            foreach (bool columns in new[] { false, true })
                foreach (bool add in new[] { false, true })
                    for (int rows = 0; rows <= MostRows; rows++) AtWidth(lanes, rows, depth, columns, add);
    }

    private static void AtWidth(int lanes, int rows, int depth, bool columns, bool add)
    {
        switch (lanes)
        {
            case 16: Check<Lanes16>(rows, depth, columns, add); break;
            case 8: Check<Lanes8>(rows, depth, columns, add); break;
            case 4: Check<Lanes4>(rows, depth, columns, add); break;
            default: Check<Lanes1>(rows, depth, columns, add); break;
        }
    }

    private static void Check<L>(int rows, int depth, bool columns, bool add) where L : struct, ILanes<L>
    {
        int panel = GemmTile.Columns<L>(), bStride = panel + Padding, cStride = panel + Padding;
        int rowStride = columns ? 1 : depth + Padding, depthStride = columns ? rows + Padding : 1;
        float[] a = RandomValues.Uniform((rows + Padding) * (depth + Padding), 1),
            b = RandomValues.Uniform(depth * bStride, 2),
            before = RandomValues.Uniform((rows + 1) * cStride, 3);
        float[] c = [.. before];
        fixed (float* pa = a, pb = b, pc = c) GemmTile.Panel<L>(rows, pa, rowStride, depthStride, pb, bStride, depth, pc, cStride, add);

        for (int r = 0; r <= rows; r++)
        {
            for (int j = 0; j < cStride; j++)
            {
                int at = r * cStride + j;
                if (r == rows || j >= panel)
                {
                    Assert.Equal(before[at], c[at]);
                    continue;
                }
                double expected = add ? before[at] : 0;
                for (int k = 0; k < depth; k++) expected += (double)a[r * rowStride + k * depthStride] * b[k * bStride + j];
                Assert.True(
                    Math.Abs(expected - c[at]) < 1e-5,
                    $"C[{r}, {j}] of {rows} rows, depth {depth}, {L.Count} lanes: expected {expected}, got {c[at]}."
                );
            }
        }
    }
}

using EmotionMLNet.Kernels;

namespace EmotionMLNet.Tests.Kernels;

[Trait("Category", "Kernels")]
public sealed class ElementwiseTests
{
    private static readonly int[] Lengths = [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 47, 100];

    public static TheoryData<int> Widths => [16, 8, 4, 1];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_length_is_filled_and_nothing_beyond_it(int lanes)
    {
        foreach (int length in Lengths)
        {
            using var team = new ThreadTeam(2, lanes);
            float[] a = [.. Enumerable.Range(0, length).Select(i => i - 7.5f)],
                b = [.. a.Select(v => 3 - 2 * v)],
                y = [.. Enumerable.Repeat(-1f, length + 20)];
            Elementwise.Map<Elementwise.Sum>(a, b, y.AsSpan(0, length), team);
            Assert.Equal([.. a.Zip(b, (p, q) => p + q), .. Enumerable.Repeat(-1f, 20)], y);
            Elementwise.AddTo(a, b, team);
            Assert.Equal(y[..length], a);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void The_bits_of_a_value_do_not_depend_on_where_it_stands(int lanes)
    {
        foreach (int length in Lengths)
        {
            foreach (int threads in new[] { 1, 3 })
            {
                using var team = new ThreadTeam(threads, lanes);
                float[] y = [.. Enumerable.Repeat(0.7321f, length)];
                Elementwise.Map<Exponential>(y, y, team);
                Assert.True(y.Distinct().Count() <= 1);
            }
        }
    }

    private readonly struct Exponential : IUnaryOperator
    {
        public L Apply<L>(L x) where L : struct, ILanes<L> => L.Exp(x);
    }
}

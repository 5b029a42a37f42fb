using EmotionMLNet.Kernels;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Kernels;

[Trait("Category", "Kernels")]
public sealed class LanesTests
{
    [Fact]
    public void The_forced_width_is_in_force()
    {
        // .ci/run: DOTNET_EnableAVX512=0 EXPECT_LANES=8 dotnet test --filter Category=Kernels
        if (Environment.GetEnvironmentVariable("EXPECT_LANES") is { } lanes)
            Assert.Equal(lanes, $"{Lanes.Widest}");
        else
            Assert.DoesNotContain(
                Environment.GetEnvironmentVariables().Keys.Cast<string>(),
                n => n.StartsWith("DOTNET_Enable", StringComparison.Ordinal)
            );
    }

    [Theory]
    [InlineData(16)]
    [InlineData(8)]
    [InlineData(4)]
    [InlineData(1)]
    public void Every_operation_is_the_scalar_one_in_each_lane(int lanes)
    {
        switch (lanes)
        {
            case 16: Check<Lanes16>(); break;
            case 8: Check<Lanes8>(); break;
            case 4: Check<Lanes4>(); break;
            default: Check<Lanes1>(); break;
        }
    }

    private static unsafe void Check<L>() where L : struct, ILanes<L>
    {
        float[] a = RandomValues.Uniform(L.Count, 1, 3),
            b = RandomValues.Uniform(L.Count, 2, 3),
            c = RandomValues.Uniform(L.Count, 3, 3),
            to = new float[L.Count];
        b[0] = a[0]; // for the comparison of equals
        fixed (float* pa = a, pb = b, pc = c, pt = to)
        {
            L x = L.Load(pa), y = L.Load(pb), z = L.Load(pc);
            (string Name, L Vector, Func<float, float, float, float> Scalar)[] operations =
            [
                ("a", x, (p, _, _) => p),
                ("1.5", L.Broadcast(1.5f), (_, _, _) => 1.5f),
                ("a + b", x + y, (p, q, _) => p + q),
                ("a - b", x - y, (p, q, _) => p - q),
                ("a * b", x * y, (p, q, _) => p * q),
                ("a / b", x / y, (p, q, _) => p / q),
                ("a * b + c", L.FusedMultiplyAdd(x, y, z), MathF.FusedMultiplyAdd),
                ("max", L.Max(x, y), (p, q, _) => MathF.Max(p, q)),
                ("min", L.Min(x, y), (p, q, _) => MathF.Min(p, q)),
                ("a > b ? c : a", L.Select(x, y, z, x), (p, q, r) => p > q ? r : p),
                ("a = b ? c : a", L.SelectEqual(x, y, z, x), (p, q, r) => p == q ? r : p),
            ];
            foreach ((string name, L vector, Func<float, float, float, float> scalar) in operations)
            {
                vector.Store(pt);
                for (int i = 0; i < L.Count; i++)
                    Assert.True(
                        scalar(a[i], b[i], c[i]) == to[i],
                        $"{name}, lane {i} of {L.Count}: expected {scalar(a[i], b[i], c[i])}, got {to[i]}."
                    );
            }
            L.Exp(x).Store(pt);
            for (int i = 0; i < L.Count; i++) Assert.Equal(Math.Exp(a[i]), to[i], 1e-6 * Math.Exp(a[i]));
        }
    }
}

using EmotionMLNet.Kernels;

namespace EmotionMLNet.Tests.Kernels;

[Trait("Category", "Kernels")]
public sealed class LanesTests
{
    [Fact]
    public void The_forced_width_is_in_force()
    {
        // .ci/run: DOTNET_EnableAVX512=0 EXPECT_LANES=8 dotnet test --filter Category=Kernels
        if (Environment.GetEnvironmentVariable("EXPECT_LANES") is { } lanes) Assert.Equal(lanes, $"{Lanes.Widest}");
        else Assert.DoesNotContain(Environment.GetEnvironmentVariables().Keys.Cast<string>(), n => n.StartsWith("DOTNET_Enable", StringComparison.Ordinal));
    }
}

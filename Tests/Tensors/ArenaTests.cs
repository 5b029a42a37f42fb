using EmotionMLNet.Tensors;

namespace EmotionMLNet.Tests.Tensors;

public sealed class ArenaTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(3_000_001)] // large enough for pages of 2 MiB
    public unsafe void A_block_starts_zeroed_and_on_a_cache_line(int floats)
    {
        for (int again = 0; again < 3; again++) // memory of a block that was used before comes back
        {
            var arena = new Arena(floats);
            Span<float> all = arena.Slice(0, floats);
            Assert.Equal(-1, all.IndexOfAnyExcept(0f));
            fixed (float* start = all) Assert.Equal(0, (nint)start % 64);
            all.Fill(float.NaN);
            GC.Collect();
        }
    }

    [Fact]
    public void A_block_of_more_floats_than_an_array_holds_is_refused_with_advice() =>
        Assert.Contains(
            "smaller batch",
            Assert.Throws<ArgumentOutOfRangeException>(() => new Arena(1L << 31)).Message,
            StringComparison.Ordinal
        );
}

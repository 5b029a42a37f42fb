using EmotionMLNet.Tensors;

namespace EmotionMLNet.Tests.Tensors;

public sealed class MemoryPlannerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Buffers_that_live_together_never_overlap_and_offsets_are_aligned(int seed)
    {
        var random = new Random(seed);
        var planner = new MemoryPlanner();
        var buffers = Enumerable
            .Range(0, 200)
            .Select(_ => (Length: random.Next(1, 500), Birth: random.Next(100), Life: random.Next(30)))
            .ToArray();
        int[] numbers = [.. buffers.Select(b => planner.Add(b.Length, b.Birth))];
        for (int i = 0; i < buffers.Length; i++) planner.Use(numbers[i], buffers[i].Birth + buffers[i].Life);
        planner.Place();

        for (int i = 0; i < buffers.Length; i++)
        {
            int start = planner.OffsetOf(numbers[i]);
            Assert.Equal(0, start % Arena.Alignment);
            Assert.True(start + buffers[i].Length <= planner.Total);
            for (int j = 0; j < i; j++)
            {
                bool together =
                    buffers[i].Birth <= buffers[j].Birth + buffers[j].Life && buffers[j].Birth <= buffers[i].Birth + buffers[i].Life;
                bool apart =
                    start + buffers[i].Length <= planner.OffsetOf(numbers[j]) || planner.OffsetOf(numbers[j]) + buffers[j].Length <= start;
                Assert.True(!together || apart, $"Buffers {i} and {j} live at the same time and overlap.");
            }
        }
    }

    [Fact]
    public void Buffers_that_never_meet_share_one_place()
    {
        var planner = new MemoryPlanner();
        int a = planner.Add(100, 0), b = planner.Add(100, 2);
        planner.Use(a, 1);
        planner.Place();
        Assert.Equal(planner.OffsetOf(a), planner.OffsetOf(b));
        Assert.Equal(Arena.Align(100), planner.Total);
    }

    [Fact]
    public void An_arena_starts_on_a_cache_line()
    {
        var arena = new Arena(33);
        unsafe
        {
            fixed (float* p = arena.Slice(0, 33)) Assert.Equal(0, (nint)p % 64);
        }
    }
}

using EmotionMLNet.Imaging;

namespace EmotionMLNet.Tests.Imaging;

/// <summary>The gate of bytes: never above the limit, in the order of asking, never shut for good.</summary>
public sealed class DecodingBudgetTests
{
    private const int Limit = 100;

    [Fact]
    public void Threads_never_hold_more_than_the_limit_together()
    {
        var budget = new DecodingBudget();
        long most = 0, held = 0;
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 16 }, thread =>
        {
            var random = new Random(thread);
            for (int i = 0; i < 300; i++)
            {
                int bytes = random.Next(1, Limit + 1);
                budget.Take(bytes, Limit, CancellationToken.None);
                InterlockedMax(ref most, Interlocked.Add(ref held, bytes));
                Interlocked.Add(ref held, -bytes);
                budget.Return(bytes);
            }
        });
        Assert.InRange(most, 1, Limit);
        Assert.Equal(0, budget.Held);
    }

    [Fact]
    public async Task A_large_need_is_not_passed_over_for_small_ones()
    {
        var budget = new DecodingBudget();
        budget.Take(60, Limit, CancellationToken.None);
        var large = new TaskCompletionSource();
        var waiting = new ManualResetEventSlim();
        Task first = Task.Run(() =>
        {
            waiting.Set();
            budget.Take(90, Limit, CancellationToken.None);
            large.SetResult();
        });
        waiting.Wait();
        while (!await IsWaiting(budget)) await Task.Yield();
        // 20 more would fit beside the 60, but the 90 came first.
        Task second = Task.Run(() => budget.Take(20, Limit, CancellationToken.None));
        Assert.False(large.Task.IsCompleted);
        budget.Return(60);
        await large.Task;
        Assert.False(second.IsCompleted);
        budget.Return(90);
        await second;
        await first;
        Assert.Equal(20, budget.Held);
    }

    [Fact]
    public async Task Waiting_ends_with_cancellation_and_lets_the_next_pass()
    {
        var budget = new DecodingBudget();
        budget.Take(90, Limit, CancellationToken.None);
        using var cancellation = new CancellationTokenSource();
        Task cancelled = Task.Run(() => budget.Take(50, Limit, cancellation.Token));
        while (!await IsWaiting(budget)) await Task.Yield();
        Task next = Task.Run(() => budget.Take(10, Limit, CancellationToken.None));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await next;
        Assert.Equal(100, budget.Held);
    }

    [Fact]
    public void A_picture_above_the_limit_is_refused_and_says_what_it_needs()
    {
        byte[] file = WorstPictures.Png(1200, 1000, 8, 6, interlaced: false);
        var options = new ImageReaderOptions { MaxWorkingBytes = 1 << 20, WantedSize = (900, 900) };
        byte[] pixels = new byte[3];
        var e = Assert.Throws<ImageFormatException>(() => ImageReader.Read(file, options, new ImageMemory()));
        Assert.Matches(
            "^1200 x 1000 pixels, 4 MB of working memory are more than the limit of 1 MB; scale the picture down, or raise "
                + "ImageReaderOptions.MaxWorkingBytes$",
            e.Reason
        );
        Assert.Equal((1200, 1000), (ImageReader.Read(file, options with { MaxWorkingBytes = 8 << 20 }).Width, 1000));
    }

    [Fact]
    public void Nothing_is_held_after_a_picture_or_a_refusal()
    {
        long before = DecodingBudget.Shared.Held;
        byte[] file = WorstPictures.Png(1500, 1500, 8, 6, interlaced: true), cut = file[..^30];
        for (int i = 0; i < 3; i++)
        {
            ImageReader.Read(file);
            Assert.Throws<ImageFormatException>(() => ImageReader.Read(cut));
            Assert.Throws<OperationCanceledException>(() => ImageReader.Read(file, null, new CancellationToken(canceled: true)));
        }
        // Other tests decode meanwhile; what these nine took would be 9 x 9 MB.
        Assert.InRange(DecodingBudget.Shared.Held - before, long.MinValue, 60 << 20);
    }

    private static async Task<bool> IsWaiting(DecodingBudget budget)
    {
        await Task.Delay(1);
        return budget.Waiting > 0;
    }

    private static void InterlockedMax(ref long most, long value)
    {
        for (
            long seen = Interlocked.Read(ref most);
            value > seen && Interlocked.CompareExchange(ref most, value, seen) != seen;
            seen = Interlocked.Read(ref most)
        )
            ;
    }
}

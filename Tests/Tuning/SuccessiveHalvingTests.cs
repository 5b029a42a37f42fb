using EmotionMLNet.Training.Tuning;
using EmotionMLNet.Training.Tuning.Schedulers;

namespace EmotionMLNet.Tests.Tuning;

public sealed class SuccessiveHalvingTests
{
    private static readonly double[] Losses = [0.9, 0.5, 0.7, 0.3, 0.6, 0.4, double.NaN, 0.2, 0.8, 0.95, 0.85];

    [Fact]
    public void One_worker_follows_the_script()
    {
        var history = new List<Trial>();
        var trace = new List<string>();
        for (int i = 0; i < 17; i++)
        {
            HalvingJob job = new SuccessiveHalving(27).Next(history);
            trace.Add($"{(job.Trial is { } known ? $"{known}" : "new")}→{job.Resource}");
            int id = job.Trial ?? history.Count;
            if (job.Trial is null) history.Add(new() { Id = id, Point = [] });
            history[id] = history[id] with { Measurements = [.. history[id].Measurements, new(job.Resource, Losses[id])] };
        }
        Assert.Equal(
            [
                "new→1", "new→1", "new→1",
                "1→3", // the best of 0, 1, 2
                "new→1",
                "3→3", // the best of four
                "new→1", "new→1",
                "5→3", // the second best of six
                "3→9", // the best of the three at 3: higher rungs come first
                "new→1", "new→1", // trial 6 diverges
                "7→3", // the best of eight
                "7→9", // and of the four at 3
                "new→1", // two of nine are among the best three and on their way, and so is 5
                "new→1", "new→1",
            ],
            trace
        );
    }

    [Fact]
    public void A_running_trial_goes_on_once()
    {
        Trial[] history = [Done(0, 0.9), Done(1, 0.5), Done(2, 0.7)];
        var scheduler = new SuccessiveHalving(27);
        Assert.Equal(new HalvingJob(1, 3), scheduler.Next(history));
        history[1] = history[1] with { IsRunning = true };
        Assert.Equal(new HalvingJob(null, 1), scheduler.Next(history));
    }

    [Fact]
    public void Failed_and_diverged_trials_never_go_on()
    {
        var scheduler = new SuccessiveHalving(9);
        Assert.Equal(new HalvingJob(null, 1), scheduler.Next([Done(0, double.NaN), Done(1, double.NaN), Done(2, double.NaN)]));
        Assert.Equal(new HalvingJob(null, 1), scheduler.Next([Done(0, 0.1) with { HasFailed = true }, Done(1, 0.2), Done(2, 0.3)]));
    }

    [Theory]
    [InlineData(27, new[] { 1, 3, 9, 27 })]
    [InlineData(30, new[] { 1, 3, 10, 30 })]
    [InlineData(100, new[] { 4, 11, 33, 100 })]
    [InlineData(8, new[] { 1, 3, 8 })]
    [InlineData(2, new[] { 1, 2 })]
    [InlineData(1, new[] { 1 })]
    public void Rungs_end_at_the_whole_and_begin_at_a_unit_or_a_27th(int resource, int[] rungs) =>
        Assert.Equal(rungs, new SuccessiveHalving(resource).Rungs);

    [Fact]
    public void The_median_rule_waits_for_five_and_stops_what_is_worse_than_the_middle()
    {
        Trial[] others =
        [
            .. new[] { 0.1, 0.2, 0.3, 0.4, 0.5 }.Select((l, i) => new Trial { Id = i, Point = [], Measurements = [new(1, 1), new(2, l)] }),
        ];
        Assert.True(MedianRule.ShouldStop(Running(0.8, 0.35), others));
        Assert.False(MedianRule.ShouldStop(Running(0.8, 0.25), others));
        Assert.False(MedianRule.ShouldStop(Running(0.25, 0.8), others)); // its best so far counts
        Assert.False(MedianRule.ShouldStop(Running(0.8, 0.35), others[1..]));
        Assert.False(MedianRule.ShouldStop(Running(0.8, 0.35), [others[0] with { IsRunning = true }, .. others[1..]]));
        Assert.True(MedianRule.ShouldStop(Running(double.NaN, double.NaN), others));

        static Trial Running(double first, double second) =>
            new() { Id = 9, Point = [], IsRunning = true, Measurements = [new(1, first), new(2, second)] };
    }

    private static Trial Done(int id, double loss) => new() { Id = id, Point = [], Measurements = [new(1, loss)] };
}

using EmotionMLNet.Training.Schedules;

namespace EmotionMLNet.Tests.Schedules;

public sealed class ScheduleTests
{
    private const double Epochs = 30;

    private static double[] Over(ISchedule schedule) => [.. Enumerable.Range(0, 301).Select(i => schedule.ComputeFactor(i / 10.0, Epochs))];

    [Fact]
    public void A_constant_stays() => Assert.All(Over(new ConstantSchedule()), f => Assert.Equal(1, f));

    [Fact]
    public void Steps_fall_between_epochs()
    {
        var schedule = new StepSchedule(every: 5, gamma: 0.5);
        Assert.Equal(1, schedule.ComputeFactor(4.99, Epochs));
        Assert.Equal(0.5, schedule.ComputeFactor(5.01, Epochs));
        Assert.Equal(0.25, schedule.ComputeFactor(10, Epochs));
        Assert.Equal(1 / 32.0, schedule.ComputeFactor(29.9, Epochs));
    }

    [Fact]
    public void An_exponential_loses_the_same_share_each_epoch()
    {
        var schedule = new ExponentialSchedule(0.9);
        Assert.Equal(1, schedule.ComputeFactor(0, Epochs));
        Assert.Equal(0.9, schedule.ComputeFactor(8, Epochs) / schedule.ComputeFactor(7, Epochs), 1e-12);
        Assert.Equal(Math.Pow(0.9, 2.5), schedule.ComputeFactor(2.5, Epochs), 1e-12);
    }

    [Fact]
    public void A_cosine_falls_from_one_through_a_half_to_zero()
    {
        double[] factors = Over(new CosineSchedule());
        Assert.Equal(1, factors[0]);
        Assert.Equal(0.5, factors[150], 1e-12);
        Assert.Equal(0, factors[^1], 1e-12);
        Assert.Equal(factors.OrderDescending(), factors);
    }

    [Fact]
    public void A_warm_up_rises_in_a_line_and_leaves_the_rest_to_the_schedule_behind_it()
    {
        var schedule = new WarmUp(2, new CosineSchedule());
        Assert.Equal(0, schedule.ComputeFactor(0, Epochs));
        Assert.Equal(0.25, schedule.ComputeFactor(0.5, Epochs));
        Assert.Equal(1, schedule.ComputeFactor(2, Epochs));
        Assert.Equal(0.5, schedule.ComputeFactor(16, Epochs), 1e-12);
        Assert.Equal(0, schedule.ComputeFactor(30, Epochs), 1e-12);
    }

    [Fact]
    public void One_cycle_rises_for_three_tenths_and_ends_far_below_its_start()
    {
        double[] factors = Over(new OneCycleSchedule());
        Assert.Equal(1 / 25.0, factors[0], 1e-12);
        Assert.Equal(1, factors[90], 1e-12);
        Assert.Equal(1 / 25.0 / 1e4, factors[^1], 1e-12);
        Assert.Equal(factors[..91].Order(), factors[..91]);
        Assert.Equal(factors[90..].OrderDescending(), factors[90..]);
    }

    [Fact]
    public void A_plateau_falls_after_patience_epochs_without_a_new_best_and_then_waits_anew()
    {
        var schedule = new PlateauSchedule(factor: 0.1, patience: 2, smallest: 0.01);
        bool[] improved = [true, false, true, false, false, false, false, false, false];
        double[] expected = [1, 1, 1, 1, 0.1, 0.1, 0.01, 0.01, 0.01];
        for (int i = 0; i < improved.Length; i++)
        {
            schedule.Observe(improved[i]);
            Assert.Equal(expected[i], schedule.ComputeFactor(i + 1, Epochs), 1e-12);
        }
    }
}

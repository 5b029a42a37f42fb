using EmotionMLNet.Training.Runs.Budget;

namespace EmotionMLNet.Tests.Runs.Budget;

public sealed class ScheduleTrackerTests
{
    [Fact]
    public void A_plan_that_stands_puts_each_step_where_its_epoch_and_number_say_to_the_bit()
    {
        var course = new ScheduleTracker(epochs: 7, batches: 13);
        for (int epoch = 0; epoch < 7; epoch++)
        {
            course.Begin(epoch);
            Assert.Equal(13, course.Steps);
            for (int batch = 0; batch < 13; batch++) Assert.Equal(epoch + (batch + 0.5) / 13, course.At(batch));
            course.End();
            Assert.Equal(new SchedulePosition(7, 7, epoch + 1), course.Point);
        }
    }

    [Theory]
    [InlineData(10, 6)]
    [InlineData(10, 25)]
    [InlineData(3, 3)]
    public void With_more_or_fewer_epochs_what_is_left_is_spread_evenly_over_what_is_left(int planned, int really)
    {
        var course = new ScheduleTracker(planned, batches: 5);
        List<double> at = [];
        for (int epoch = 0; epoch < really; epoch++)
        {
            if (epoch == 2) course.Epochs = really;
            at.AddRange(Epoch(course, epoch));
        }
        Assert.Equal(5 * really, at.Count);
        double pace = (planned - 2.0) / (really - 2);
        for (int i = 11; i < at.Count; i++)
            Assert.Equal(pace / 5, at[i] - at[i - 1], 1e-9); // ten steps in two epochs went at the first pace
        Assert.Equal(planned - pace / 10, at[^1], 1e-9);
        Assert.Equal(planned, course.Point.Position, 1e-9);
    }

    [Fact]
    public void An_epoch_that_becomes_the_last_goes_to_the_end_of_the_schedule_however_often_it_is_cut()
    {
        var course = new ScheduleTracker(epochs: 4, batches: 10);
        Epoch(course, 0);
        course.Begin(1);
        List<double> at = [course.At(0), course.At(1)];
        course.EndWith(epoch: 1, done: 2, steps: 6);
        at.AddRange([course.At(2), course.At(3)]);
        course.EndWith(epoch: 1, done: 4, steps: 7);
        for (int batch = 4; batch < course.Steps; batch++) at.Add(course.At(batch));
        course.End();
        Assert.Equal(2, course.Epochs);
        Assert.Equal(7, at.Count);
        Assert.Equal(at.Order(), at);
        Assert.Equal(4, course.Point.Position, 1e-9);
        Assert.InRange(at[^1], 3.5, 4);
    }

    [Fact]
    public void An_epoch_may_end_at_once()
    {
        var course = new ScheduleTracker(epochs: 2, batches: 10);
        course.Begin(0);
        course.EndWith(epoch: 0, done: 3, steps: 3);
        Assert.Equal(3, course.Steps);
        course.End();
        Assert.Equal(new SchedulePosition(2, 1, 2), course.Point);
    }

    [Fact]
    public void A_course_that_was_taken_up_goes_on_as_before()
    {
        ScheduleTracker whole = Corrected(), resumed = new(epochs: 99, batches: 5) { Point = Corrected().Point };
        Assert.Equal(Epoch(whole, 3), Epoch(resumed, 3));

        static ScheduleTracker Corrected()
        {
            var course = new ScheduleTracker(epochs: 9, batches: 5);
            for (int epoch = 0; epoch < 3; epoch++)
            {
                if (epoch == 1) course.Epochs = 6;
                Epoch(course, epoch);
            }
            return course;
        }
    }

    private static double[] Epoch(ScheduleTracker course, int epoch)
    {
        course.Begin(epoch);
        double[] at = [.. Enumerable.Range(0, course.Steps).Select(course.At)];
        course.End();
        return at;
    }
}

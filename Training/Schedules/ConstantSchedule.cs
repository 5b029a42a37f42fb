namespace EmotionMLNet.Training.Schedules;

/// <summary>The peak rate throughout.</summary>
internal sealed class ConstantSchedule : ISchedule
{
    public double ComputeFactor(double epoch, double epochs) => 1;
}

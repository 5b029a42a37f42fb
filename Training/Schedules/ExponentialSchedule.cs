namespace EmotionMLNet.Training.Schedules;

/// <summary>Times <paramref name="gamma"/> an epoch, smoothly.</summary>
internal sealed class ExponentialSchedule(double gamma) : ISchedule
{
    public double ComputeFactor(double epoch, double epochs) => Math.Pow(gamma, epoch);
}

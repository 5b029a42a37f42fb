namespace EmotionMLNet.Training.Schedules;

/// <summary>Half a cosine from the peak to zero: Loshchilov and Hutter 2016, arXiv:1608.03983, without restarts.</summary>
internal sealed class CosineSchedule : ISchedule
{
    public double ComputeFactor(double epoch, double epochs) => 0.5 * (1 + Math.Cos(Math.PI * Math.Clamp(epoch / epochs, 0, 1)));
}

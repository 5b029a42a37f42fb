namespace EmotionMLNet.Training.Schedules;

/// <summary>Times <paramref name="gamma"/> after every <paramref name="every"/> epochs.</summary>
internal sealed class StepSchedule(double every, double gamma) : ISchedule
{
    public double ComputeFactor(double epoch, double epochs) => Math.Pow(gamma, Math.Floor(epoch / every));
}

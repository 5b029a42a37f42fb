namespace EmotionMLNet.Training.Schedules;

/// <summary>
/// From 1/25 up to the peak over the first 30 % and down to 1/10,000 of the start, both along cosines: Smith and Topin 2017,
/// arXiv:1708.07120, with PyTorch's defaults.
/// </summary>
internal sealed class OneCycleSchedule : ISchedule
{
    private const double Rise = 0.3, Start = 1.0 / 25, End = Start / 1e4;

    public double ComputeFactor(double epoch, double epochs)
    {
        double t = Math.Clamp(epoch / epochs, 0, 1);
        return t < Rise ? Between(Start, 1, t / Rise) : Between(1, End, (t - Rise) / (1 - Rise));
    }

    private static double Between(double from, double to, double t) => to + (from - to) / 2 * (1 + Math.Cos(Math.PI * t));
}

namespace EmotionMLNet.Training.Reporting;

/// <summary>A job whose progress nobody watches.</summary>
internal sealed class SilentJob : IJob
{
    public void Begin(string name, double weight)
    {
        // Nobody looks.
    }

    public void Skip(double weight)
    {
        // Nobody looks.
    }

    public void Report(double share, string unit = "", int count = 0, int all = 0)
    {
        // Nobody looks.
    }
}

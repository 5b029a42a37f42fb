namespace EmotionMLNet.Training.Reporting;

/// <summary>A job of many parts, each weighed by about how long it takes.</summary>
internal interface IJob
{
    /// <summary>Ends the part before and begins one.</summary>
    /// <param name="name">Shown.</param>
    /// <param name="weight">Its share of the total.</param>
    void Begin(string name, double weight);

    /// <summary>Takes out a part that turns out to be done already.</summary>
    /// <param name="weight">Its share of the total.</param>
    void Skip(double weight);

    /// <summary>Says how far the part has come.</summary>
    /// <param name="share">0 to 1; less than before is ignored.</param>
    /// <param name="unit">What is counted, "epoch", or nothing.</param>
    /// <param name="count">Which one is running.</param>
    /// <param name="all">How many there are.</param>
    void Report(double share, string unit = "", int count = 0, int all = 0);
}

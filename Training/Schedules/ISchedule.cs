namespace EmotionMLNet.Training.Schedules;

/// <summary>
/// How the learning rate changes over a run, as a factor on the peak rate: a function of progress, so that a resumed run goes on alike.
/// </summary>
internal interface ISchedule
{
    /// <param name="epoch">Epochs done, with the fraction of the running one, at the middle of a step: so neither the first step of a rise
    /// nor the last of a fall is wasted on a rate of zero, and a change between epochs falls between two steps.</param>
    /// <param name="epochs">Epochs of the whole run.</param>
    /// <returns>0 to 1.</returns>
    double ComputeFactor(double epoch, double epochs);
}

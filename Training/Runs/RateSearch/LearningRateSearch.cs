namespace EmotionMLNet.Training.Runs.RateSearch;

/// <summary>One step of the search.</summary>
/// <param name="Rate">That the step was taken with.</param>
/// <param name="Loss">The loss of the step's batch, before the step.</param>
/// <param name="Smoothed">Moving average of the losses so far.</param>
internal readonly record struct LearningRatePoint(double Rate, double Loss, double Smoothed);

/// <summary>
/// The learning-rate range test: the rate rises exponentially from step to step, and the loss tells where learning begins and where it
/// breaks. Smith 2015, arXiv:1506.01186; exponential rise, smoothing and the end at four times the lowest loss as in fastai.
/// </summary>
/// <remarks>
/// The smoothed loss is an exponential moving average with decay 0.9, corrected for its start from zero. The suggestion is a tenth of the
/// rate at which it is lowest: there the loss still falls fast, and the peak of a schedule keeps its distance from where it breaks.
/// </remarks>
/// <param name="Points">The points in the order of the steps.</param>
/// <param name="Diverged">Whether the loss rose beyond all hope before the last rate was reached.</param>
internal sealed record LearningRateSearch(IReadOnlyList<LearningRatePoint> Points, bool Diverged)
{
    private const double Decay = 0.9, Hopeless = 4;

    // Share of the first loss by which it must fall, and share of the fall that must be lost again, to be more than noise.
    private const double Earnest = 0.02, Lost = 0.5;

    // Steps in which the average is little more than the first batches' luck.
    private const int Unsettled = 5;

    /// <summary>Where the smoothed loss is lowest, before it first rises again in earnest; null when it never fell in earnest.</summary>
    /// <remarks>
    /// Behind that place the weights are spoilt, and a network with batch norms may wander at chance level without ever diverging: whatever
    /// dips come there mean nothing.
    /// </remarks>
    public LearningRatePoint? Lowest => Valley() is { } valley ? Points[valley.Lowest] : null;

    /// <summary>Where half of what the loss had fallen is lost again; null when that was not reached.</summary>
    public LearningRatePoint? Broken => Valley() is { Broken: { } at } ? Points[at] : null;

    /// <summary>The suggested peak rate; null when the loss never fell.</summary>
    public double? Suggested => Lowest?.Rate / 10;

    /// <summary>Where the smoothed loss falls fastest against the logarithm of the rate; null when it never fell.</summary>
    public LearningRatePoint? Steepest
    {
        get
        {
            if (Lowest is not { } lowest) return null;
            LearningRatePoint[] falling = [.. Points.Skip(Unsettled).TakeWhile(p => p.Rate <= lowest.Rate)];
            return Enumerable
                .Range(1, falling.Length - 1)
                .Select(i =>
                    (
                        Point: falling[i],
                        Slope: (falling[i].Smoothed - falling[i - 1].Smoothed) / Math.Log(falling[i].Rate / falling[i - 1].Rate)
                    )
                )
                .MinBy(p => p.Slope)
                .Point;
        }
    }

    /// <summary>Trains with rising rates.</summary>
    /// <param name="learner">A learner at the start of its run; its weights are spent afterwards.</param>
    /// <param name="from">First rate, positive.</param>
    /// <param name="to">Last rate, larger.</param>
    /// <param name="steps">Number of steps, at least 2; at most those of an epoch are taken.</param>
    /// <param name="progress">Receives the number of steps that are done.</param>
    /// <param name="cancellation">Ends the search with an exception.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static LearningRateSearch Run(
        Learner learner,
        double from,
        double to,
        int steps,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellation
    )
    {
        steps = Math.Min(steps, learner.Batches);
        var points = new List<LearningRatePoint>(steps);
        double average = 0, lowest = double.PositiveInfinity;
        for (int i = 0; i < steps; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            double rate = from * Math.Pow(to / from, i / Math.Max(1.0, steps - 1)), loss = learner.ComputeGradients(epoch: 0, i).Loss;
            average = Decay * average + (1 - Decay) * loss;
            double smoothed = average / (1 - Math.Pow(Decay, i + 1));
            if (!double.IsFinite(loss) || (i >= Unsettled && smoothed > Hopeless * lowest))
                return new LearningRateSearch(points, Diverged: true);
            points.Add(new LearningRatePoint(rate, loss, smoothed));
            if (i >= Unsettled) lowest = Math.Min(lowest, smoothed);
            learner.Update(rate);
            progress?.Report(new WorkProgress(i + 1, steps));
        }
        return new LearningRateSearch(points, Diverged: false);
    }

    private (int Lowest, int? Broken)? Valley()
    {
        if (Points.Count <= Unsettled) return null;
        double first = Points[Unsettled].Smoothed;
        int best = Unsettled;
        for (int i = Unsettled + 1; i < Points.Count; i++)
        {
            if (Points[i].Smoothed < Points[best].Smoothed) best = i;
            else if (Fallen(best) >= Earnest * first && Fallen(i) < Lost * Fallen(best)) return (best, i);
        }
        return Fallen(best) >= Earnest * first ? (best, null) : null;

        double Fallen(int i) => first - Points[i].Smoothed;
    }
}

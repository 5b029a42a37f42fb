namespace EmotionMLNet.Trainer.Training.Budget;

/// <summary>
/// Fits a run to a time. Before the first step a few passes are timed, and as many whole epochs are planned as fit. After every epoch the time
/// that one takes (training, validation, saving) is known better: the plan gets another epoch as soon as one fits, and loses one when it would be cut
/// off by more than a quarter. During an epoch nothing changes unless hardly any time would be left behind it: then it is the last one, cut to
/// the steps that still fit.
/// </summary>
/// <remarks>The wall clock decides, so a run repeats to the bit only as far as the plan does; without a correction it has the bits of one with that number of epochs.</remarks>
internal sealed class TimeBudget
{
    // Passes before any is timed (code is compiled, memory touched), and the most that are timed.
    private const int Cold = 3, Trials = 10;

    // Share of the time that trials may take; share that the plan leaves free; share of an epoch that may be cut off, and
    // that is worth being begun.
    private const double TrialShare = 0.02, Reserve = 0.02, Cut = 0.25, Worthwhile = 0.25;

    // Steps of an epoch before its own speed counts.
    private const int Settled = 10;

    private readonly TimeSpan limit;
    private readonly TimeProvider time;
    private readonly int batches, images;
    private readonly long started;
    private readonly double before;
    private double step, rest, epochBegan, corrected;

    /// <param name="limit">Of the whole run, positive.</param>
    /// <param name="time">The clock.</param>
    /// <param name="batches">Steps of an epoch.</param>
    /// <param name="images">Images of an epoch.</param>
    /// <param name="history">Epochs that a resumed run has behind it.</param>
    /// <param name="spent">Seconds that it has behind it.</param>
    public TimeBudget(TimeSpan limit, TimeProvider time, int batches, int images, IReadOnlyList<EpochResult> history, double spent)
    {
        (this.limit, this.time, this.batches, this.images, before, started) = (limit, time, batches, images, spent, time.GetTimestamp());
        foreach (EpochResult epoch in history) Learn(epoch, epoch.Seconds);
        corrected = spent;
    }

    /// <summary>Seconds of the run so far.</summary>
    public double Spent => before + time.GetElapsedTime(started).TotalSeconds;

    /// <summary>What an epoch takes, in seconds, as far as is known.</summary>
    public double EpochSeconds => batches * step + rest;

    /// <summary>Plans the run.</summary>
    /// <param name="pass">One pass of a training step that leaves no trace, by number.</param>
    /// <param name="validationSteps">Batches of validation pictures, held to be a third of a step each until the first epoch has shown it.</param>
    /// <returns>Epochs, at least 1.</returns>
    public int Plan(Action<int> pass, double validationSteps)
    {
        var taken = new List<double>();
        for (int i = 0; i < Cold + Trials && (taken.Count == 0 || Spent < TrialShare * limit.TotalSeconds); i++)
        {
            long start = time.GetTimestamp();
            pass(i);
            double seconds = time.GetElapsedTime(start).TotalSeconds;
            if (i >= Cold || Spent >= TrialShare * limit.TotalSeconds) taken.Add(seconds);
        }
        taken.Sort();
        step = Math.Max(taken[taken.Count / 2], 1e-9);
        rest = validationSteps * step / 3;
        corrected = Spent;
        return Math.Max(1, Fitting(limit.TotalSeconds - corrected));
    }

    /// <summary>To be called when an epoch begins.</summary>
    public void EpochBegun() => epochBegan = Spent;

    /// <summary>Whether the running epoch is the last one, and with how many steps.</summary>
    /// <param name="done">Steps done.</param>
    /// <param name="isLast">Whether that is settled.</param>
    /// <returns>Its steps, those done included, at least one; null when it goes on whole and another follows.</returns>
    public int? StepsOfLast(int done, bool isLast)
    {
        double spent = Spent, left = limit.TotalSeconds - spent - rest, expected = step;
        if (done >= Settled)
        {
            double now = Math.Max(1e-9, (spent - epochBegan) / done);
            expected = isLast ? now : Math.Min(now, step); // an epoch is not the last because it stood still for a moment
        }
        if (!isLast && left - (batches - done) * expected >= Worthwhile * EpochSeconds) return null;
        return (int)Math.Clamp(done + Math.Floor(left / expected), Math.Max(1, done), batches);
    }

    /// <summary>Learns from a finished epoch.</summary>
    /// <param name="result">The epoch.</param>
    /// <param name="planned">Epochs of the run as planned.</param>
    /// <returns>Epochs of the run as they are to be planned now; the epochs done mean that it ends.</returns>
    public int Correct(EpochResult result, int planned)
    {
        double spent = Spent, left = limit.TotalSeconds - spent;
        Learn(result, spent - corrected);
        corrected = spent;
        int epochs = planned - result.Epoch;
        if (epochs == 0) return planned; // the schedule is at its end
        int fitting = Fitting(left);
        if (fitting > epochs) return result.Epoch + fitting;
        if (epochs * EpochSeconds - left <= Cut * EpochSeconds) return planned;
        int nearly = (int)Math.Floor(left / EpochSeconds + Cut);
        return result.Epoch + Math.Clamp(nearly, left - rest >= step ? 1 : 0, epochs);
    }

    private int Fitting(double left) => (int)Math.Clamp(Math.Floor((1 - Reserve) * left / EpochSeconds), 0, 1e6);

    // The latest epoch counts as much as all before it together: what else the machine does changes, and so may the blocks that learn.
    private void Learn(EpochResult result, double seconds)
    {
        double trained = images / result.ImagesPerSecond, other = Math.Max(0, seconds - trained), one = Math.Max(1e-9, trained / batches);
        (step, rest) = result.Epoch == 1 ? (one, other) : ((step + one) / 2, (rest + other) / 2);
    }
}

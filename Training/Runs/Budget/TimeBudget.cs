namespace EmotionMLNet.Training.Runs.Budget;

/// <summary>
/// Fits a run to a time. Before the first step a few passes are timed, and as many whole epochs are planned as fit. After every epoch the
/// time that one takes (training, validation, saving) is known better: the plan gets another epoch as soon as one fits, and loses one when
/// it would be cut off by more than a quarter. During an epoch nothing changes unless hardly any time would be left behind it: then it is
/// the last one, cut to the steps that still fit. Epochs that are shown small pictures have a pace of their own.
/// </summary>
/// <remarks>
/// The wall clock decides, so a run repeats to the bit only as far as the plan does; without a correction it has the bits of one with that
/// number of epochs.
/// </remarks>
internal sealed class TimeBudget
{
    // Passes before any is timed (code is compiled, memory touched), and the most that are timed.
    private const int Cold = 3, Trials = 10;

    // Share of the time that the trials of one pace may take; share that the plan leaves free; share of an epoch that may be cut off, and
    // that is worth being begun.
    private const double TrialShare = 0.02, Reserve = 0.02, Cut = 0.25, Worthwhile = 0.25;

    // Steps of an epoch before its own speed counts.
    private const int Settled = 10;

    // Most epochs of a plan.
    private const int Most = 1_000_000;

    private readonly TimeSpan limit;
    private readonly TimeProvider time;
    private readonly int batches, images;
    private readonly Func<int, int, int> small;
    private readonly long started;
    private readonly double before;
    private readonly double?[] steps = new double?[2]; // with whole pictures, with small ones
    private readonly int[] learned = new int[2]; // epochs that they come from
    private double rest, epochBegan, corrected;
    private bool isSmall;

    /// <param name="limit">The time of the whole run, positive.</param>
    /// <param name="time">The clock.</param>
    /// <param name="batches">Steps of an epoch.</param>
    /// <param name="images">Images of an epoch.</param>
    /// <param name="small">How many epochs, from the first, are shown small pictures, by the epochs done and the epochs of the run.</param>
    /// <param name="history">Epochs that a resumed run has behind it.</param>
    /// <param name="spent">Seconds that it has behind it.</param>
    public TimeBudget(
        TimeSpan limit,
        TimeProvider time,
        int batches,
        int images,
        Func<int, int, int> small,
        IReadOnlyList<EpochResult> history,
        double spent
    )
    {
        this.limit = limit;
        this.time = time;
        this.batches = batches;
        this.images = images;
        this.small = small;
        before = spent;
        started = time.GetTimestamp();
        int smallBefore = small(history.Count, history.Count);
        foreach (EpochResult epoch in history) Learn(epoch, epoch.Seconds, epoch.Epoch <= smallBefore);
        corrected = spent;
    }

    /// <summary>Seconds of the run so far.</summary>
    public double Spent => before + time.GetElapsedTime(started).TotalSeconds;

    /// <summary>Whether it is known how long a step takes.</summary>
    /// <param name="isSmall">Whether the pictures are small.</param>
    public bool HasTimed(bool isSmall) => steps[Index(isSmall)] is not null;

    /// <summary>What an epoch takes, in seconds, as far as is known.</summary>
    /// <param name="isSmall">Whether the pictures are small.</param>
    public double EpochSeconds(bool isSmall) => batches * Step(isSmall) + rest;

    /// <summary>Times a step.</summary>
    /// <param name="isSmall">Whether the pictures are small.</param>
    /// <param name="pass">One pass of a training step that leaves no trace, by number.</param>
    public void Time(bool isSmall, Action<int> pass)
    {
        var taken = new List<double>();
        double until = Spent + TrialShare * limit.TotalSeconds;
        for (int i = 0; i < Cold + Trials && (taken.Count == 0 || Spent < until); i++)
        {
            long start = time.GetTimestamp();
            pass(i);
            double seconds = time.GetElapsedTime(start).TotalSeconds;
            if (i >= Cold || Spent >= until) taken.Add(seconds);
        }
        taken.Sort();
        steps[Index(isSmall)] = Math.Max(taken[taken.Count / 2], 1e-9);
    }

    /// <summary>Plans a run that begins.</summary>
    /// <param name="validationSteps">
    /// Batches of validation pictures, held to be a third of a step each until the first epoch has shown it.
    /// </param>
    /// <returns>Epochs, at least 1.</returns>
    public int Plan(double validationSteps)
    {
        rest = validationSteps * Step(isSmall: false) / 3;
        corrected = Spent;
        return Math.Max(1, CountFitting((1 - Reserve) * (limit.TotalSeconds - corrected), done: 0));
    }

    /// <summary>Begins an epoch.</summary>
    /// <param name="isSmall">Whether it is shown small pictures.</param>
    public void BeginEpoch(bool isSmall) => (this.isSmall, epochBegan) = (isSmall, Spent);

    /// <summary>Whether the running epoch is the last one, and with how many steps.</summary>
    /// <param name="done">Steps done.</param>
    /// <param name="isLast">Whether that is settled.</param>
    /// <returns>Its steps, those done included, at least one; null when it goes on whole and another follows.</returns>
    public int? StepsOfLast(int done, bool isLast)
    {
        double spent = Spent, left = limit.TotalSeconds - spent - rest, step = Step(isSmall), expected = step;
        if (done >= Settled)
        {
            double now = Math.Max(1e-9, (spent - epochBegan) / done);
            expected = isLast ? now : Math.Min(now, step); // an epoch is not the last because it stood still for a moment
        }
        if (!isLast && left - (batches - done) * expected >= Worthwhile * EpochSeconds(isSmall)) return null;
        return (int)Math.Clamp(done + Math.Floor(left / expected), Math.Max(1, done), batches);
    }

    /// <summary>Learns from a finished epoch.</summary>
    /// <param name="result">The epoch.</param>
    /// <param name="planned">Epochs of the run as planned.</param>
    /// <returns>Epochs of the run as they are to be planned now; the epochs done mean that it ends.</returns>
    public int Replan(EpochResult result, int planned)
    {
        double spent = Spent, left = limit.TotalSeconds - spent;
        int done = result.Epoch, epochs = planned - done;
        Learn(result, spent - corrected, isSmall);
        corrected = spent;
        if (epochs == 0) return planned; // the schedule is at its end
        int fitting = CountFitting((1 - Reserve) * left, done);
        if (fitting > epochs) return done + fitting;
        double cut = Cut * EpochSeconds(planned <= small(done, planned)); // of the last epoch
        if (Seconds(done, planned) - left <= cut) return planned;
        return done + Math.Clamp(CountFitting(left + cut, done), left - rest >= Step(isSmall) ? 1 : 0, epochs);
    }

    private static int Index(bool isSmall) => isSmall ? 1 : 0;

    private double Step(bool isSmall) => steps[Index(isSmall)] ?? throw new InvalidOperationException("That pace was not timed.");

    // What the epochs of a run after those done take.
    private double Seconds(int done, int epochs)
    {
        int smallAhead = Math.Clamp(small(done, epochs) - done, 0, epochs - done), wholeAhead = epochs - done - smallAhead;
        return (smallAhead > 0 ? smallAhead * EpochSeconds(isSmall: true) : 0)
            + (wholeAhead > 0 ? wholeAhead * EpochSeconds(isSmall: false) : 0);
    }

    // How many more epochs fit; each makes the run longer, whatever share of them is small.
    private int CountFitting(double left, int done)
    {
        int fits = 0, tooMany = Most;
        while (tooMany - fits > 1)
        {
            int middle = fits + (tooMany - fits) / 2;
            if (Seconds(done, done + middle) <= left) fits = middle;
            else tooMany = middle;
        }
        return fits;
    }

    // The latest epoch counts as much as all before it together: what else the machine does changes, and so may the blocks that learn.
    private void Learn(EpochResult result, double seconds, bool isSmall)
    {
        double trained = images / result.ImagesPerSecond, other = Math.Max(0, seconds - trained), one = Math.Max(1e-9, trained / batches);
        ref double? step = ref steps[Index(isSmall)];
        step = learned[Index(isSmall)]++ == 0 ? one : (step + one) / 2;
        rest = result.Epoch == 1 ? other : (rest + other) / 2;
    }
}

namespace EmotionMLNet.Training.Tuning.Schedulers;

/// <summary>What a free worker does next.</summary>
/// <param name="Trial">The number of the trial that goes on; null begins a new one.</param>
/// <param name="Resource">How far it goes.</param>
internal readonly record struct HalvingJob(int? Trial, int Resource);

/// <summary>
/// Asynchronous successive halving (ASHA: Li et al. 2020, arXiv:1810.05934): all trials get a little of the resource, the best third of
/// them three times as much, and so on. Nobody waits for anybody: a trial goes on as soon as it is among the best of its rung.
/// </summary>
internal sealed class SuccessiveHalving
{
    /// <summary>The lowest rung has this share of the whole resource, or a unit of it.</summary>
    private const double LeastShare = 1.0 / 27;

    private readonly int reduction;

    /// <param name="resource">All that a trial can get, at least 1.</param>
    /// <param name="reduction">One in so many goes on, at least 2; it then gets so many times as much.</param>
    public SuccessiveHalving(int resource, int reduction = 3)
        : this(LayOut(resource, reduction), reduction)
    {
    }

    /// <param name="rungs">The resource of each rung, rising.</param>
    /// <param name="reduction">One in so many goes on, at least 2.</param>
    public SuccessiveHalving(IReadOnlyList<int> rungs, int reduction)
    {
        this.reduction = reduction;
        Rungs = rungs;
    }

    /// <summary>The resource of each rung, rising; the last is all of it.</summary>
    public IReadOnlyList<int> Rungs { get; }

    private static List<int> LayOut(int resource, int reduction)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resource, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(reduction, 2);
        var rungs = new List<int>();
        for (double reach = resource; reach >= resource * LeastShare * (1 - 1e-9); reach /= reduction)
            if (Math.Round(reach, MidpointRounding.AwayFromZero) is >= 1 and var whole && (rungs.Count == 0 || whole < rungs[0]))
                rungs.Insert(0, (int)whole);
        return rungs;
    }

    /// <summary>Finds the next job: the best trial of the highest rung that may go on, or a new one.</summary>
    public HalvingJob Next(IReadOnlyList<Trial> history)
    {
        for (int rung = Rungs.Count - 2; rung >= 0; rung--)
            if (FindPromotion(history, rung) is { } trial) return new(trial, Rungs[rung + 1]);
        return new(null, Rungs[0]);
    }

    // Who diverged keeps its place among those that are counted, but never goes on.
    private int? FindPromotion(IReadOnlyList<Trial> history, int rung)
    {
        (Trial Trial, double Loss)[] results =
        [
            .. history
                .Where(t => t.LossAt(Rungs[rung]) is not null)
                .Select(t => (t, t.LossAt(Rungs[rung])!.Value))
                .OrderBy(r => r.Value, Comparer<double>.Create(LossOrder.Compare))
                .ThenBy(r => r.t.Id),
        ];
        foreach ((Trial trial, double loss) in results.Take(results.Length / reduction))
            if (!trial.IsRunning && !trial.HasFailed && !double.IsNaN(loss) && trial.LossAt(Rungs[rung + 1]) is null) return trial.Id;
        return null;
    }
}

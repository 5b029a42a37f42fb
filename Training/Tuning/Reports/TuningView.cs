using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Training.Tuning.Reports;

/// <summary>What all parts of the page look at.</summary>
/// <param name="result">The finished search.</param>
internal sealed class TuningView(TuningResult result)
{
    /// <summary>Rows that a table has at most.</summary>
    public const int MostRows = 50;

    private const double Minute = 60;

    public TuningResult Result => result;

    /// <summary>How its figures are written.</summary>
    public MetricText Text { get; } = new(result.Options.Metric);

    /// <summary>All trials by number.</summary>
    public IReadOnlyList<TrialStanding> All { get; } = TrialStanding.ReadAll(result);

    /// <summary>Those that were to find settings.</summary>
    public IEnumerable<TrialStanding> Search => All.Where(t => t.IsSearch);

    /// <summary>The same, best first.</summary>
    public IReadOnlyList<TrialStanding> Ranked => field ??= [.. Search.Order(Comparer<TrialStanding>.Create(TrialStanding.Compare))];

    /// <summary>The best trial; null where there is none.</summary>
    public TrialStanding? Winner => result.Winner < All.Count ? All[result.Winner] : null;

    /// <summary>Number of rungs.</summary>
    public int Rungs => result.Layout.Rungs.Count;

    /// <summary>"trial 17, mobilenet-v2: 71.6 % on rung 2".</summary>
    public string Tip(TrialStanding t) =>
        $"trial {t.Trial.Id}, {t.Arm.Name}: {Text.OfLoss(t.Loss)}{(t.Rung is { } rung && Rungs > 1 ? $" on rung {rung + 1}" : "")}";

    /// <summary>The axis of the search's clock.</summary>
    public ChartAxis Clock => ChartAxis.Cover("minutes", 0, Math.Max(result.State.Now, 1) / Minute, 7);

    /// <summary>A place on it.</summary>
    public static double AtMinute(double seconds) => seconds / Minute;

    /// <summary>A validation axis for losses, and whether some lie beyond it.</summary>
    public (ChartAxis Axis, bool IsCut) AxisFor(IEnumerable<double> losses)
    {
        (double low, double high, bool isCut) = Text.Fit(losses);
        return (ChartAxis.Cover(Text.Axis, low, high), isCut);
    }

    /// <summary>What is said where an axis does not reach all figures.</summary>
    public const string Cut = "Figures that are much worse than the others are drawn at the edge.";

    /// <summary>Why a trial has no more epochs.</summary>
    public static string Why(TrialStanding t) =>
        t.Trial.Reason
        ?? t.Trial.Status switch
        {
            TrialStatus.Finished => "had all of its training",
            TrialStatus.Paused when t.Rung is { } rung => $"was not among those that went on from rung {rung + 1}",
            TrialStatus.Paused => "waited when the search ended",
            TrialStatus.Stopped => "a rule ended it",
            TrialStatus.Failed => "came to nothing",
            TrialStatus.Rejected => "breaks a limit",
            _ => "was under way when the search ended",
        };
}

using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reports;

namespace EmotionMLNet.Training.Comparison;

/// <summary>A finished run with its figures.</summary>
/// <param name="Folder">Its run folder.</param>
/// <param name="Outcome">How it went.</param>
/// <param name="Validation">The saved model on validation.</param>
/// <param name="Test">The figures on the test split; null before the choice, and where the data has none.</param>
internal sealed record RunResult(string Folder, RunOutcome Outcome, Evaluation Validation, Evaluation? Test)
{
    /// <summary>The figures to be quoted: the test's where there is one.</summary>
    public Evaluation Quoted => Test ?? Validation;

    /// <summary>Values of the model, by which equals are told apart; null where nobody can count them.</summary>
    public long? Parameters { get; init; }
}

/// <summary>A candidate with all that was measured of it.</summary>
/// <param name="Candidate">The candidate.</param>
/// <param name="Runs">Finished runs in order of seeds, at least one.</param>
/// <param name="Failures">Seeds that failed, each with one line.</param>
/// <param name="Cost">The cost of its best model.</param>
internal sealed record CandidateResult(
    Candidate Candidate,
    IReadOnlyList<RunResult> Runs,
    IReadOnlyList<(int Seed, string Reason)> Failures,
    ModelCost? Cost
)
{
    public string Name => Candidate.Name;

    /// <summary>Whether its best model, or one that this began with or learned from, had annotation beside the data's labels.</summary>
    public bool ExtraAnnotation { get; init; }

    /// <summary>The run whose model is best on validation; of equals the one of the lower seed.</summary>
    public RunResult Best => Runs.MaxBy(r => Score(r.Validation.Report, Candidate.Options.Optimisation.Metric))!;

    /// <summary>The figures of the best run's model.</summary>
    public ClassificationReport Figures => Best.Quoted.Report;

    /// <summary>A figure of the quoted split over all seeds.</summary>
    public MeanAndSpread Over(Func<ClassificationReport, double> figure) =>
        MeanAndSpread.Compute([.. Runs.Select(r => figure(r.Quoted.Report))]);

    /// <summary>What candidates are ranked by: the mean over seeds on validation; larger is better.</summary>
    public double Rank => Runs.Average(r => Score(r.Validation.Report, Candidate.Options.Optimisation.Metric));

    /// <summary>Mean time of a run.</summary>
    public double Seconds => Runs.Average(r => r.Outcome.Seconds);

    /// <summary>Epochs of each run; one number where they are all alike, a dash where there are none.</summary>
    public string Epochs => Candidate.IsNetwork ? JoinEpochs() : "–";

    private string JoinEpochs() =>
        string.Join(
            ", ",
            Runs.Select(r => r.Outcome.History.Count).Distinct().Count() == 1
                ? [Runs[0].Outcome.History.Count]
                : Runs.Select(r => r.Outcome.History.Count)
        );

    private static double Score(ClassificationReport report, SelectionMetric metric) => metric switch
    {
        SelectionMetric.Accuracy => report.Accuracy,
        SelectionMetric.MacroF1 => report.MacroF1,
        _ => -report.LogLoss,
    };
}

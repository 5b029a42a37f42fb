using System.Globalization;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Jobs;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Training.Tuning;

/// <summary>
/// One more training with the recommended settings and a limit of time of its own, after the search. Whether its model is handed on, the
/// validation pictures say; the test split is not read.
/// </summary>
/// <param name="options">The search, with the time.</param>
/// <param name="data">Its pictures.</param>
/// <param name="tools">Who follows it.</param>
internal sealed class FinalTraining(SearchOptions options, TrialData data, SearchTools tools)
{
    private const string Prefix = "final-";

    /// <summary>Its run folder, below that of the search: another time is another training.</summary>
    /// <param name="options">The search, with the time.</param>
    public static string FolderOf(SearchOptions options) =>
        Path.Combine(options.Out, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{options.Final!.Value.TotalSeconds:0.###}s"));

    /// <summary>Trains, or goes on where that was interrupted.</summary>
    /// <param name="recommended">The trial whose settings are recommended: a network of ours.</param>
    /// <param name="confirmed">The model that is handed on so far.</param>
    /// <param name="cancellation">Keeps what is done.</param>
    /// <returns>The figures of both, and the training.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; the same search goes on with it.</exception>
    public (FinalFigure Figure, RunResult Run) Train(
        SearchTrial recommended,
        RunResult confirmed,
        CancellationToken cancellation
    )
    {
        TrialProposal proposal = recommended.Proposal;
        SearchArm arm = options.ArmOf(proposal.Arm);
        // The seed is that behind the confirmation's.
        TrainingOptions settings = arm.CreateOptions(proposal.Settings, options.Seed + options.Seeds + 1, epochs: null);
        settings = settings with { Optimisation = settings.Optimisation with { Time = options.Final } };
        PreparedTraining prepared = data.Prepare(settings, share: 1, cancellation);
        string folder = FolderOf(options);
        string features = Path.Combine(options.Out, TrialFolder.Features);
        RunOutcome outcome =
            WholeTraining.Run(prepared, folder, features, cancellation, [.. tools.Followers])
            ?? throw new OperationCanceledException(cancellation);
        ITrainedCandidate trained = arm.Trainer.Open(folder, "", settings);
        ImageSet validation = prepared.Data.RequireValidation(settings.Data.Path);
        Evaluation figures = trained.Measure(validation, prepared.Data.Fingerprint, new SilentReporter(), cancellation);
        return (
            new(
                TrialLoss.Of(figures.Report, options.Metric),
                TrialLoss.Of(confirmed.Validation.Report, options.Metric),
                outcome.History.Count,
                outcome.Seconds
            ),
            new(folder, outcome, figures, Test: null) { Parameters = trained.Parameters }
        );
    }
}

using EmotionMLNet.Faces;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Jobs;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Tuning.Reports;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Training.Tuning.Experiments;

/// <summary>A finished search as users of <see cref="TuningExperiment"/> know it.</summary>
internal static class ExperimentResults
{
    /// <summary>Reads it, and the model with it.</summary>
    /// <param name="result">A search that is over.</param>
    /// <param name="folder">Where it is kept; null where its files are about to be removed.</param>
    /// <param name="data">The path of the data as the caller gave it; empty where pictures were in memory.</param>
    /// <param name="finder">Finds the faces that pictures are cut to, where they are.</param>
    public static TuningExperimentResult Create(TuningResult result, string? folder, string data, FaceDetector? finder)
    {
        SearchOptions options = result.Options;
        var reports = new TrialReports(options);
        TrialResult[] trials =
        [
            .. TrialStanding.ReadAll(result).Where(t => t.IsSearch).Select(t => reports.Result(result.Layout, t)),
        ];
        SearchTrial recommended = result.State.Trials[result.Recommended];
        SearchArm arm = options.ArmOf(recommended.Proposal.Arm);
        TrainingOptions settings = arm.CreateOptions(recommended.Proposal.Settings, options.Seed, epochs: null);
        settings = settings with { Data = settings.Data with { Path = data } };
        TrainedModel? model = result.BestRun is { } run
            ? Open(
                Path.Combine(options.Out, TuningJob.BestName),
                run,
                settings,
                result.Final is { IsHandedOn: true } longer ? longer.Epochs : result.Layout.EpochsOf(arm),
                finder
            )
            : null;
        Interval? lead = result.Gain?.Lead;
        return new()
        {
            TrialSettings = trials[recommended.Id].TrialSettings,
            Options = settings,
            Model = model,
            Trials = trials,
            Best = result.Chosen is null ? null : trials[result.Winner],
            IsGainShown = result.Gain is { IsShown: true },
            Gain = lead?.Value,
            GainLow = lead?.Low,
            GainHigh = lead?.High,
            GainSeeds = result.Gain?.Seeds ?? 0,
            IsGainOnTest = result.Gain is { IsOnTest: true },
            RawScore = result.Chosen?.Raw,
            CorrectedScore = result.Chosen?.Corrected.Value,
            CorrectedScoreLow = result.Chosen?.Corrected.Low,
            CorrectedScoreHigh = result.Chosen?.Corrected.High,
            Reason = TuningSummary.Verdict(result),
            Summary = string.Join(' ', TuningSummary.Sentences(result)),
            EndReason = result.Ended,
            Elapsed = TimeSpan.FromSeconds(result.State.Now),
            ReportPath = folder is null ? null : Path.Combine(folder, TuningFiles.Page),
            ModelPath = folder is null || model is null ? null : Path.Combine(folder, TuningJob.BestName),
        };
    }

    private static TrainedModel Open(string zip, RunResult run, TrainingOptions settings, int epochs, FaceDetector? finder)
    {
        RunOutcome outcome = run.Outcome;
        // No epoch was better than the weights that training began with: what they are worth is known of the model alone.
        EpochResult? start = outcome.BestEpoch > 0
            ? null
            : EpochResult.OfStart(ValidationFigures.OfLabels(run.Validation.Report), seconds: 0, isCandidate: true);
        var progress = new TrainingProgress
        {
            Start = start,
            History = outcome.History,
            BestEpoch = outcome.BestEpoch,
            Finished = outcome.Ended,
        };
        return new(new(progress, outcome.Ended, ModelZip.Load(zip), run.Validation), settings, finder, epochs, wasCancelled: false);
    }
}

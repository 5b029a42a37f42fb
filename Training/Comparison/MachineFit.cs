using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.Budget;

namespace EmotionMLNet.Training.Comparison;

/// <summary>
/// Fits a comparison to the time that this machine has for it: a few steps of each candidate are timed before any is trained.
/// </summary>
internal static class MachineFit
{
    // Of an epoch's passes: what evaluating its images takes, held to be a third; and how often validation is run over after the training
    // (calibration and its check, the measurement, the choice, the test).
    private const double Inference = 1 / 3.0;
    private const int Evaluations = 5;

    // Seconds of a comparison whatever the machine: rates, resamples, the page.
    private const double Fixed = 8;

    // All epochs are given where they are expected to take so much of the time at most: what is timed in a few steps may be slower later.
    private const double Safe = 0.75;

    /// <summary>What was found, and the comparison as it is to be run.</summary>
    /// <param name="Options">
    /// With all epochs, or with the same time for each run, so that its epochs depend on the machine; weights of candidates are seconds.
    /// </param>
    /// <param name="AllEpochs">Seconds that all epochs of all candidates would take.</param>
    internal sealed record Result(ComparisonOptions Options, double AllEpochs);

    /// <summary>Times all candidates, and where their epochs would take longer than there is time for, gives each the same time.</summary>
    /// <param name="options">Candidates with numbers of epochs, and pictures of one size.</param>
    /// <param name="left">Time for the whole comparison, from now.</param>
    /// <param name="time">The clock.</param>
    /// <param name="reporter">Shows how far the decoding is.</param>
    /// <param name="cancellation">Checked between candidates.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Result Fit(
        ComparisonOptions options,
        TimeSpan left,
        TimeProvider time,
        IReporter reporter,
        CancellationToken cancellation
    )
    {
        long began = time.GetTimestamp();
        TrainingOptions[] runs = [.. options.Candidates.Select(c => options.CreateOptions(c, options.FirstSeed))];
        using IWork progress = reporter.Begin("decoding", "images");
        Dataset data = DataLoader
            .Load(runs[0].DividedData, RunFactory.CreatePreprocessing(runs[0]), [Split.Train, Split.Validation], progress, cancellation)
            .Dataset;
        double decoding = time.GetElapsedTime(began).TotalSeconds;
        double[] epochs = [.. runs.Select(r => EpochSeconds(r, data, left, time, cancellation))];
        double[] all = [.. epochs.Zip(runs, (seconds, run) => seconds * run.Optimisation.Epochs)];

        double validated = Inference * data[Split.Validation]!.Count / data[Split.Train]!.Count;
        double after = Fixed + decoding * (runs.Length + 2) + Evaluations * validated * epochs.Sum();
        double training = Math.Max(left.TotalSeconds / 4, left.TotalSeconds - time.GetElapsedTime(began).TotalSeconds - after),
            whole = all.Sum();
        TimeSpan? each = whole > Safe * training ? TimeSpan.FromSeconds(Math.Max(1, Math.Floor(training / runs.Length))) : null;
        return new Result(
            options with
            {
                Budget = each,
                Candidates = [.. options.Candidates.Select((c, i) => c with { Weight = each?.TotalSeconds ?? all[i] })],
            },
            whole
        );
    }

    // Of an epoch with its validation.
    private static double EpochSeconds(TrainingOptions run, Dataset data, TimeSpan left, TimeProvider time, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ImagePreprocessing preprocessing = RunFactory.CreatePreprocessing(run);
        run = RunFactory.Resolve(run, preprocessing);
        Network network = RunFactory.CreateNetwork(run, preprocessing, data.Labels.Count, new SilentReporter());
        using var learner = new Learner(run, network, preprocessing, data);
        var budget = new TimeBudget(left, time, learner.Batches, learner.Images, (_, _) => 0, [], 0);
        budget.Time(isSmall: false, batch => learner.RunWithoutUpdate(batch, isSmall: false));
        return budget.EpochSeconds(isSmall: false) * (1 + Inference * data[Split.Validation]!.Count / learner.Images);
    }
}

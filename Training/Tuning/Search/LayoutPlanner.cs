using System.Globalization;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Jobs;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.RateSearch;
using EmotionMLNet.Training.Tuning.Schedulers;

namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>Lays a search out: times a few steps of each arm, and decides how far trials can be trained in the time.</summary>
/// <param name="options">The search.</param>
/// <param name="data">Its pictures.</param>
/// <param name="time">Clock.</param>
internal sealed class LayoutPlanner(SearchOptions options, TrialData data, TimeProvider time)
{
    /// <summary>Trainings of default and winner that a confirmation should have at least, with two seeds each.</summary>
    public const int Confirmations = 4;

    /// <summary>Share of the time that they may take.</summary>
    private const double ConfirmationShare = 0.25;

    // Where trials are shorter than a training should be, a model of one is not worth having: this share of the time makes one that is.
    private const double FinalShare = 0.5;

    // Fewer epochs than these say little about more; fewer pictures than these say little about anything.
    private const int LeastEpochs = 3,
        LeastPictures = 300;

    // A rung on fewer pictures than these ranks trials by luck.
    private const int LeastRungPictures = 1000;

    // A whole training learns from a ninth of the pictures at least.
    private const double LeastShare = 1.0 / 9;

    // With fewer epochs than nine there are no three rungs of them.
    private const int EpochsOfThreeRungs = 9;

    private const double RateFrom = 1e-5, RateTo = 1;

    // The range test may take this share of the time.
    private const double RateShare = 0.03;

    private const int RateSteps = 100;

    // A step of training is a forward and two backward passes.
    private const double MultiplyAddsPerSecond = 1e10,
        StepsPerPass = 3;

    // A head on features that are there, of a pass through the whole network.
    private const double FeatureShare = 0.002;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1.5),
        Sample = TimeSpan.FromSeconds(1);

    /// <summary>Times the arms, if time is limited, and lays the search out.</summary>
    /// <exception cref="TrainingException">The time does not allow a single training.</exception>
    public SearchLayout Plan(CancellationToken cancellation)
    {
        var paces = new Dictionary<string, ArmPace>(StringComparer.Ordinal);
        double decoding = 0;
        int pictures = 0;
        foreach (SearchArm arm in options.Arms)
        {
            TrainingOptions settings = arm.CreateOptions(arm.ToSettings(arm.Space.Cube.Rest), options.Seed, epochs: null);
            long began = time.GetTimestamp();
            PreparedTraining prepared = data.Prepare(settings, share: 1, cancellation);
            decoding = Math.Max(decoding, time.GetElapsedTime(began).TotalSeconds);
            pictures = prepared.Data[Split.Train]!.Count;
            paces[arm.Name] =
                !arm.IsNetwork ? new(0, 0, UnknownSeconds * pictures)
                : options.Budget is null ? Reckon(arm, prepared)
                : Measure(arm, prepared, cancellation);
        }
        SearchLayout layout = Plan(options, paces, pictures);
        return layout with
        {
            // Decoding for validation, test and the findings, and a pass over validation and test for each model.
            ReportSeconds = 8 + 1.5 * decoding + 2 * Confirmations * paces.Values.Max(p => Math.Min(p.Validate, 0.3 * p.Train)),
            SuggestedRate = FindRate(paces, cancellation),
        };
    }

    // Of what is no network of ours nothing is known before it has been tried.
    private const double UnknownSeconds = 0.05;

    /// <summary>Decides from what was timed.</summary>
    /// <param name="options">The search.</param>
    /// <param name="paces">By name of the arm.</param>
    /// <param name="pictures">Training pictures.</param>
    /// <exception cref="TrainingException">The time does not allow a single training.</exception>
    public static SearchLayout Plan(SearchOptions options, IReadOnlyDictionary<string, ArmPace> paces, int pictures)
    {
        SearchArm[] growing = [.. options.Arms.Where(a => !a.IsWhole)];
        if (growing.Length == 0) return new([new(1, 1)], paces);
        int most = growing[0].Defaults.Optimisation.Epochs;
        ArmPace slowest = growing.Select(a => paces[a.Name]).MaxBy(p => p.Train + p.Validate)!;
        (double share, int epochs) = Fit(options.Budget, slowest, most, pictures);
        string? note =
            share < 1
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"the time allows trainings of {epochs} epochs over {share:0.###} of the pictures, where the defaults have {most} over "
                        + $"all: what is best there need not be best for a long training"
                )
            : epochs < most
                ? $"the time allows trainings of {epochs} epochs, where the defaults have {most}: what is best in {epochs} need not be "
                    + $"best in {most}"
            : null;
        Rung[] rungs =
            options.Tuner != TunerKind.Halving ? [new(share, epochs)]
            : epochs >= EpochsOfThreeRungs || share * pictures / 3 < LeastRungPictures
                ? [.. new SuccessiveHalving(epochs).Rungs.Select(e => new Rung(share, e))]
            :
            [
                .. new[] { 9.0, 3, 1 }
                    .Select(d => share / d)
                    .Where(s => s * pictures >= LeastRungPictures)
                    .Select(s => new Rung(s, epochs)),
            ];
        bool isShort = note is not null && options is { Budget: not null, Final: null };
        return new(rungs, paces) { Note = note, FinalSeconds = isShort ? FinalShare * options.Budget!.Value.TotalSeconds : 0 };
    }

    // As many epochs as a quarter of the time has room for four times; where these are too few, over part of the pictures.
    private static (double Share, int Epochs) Fit(TimeSpan? budget, ArmPace pace, int most, int pictures)
    {
        if (budget is not { } limit) return (1, most);
        double each = limit.TotalSeconds * ConfirmationShare / Confirmations - pace.Start;
        for (double share = 1; share == 1 || share >= 0.99 * LeastShare && share * pictures >= LeastPictures; share /= 3)
        {
            int epochs = (int)(each / pace.Epoch(share));
            if (epochs >= Math.Min(most, LeastEpochs)) return (share, Math.Min(most, epochs));
        }
        double smallest = LeastShare * pictures >= LeastPictures ? LeastShare : 1;
        double least = (pace.Start + Math.Min(most, LeastEpochs) * pace.Epoch(smallest)) * Confirmations / ConfirmationShare;
        throw new TrainingException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{{search.budget}} {limit.TotalSeconds:0} s is too short: an epoch takes about {pace.Epoch(1):0.#} s here. Give about "
                    + $"{Math.Ceiling(least / 60):0} minutes, or a smaller network."
            )
        );
    }

    // Without a limit of time nothing may depend on the clock: arms are weighed by their work, as seconds of some machine.
    private static ArmPace Reckon(SearchArm arm, PreparedTraining prepared)
    {
        int train = prepared.Data[Split.Train]!.Count, validation = prepared.Data.RequireValidation(arm.Defaults.Data.Path).Count;
        double forward = prepared.Network.MultiplyAdds / MultiplyAddsPerSecond;
        return prepared.IsHeadAlone
            ? new(forward * (train + validation), FeatureShare * forward * train, FeatureShare * forward * validation)
            : new(0, StepsPerPass * forward * train, forward * validation);
    }

    // A few steps as the run would make them, after one that warms caches up.
    private ArmPace Measure(SearchArm arm, PreparedTraining prepared, CancellationToken cancellation)
    {
        (ImageSet train, ImageSet validation) = (prepared.Data[Split.Train]!, prepared.Data.RequireValidation(arm.Defaults.Data.Path));
        long began = time.GetTimestamp();
        if (prepared.IsHeadAlone)
        {
            double each = TimePass(prepared, train);
            // The features once; after them an epoch is next to nothing.
            return new(each * (train.Count + validation.Count), FeatureShare * each * train.Count, FeatureShare * each * validation.Count);
        }
        using var learner = new Learner(prepared.Options, prepared.Source(cache: null));
        learner.RunWithoutUpdate(0, isSmall: false);
        double start = time.GetElapsedTime(began).TotalSeconds;
        int step = 0;
        double seconds = TimeSettled(() => learner.RunWithoutUpdate(++step % learner.Batches, isSmall: false), cancellation);
        return new(start, seconds * learner.Batches, TimePass(prepared, validation) * validation.Count);
    }

    // Seconds a picture of a forward pass.
    private double TimePass(PreparedTraining prepared, ImageSet images)
    {
        using var team = new ThreadTeam(prepared.Options.ThreadCount);
        ImageSet some = images.Subset([.. Enumerable.Range(0, Math.Min(images.Count, 128))]);
        InferencePlan plan = InferencePlan.Compile(prepared.Network);
        var evaluator = new Evaluator(team);
        return TimeSettled(() => evaluator.ComputeProbabilities(plan, prepared.Preprocessing, some), CancellationToken.None) / some.Count;
    }

    // The first seconds of a process run code that the runtime has yet to compile well: what comes behind them counts, and of that the
    // lower quartile, as whatever else the machine does now need not go on.
    private double TimeSettled(Action pass, CancellationToken cancellation)
    {
        long began = time.GetTimestamp();
        var taken = new List<double>();
        while (taken.Count == 0 || time.GetElapsedTime(began) < Settling + Sample)
        {
            cancellation.ThrowIfCancellationRequested();
            bool isSettled = time.GetElapsedTime(began) >= Settling;
            long from = time.GetTimestamp();
            pass();
            if (isSettled) taken.Add(time.GetElapsedTime(from).TotalSeconds);
        }
        taken.Sort();
        return taken[taken.Count / 4];
    }

    // Only where the first arm learns at a rate that is searched, and the test costs little of the time.
    private float? FindRate(Dictionary<string, ArmPace> paces, CancellationToken cancellation)
    {
        SearchArm arm = options.Arms[0];
        if (arm.IsWhole || options.Trials < 2 || !arm.Space.Leaves.Any(l => l.Key == SearchStrategy.RateKey)) return null;
        TrainingOptions settings = arm.CreateOptions(arm.ToSettings(arm.Space.Cube.Rest), options.Seed, epochs: null);
        PreparedTraining prepared = data.Prepare(settings, share: 1, cancellation);
        using var learner = new Learner(prepared.Options, prepared.Source(cache: null));
        int steps = Math.Min(RateSteps, learner.Batches);
        double seconds = paces[arm.Name].Start + paces[arm.Name].Train * steps / learner.Batches;
        if (options.Budget is { } budget && seconds > RateShare * budget.TotalSeconds) return null;
        return (float?)LearningRateSearch.Run(learner, RateFrom, RateTo, steps, progress: null, cancellation).Suggested;
    }
}

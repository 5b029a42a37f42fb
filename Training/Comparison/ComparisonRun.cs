using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Comparison.Reports;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Data.TrainingSet;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Training.Comparison;

/// <summary>
/// Trains all candidates under the same rules, chooses the best on validation, then reads the test split once for all, and writes it down.
/// Everything is kept in one folder: asked again, it goes on where it was interrupted.
/// </summary>
/// <param name="options">Free of problems.</param>
/// <param name="repeat">Says how a comparison with that winner is made again.</param>
/// <param name="reporter">Receives messages about what happens.</param>
/// <param name="job">Shows how far all of it is.</param>
/// <param name="listeners">Makes those that follow a run besides.</param>
/// <param name="time">Clock.</param>
/// <param name="cancellation">Keeps what is done.</param>
internal sealed class ComparisonRun(
    ComparisonOptions options,
    Func<CandidateResult, RepeatInstructions> repeat,
    IReporter reporter,
    IJob job,
    Func<ITrainingListener[]> listeners,
    TimeProvider time,
    CancellationToken cancellation
)
{
    /// <summary>The winner's model.</summary>
    public const string BestName = "best.zip";

    private const string PlanName = "compare.json",
        LockName = "compare.lock",
        RunsName = "runs",
        SharedName = "shared",
        TestName = "test-probabilities.bin";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private string Plan => Path.Combine(options.Out, PlanName);

    private string Shared => Path.Combine(options.Out, SharedName);

    /// <summary>Keeps every other process out of the folder of a comparison; to be held as long as anything is written there.</summary>
    /// <exception cref="FileLockedException">Another process is at it.</exception>
    public static FileLock Lock(string folder) => FileLock.Acquire(Path.Combine(folder, LockName), folder);

    /// <summary>What the bar over a whole comparison counts: the weights of all runs, and that of what follows them.</summary>
    public static double ComputeWeight(ComparisonOptions options) =>
        options.Seeds * options.Candidates.Sum(c => c.Weight) + AfterWeight(options);

    /// <summary>
    /// Removes what an earlier comparison left in a folder, finished or not, so that another can take its place. Other files there stay,
    /// and nothing behind a link is touched.
    /// </summary>
    /// <param name="folder">Need not be there.</param>
    /// <param name="candidates">Names of the candidates, in order: a comparison of others is somebody's work and stays.</param>
    /// <exception cref="TrainingException">The folder holds another comparison, or files of these names that none made.</exception>
    public static void Clear(string folder, IReadOnlyList<string> candidates)
    {
        string plan = Path.Combine(folder, PlanName);
        if (!File.Exists(plan)) return;
        if (CandidatesOf(plan) is not { } before || !before.SequenceEqual(candidates))
            throw new TrainingException($"{plan} is not of this command: choose another {{run.folder}}, or remove {folder} yourself.");
        string runs = Path.Combine(folder, RunsName);
        if (new DirectoryInfo(runs) is { LinkTarget: { } target })
            throw new TrainingException(
                $"{runs} is a link to {target}, which a comparison never makes: remove the link, or choose another {{run.folder}}."
            );
        if (Directory.Exists(runs)) Directory.Delete(runs, recursive: true); // links inside are removed, not followed
        foreach (string name in (string[])[.. ComparisonFiles.All, BestName, PlanName]) File.Delete(Path.Combine(folder, name));
    }

    // Null where the file is no plan of a comparison.
    private static string?[]? CandidatesOf(string plan)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(plan));
            return [.. json.RootElement.GetProperty("candidates").EnumerateArray().Select(c => c.GetProperty("name").GetString())];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    // Beside the runs little takes long: evaluations, rates, resamples and pictures for the page.
    private static double AfterWeight(ComparisonOptions options) => 0.08 * options.Seeds * options.Candidates.Sum(c => c.Weight);

    /// <returns>The written comparison; null when it had been written before.</returns>
    /// <exception cref="TrainingException">The folder holds another comparison, or no candidate could be trained.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the same command goes on.</exception>
    public Comparison? Run()
    {
        string plan = WritePlan();
        string finished = Path.Combine(options.Out, ComparisonFiles.Json);
        bool isBegun = File.Exists(Plan);
        if (isBegun && File.ReadAllText(Plan) != plan)
            throw new TrainingException(
                $"{options.Out} holds another comparison: choose another {{run.folder}}, or give the same settings as in its {PlanName}."
            );
        if (isBegun && File.Exists(finished)) return null;
        File.Delete(finished); // of a comparison whose plan is gone
        AtomicFile.WriteText(Plan, plan);

        ILookup<Candidate, (int Seed, string Reason)> failures = TrainAll();
        Candidate[] trained = [.. options.Candidates.Where(c => failures[c].Count() < options.Seeds)];
        (Candidate Candidate, string Reason)[] failed =
        [
            .. options.Candidates.Except(trained).Select(c => (c, failures[c].First().Reason)),
        ];
        if (trained.Length == 0)
            throw new TrainingFailedException(
                options.Candidates.Count == 1
                    ? $"{failed[0].Candidate.Name} could not be trained: {failed[0].Reason}"
                    : $"none of the {options.Candidates.Count} candidates could be trained: {failed[0].Reason}"
            );

        double part = AfterWeight(options) / 4;
        job.Begin("validation", part);
        IReadOnlyList<CandidateResult> ranked = Comparison.Rank(trained.Select(c => Validate(c, [.. failures[c]])));
        string best = Path.Combine(options.Out, BestName), chosen = Open(ranked[0]).Complete();
        AtomicFile.Copy(chosen, best);
        Inform(
            $"chosen on validation: {ranked[0].Name}, seed "
                + $"{ranked[0].Best.Outcome.Seed}{(ComparisonSummary.Warning(ranked[0]) is { } warning ? $", {warning}" : "")}"
        );

        job.Begin("test", part);
        CandidateResult[] tested = [.. ranked.Select(AddTest)];
        DataReport data = Scan(tested[0].Best.Quoted.Preprocessing);
        job.Begin("speed", part);
        CandidateResult[] measured = AddCosts(tested, data.Splits.Where(s => s.Split == Split.Train).Sum(s => s.Usable.Sum()));
        CandidateResult winner = measured[0];
        Split split = winner.Best.Quoted.Images.Split;
        ImageSet images = LoadImages(winner.Best.Quoted.Manifest, [split], out _)[split]!;
        job.Begin("report", part);
        var comparison = new Comparison(
            options,
            repeat(winner),
            data,
            measured,
            failed,
            ComparePairs(measured, images.Classes),
            CompareRecipes(measured, images.Classes),
            images,
            ModelOrigin.FormatNow(time),
            $"{RuntimeInformation.OSArchitecture}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}"
        );
        ComparisonFiles.Write(comparison);
        return comparison;
    }

    // Seed by seed, so that whoever stops early has all candidates with fewer seeds.
    private ILookup<Candidate, (int Seed, string Reason)> TrainAll()
    {
        var failures = new List<(Candidate Candidate, int Seed, string Reason)>();
        int done = 0, all = options.Seeds * options.Candidates.Count;
        foreach (int seed in options.AllSeeds)
            foreach (Candidate candidate in options.Candidates)
            {
                Inform($"run {++done} of {all}: {candidate.Name}, seed {seed}");
                try
                {
                    Train(candidate, seed);
                }
                // Whatever is wrong with one candidate, the others are still wanted.
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    string reason = PrintableText.Line(e.Message.ReplaceLineEndings(" "));
                    Inform($"failed: {candidate.Name}, seed {seed}: {reason}");
                    failures.Add((candidate, seed, reason));
                }
            }
        return failures.ToLookup(f => f.Candidate, f => (f.Seed, f.Reason));
    }

    private void Train(Candidate candidate, int seed)
    {
        string folder = Path.Combine(options.Out, candidate.FolderFor(seed));
        if (RunOutcome.Find(folder) is { } before)
        {
            Inform($"has ended before: {before.Ended}");
            job.Skip(candidate.Weight);
            return;
        }
        job.Begin(candidate.Name, candidate.Weight);
        RunOutcome outcome = candidate.Trainer.Train(
            new CandidateRun(options.CreateOptions(candidate, seed), folder, Shared, reporter, job, listeners(), time, cancellation)
        );
        Inform($"ended: {outcome.Ended}");
        outcome.Save(folder);
    }

    private CandidateResult Validate(Candidate candidate, (int Seed, string Reason)[] failures)
    {
        var runs = new List<RunResult>();
        (Dataset Data, ImageSet Images)? loaded = null;
        foreach (int seed in options.AllSeeds.Except(failures.Select(f => f.Seed)))
        {
            string folder = Path.Combine(options.Out, candidate.FolderFor(seed));
            ITrainedCandidate trained = candidate.Trainer.Open(folder, Shared, candidate.Options);
            loaded ??= LoadImages(trained.Manifest, [Split.Validation], out _) is { } data ? (data, data[Split.Validation]!) : null;
            Evaluation evaluation = trained.Measure(loaded!.Value.Images, loaded.Value.Data.Fingerprint, reporter, cancellation);
            runs.Add(new RunResult(folder, RunOutcome.Find(folder)!, DropPixels(evaluation), null) { Parameters = trained.Parameters });
        }
        return new CandidateResult(candidate, runs, failures, null);
    }

    // A model that has been tested is not tested again: its probabilities are kept in its run folder.
    private CandidateResult AddTest(CandidateResult result)
    {
        Dataset data = LoadImages(result.Best.Validation.Manifest, [Split.Test], out bool hasTest);
        if (!hasTest) return result;
        ImageSet images = data[Split.Test]!;
        return result with
        {
            Runs =
            [
                .. result.Runs.Select(run =>
                    run with
                    {
                        Test = DropPixels(EvaluateTest(result.Candidate, run, images, data.Fingerprint)),
                    }
                ),
            ],
        };
    }

    private Evaluation EvaluateTest(Candidate candidate, RunResult run, ImageSet images, string fingerprint)
    {
        string kept = Path.Combine(run.Folder, TestName);
        Evaluation validation = run.Validation;
        int values = images.Count * images.Labels.Count;
        if (File.Exists(kept) && File.ReadAllBytes(kept) is { } bytes && bytes.Length == values * sizeof(float))
        {
            float[] probabilities = MemoryMarshal.Cast<byte, float>(bytes).ToArray();
            return validation with
            {
                Images = images,
                DataFingerprint = fingerprint,
                Probabilities = probabilities,
                Report = ClassificationReport.Compute(images.Labels, probabilities, images.Classes),
            };
        }
        ITrainedCandidate trained = candidate.Trainer.Open(run.Folder, Shared, candidate.Options);
        Evaluation evaluation = trained.Measure(images, fingerprint, reporter, cancellation);
        TestReadings.Add(evaluation, time);
        AtomicFile.Write(kept, stream => stream.Write(MemoryMarshal.AsBytes(evaluation.Probabilities.AsSpan())));
        return evaluation;
    }

    private CandidateResult[] AddCosts(CandidateResult[] results, int trainingImages)
    {
        ITrainedCandidate[] models = [.. results.Select(Open)];
        ModelCost[] costs = ModelCost.Measure(models, trainingImages, Environment.ProcessorCount);
        return
        [
            .. results
                .Zip(costs, models)
                .Select(r => r.First with { Cost = r.Second, ExtraAnnotation = HadExtraAnnotation(r.Third.Manifest) }),
        ];
    }

    private static bool HadExtraAnnotation(ModelManifest manifest) =>
        manifest.TrainingNotes.Any(n => n.Contains(TrainingSetChanges.ExtraAnnotation, StringComparison.Ordinal));

    // The best of a candidate's models.
    private ITrainedCandidate Open(CandidateResult result) =>
        result.Candidate.Trainer.Open(result.Best.Folder, Shared, result.Candidate.Options);

    private static IReadOnlyList<PairedComparison> ComparePairs(CandidateResult[] results, int[] truth)
    {
        foreach (CandidateResult result in results)
        {
            if (!result.Best.Quoted.Images.Sources.SequenceEqual(results[0].Best.Quoted.Images.Sources))
                throw new TrainingFailedException(
                    $"{result.Name} and {results[0].Name} were not measured on the same images: the data changed between their runs."
                );
        }
        return PairedComparison.All(
            results[0].Best.Quoted.Manifest.Labels.Count,
            truth,
            [.. results.Select(r => (r.Name, FindPredicted(r.Best.Quoted)))],
            seed: 1
        );
    }

    private static IReadOnlyList<RecipeComparison> CompareRecipes(CandidateResult[] results, int[] truth)
    {
        return RecipeComparison.All([.. results.Select(r => (r.Name, r.Runs.Select(run => Right(run.Quoted)).ToArray()))], seed: 1);

        bool[] Right(Evaluation evaluation) => [.. FindPredicted(evaluation).Zip(truth, (guess, t) => guess == t)];
    }

    private static int[] FindPredicted(Evaluation evaluation)
    {
        int classes = evaluation.Manifest.Labels.Count;
        return
        [
            .. Enumerable
                .Range(0, evaluation.Images.Count)
                .Select(n => ClassificationReport.ArgMax(evaluation.Probabilities.AsSpan(n * classes, classes))),
        ];
    }

    private Dataset LoadImages(ModelManifest manifest, Split[] wanted, out bool all)
    {
        using IWork progress = reporter.Begin("decoding", "images");
        (Dataset data, _) = DataLoader.Load(
            CreateDataOptions() with
            {
                Labels = manifest.Labels,
            },
            manifest.Preprocessing,
            wanted,
            progress,
            cancellation
        );
        all = wanted.All(s => data[s] is not null);
        return data;
    }

    private DataReport Scan(ImagePreprocessing preprocessing)
    {
        using IWork progress = reporter.Begin("checking the data", "images");
        return DataLoader.Scan(CreateDataOptions(), preprocessing, progress, cancellation);
    }

    private DataOptions CreateDataOptions() =>
        options.CreateOptions(options.Candidates[0], options.FirstSeed).DividedData with
        {
            Path = options.Data,
            Strict = false,
        };

    private void Inform(string line) => reporter.Inform(line);

    private static Evaluation DropPixels(Evaluation evaluation) => evaluation with { Images = evaluation.Images with { Pixels = [] } };

    private string WritePlan() => JsonSerializer.Serialize(new
    {
        options.Data,
        options.Seeds,
        options.FirstSeed,
        Budget = options.Budget?.ToString("c", CultureInfo.InvariantCulture),
        Candidates = options.Candidates.Select(c => new { c.Name, Settings = c.Trainer.DescribeSettings(c.Options) }),
    }, Json) + "\n";
}

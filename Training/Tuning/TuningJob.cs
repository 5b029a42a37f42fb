using EmotionMLNet.Files;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Comparison.Reports;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.Listeners;
using EmotionMLNet.Training.Tuning.Reports;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Training.Tuning;

/// <summary>
/// A whole tuning: the search, the confirmation with fresh seeds, the comparison that reads the test split once, and what is written.
/// </summary>
/// <param name="options">Free of problems.</param>
/// <param name="tools">Store, reporter, listener, clock.</param>
/// <param name="repeat">Command lines that do it again, or whatever says how; perhaps none.</param>
internal sealed class TuningJob(SearchOptions options, SearchTools tools, IReadOnlyList<string> repeat)
{
    /// <summary>The model that is handed on.</summary>
    public const string BestName = "best.zip";

    /// <summary>Folder of the comparison of default and winner.</summary>
    public const string ConfirmationFolder = "confirmation";

    private const string LockName = "tune.lock", Default = "default", Tuned = "tuned";

    /// <summary>Keeps every other process out of the folder of a search.</summary>
    /// <exception cref="FileLockedException">Another process is at it.</exception>
    public static FileLock Lock(string folder) => FileLock.Acquire(Path.Combine(folder, LockName), folder);

    /// <summary>Runs it, or goes on where it was left.</summary>
    /// <param name="createRunner">Makes what trains for each worker; null trains in this process.</param>
    /// <param name="cancellation">Keeps what is done.</param>
    /// <exception cref="TrainingException">
    /// The folder holds another search, the data are not to be had, or the time does not allow a single training.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled; the same search goes on.</exception>
    public TuningResult Run(Func<SearchLayout, int, ITrialRunner>? createRunner, CancellationToken cancellation)
    {
        var data = new TrialData(tools.Reporter);
        SearchLayout layout = SearchRun.Run(options, tools, data, createRunner, cancellation);
        return Finish(layout, data, cancellation);
    }

    /// <summary>A search as it is, over or not: without what the confirmation and the comparison say.</summary>
    /// <param name="options">Of its plan.</param>
    /// <param name="state">With a layout.</param>
    public static TuningResult Describe(SearchOptions options, SearchState state)
    {
        SearchLayout layout = SearchLayout.Read(state.Facts[SearchLayout.Fact]);
        int winner = Math.Max(0, SearchStrategy.FindWinner(options, layout, state));
        string ended =
            state.Facts.TryGetValue(SearchStrategy.ConfirmedFact, out string? confirmed) ? $"the search is over: {confirmed}"
            : state.Facts.TryGetValue(SearchStrategy.EndedFact, out string? why) ? $"confirming: {SearchStrategy.ReadReason(why)}"
            : "the search is not over";
        return new(options, layout, state, ended, winner, Chosen: null, Gain: null);
    }

    // What follows is computed from what is recorded, so it may be done again.
    private TuningResult Finish(SearchLayout layout, TrialData data, CancellationToken cancellation)
    {
        SearchState state = tools.Store.Read();
        string ended = state.Facts[SearchStrategy.EndedFact];
        int winner = SearchStrategy.ReadWinner(ended);
        ChosenFigure? chosen = Correct(state, layout, data, cancellation);
        Comparison.Comparison? comparison = Compare(state, layout, winner, cancellation);
        var result = new TuningResult(
            options,
            layout,
            tools.Store.Read(),
            SearchStrategy.ReadReason(ended),
            winner,
            chosen,
            comparison is null || comparison.Results.Count < 2 ? null : ComputeGain(comparison, chosen)
        )
        {
            Repeat = repeat,
            MadeAt = ModelOrigin.FormatNow(tools.Time),
            Machine = comparison?.Machine ?? "",
            Costs = FindCosts(state, layout, data),
            HasModel = comparison is not null,
        };
        if (comparison is not null) result = result with { BestRun = SaveBest(result, comparison) };
        WriteSpaces();
        TuningFiles.Write(result);
        RemoveTrainings(result.State);
        if (TrainLonger(result, data, cancellation) is not { } longer) return result;
        TuningFiles.Write(longer);
        return longer;
    }

    // Nothing goes on from them any more; models that count are in the folder of the confirmation.
    private void RemoveTrainings(SearchState state)
    {
        foreach (SearchTrial trial in state.Trials) new TrialFolder(options.Out, trial.Id).RemoveClaims();
    }

    // Written besides: whoever cancels it has all that the search found.
    private TuningResult? TrainLonger(TuningResult result, TrialData data, CancellationToken cancellation)
    {
        TimeSpan? time = options.Final ?? (result.Layout.FinalSeconds > 0 ? TimeSpan.FromSeconds(result.Layout.FinalSeconds) : null);
        SearchTrial recommended = result.State.Trials[result.Recommended];
        if (time is null || result.BestRun is not { } confirmed || !options.ArmOf(recommended.Proposal.Arm).IsNetwork) return null;
        (FinalFigure figure, RunResult run) = new FinalTraining(options with { Final = time }, data, tools).Train(
            recommended,
            confirmed,
            cancellation
        );
        result = result with { Final = figure, BestRun = figure.IsHandedOn ? run : confirmed };
        if (figure.IsHandedOn) SaveBest(result, ModelZip.Load(Path.Combine(run.Folder, BestModel.FileName), cancellation));
        return result;
    }

    // As they were searched, for --space.
    private void WriteSpaces()
    {
        foreach (SearchArm arm in options.Arms)
            if (arm.Space.Cube.Dimensions > 0)
            {
                string name = string.Concat(arm.Name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
                string file = options.Arms.Count == 1 ? SpaceFile.FileName : $"{name}.{SpaceFile.FileName}";
                AtomicFile.WriteText(Path.Combine(options.Out, file), SpaceFile.Write(arm.Space));
            }
    }

    // By what the last epochs of all whole trainings said of the validation pictures.
    private ChosenFigure? Correct(SearchState state, SearchLayout layout, TrialData data, CancellationToken cancellation)
    {
        (SearchTrial Trial, IReadOnlyList<float[]> Said)[] whole =
        [
            .. state
                .Contenders.Where(t => t.Status == TrialStatus.Finished)
                .Select(t => (t, new TrialFolder(options.Out, t.Id).ReadValidation()))
                .Where(t => t.Item2.Count > 0),
        ];
        if (whole.Length == 0) return null;
        TrialProposal first = whole[0].Trial.Proposal;
        SearchArm arm = options.ArmOf(first.Arm);
        TrainingOptions settings = arm.CreateOptions(first.Settings, options.Seed, layout.EpochsOf(arm));
        int[] truth = data.Prepare(settings, share: 1, cancellation).Data[Split.Validation]!.Classes;
        return ChosenFigure.Compute(
            [.. whole.Select(t => (IReadOnlyList<ScoredPredictions>)[.. t.Said.Select(p => ScoredPredictions.Read(p, truth))])],
            truth,
            options.Metric,
            (ulong)options.Seed
        );
    }

    // Default and winner over the seeds with which both were trained; the default alone where there is no such seed; null where nothing was
    // trained again.
    private Comparison.Comparison? Compare(SearchState state, SearchLayout layout, int winner, CancellationToken cancellation)
    {
        SearchTrial[] runs =
        [
            .. state.Trials.Where(t => t is { Status: TrialStatus.Finished, Proposal.Kind: TrialKind.Confirmation }),
        ];
        (Candidate Candidate, TrialProposal Source)[] recipes =
        [
            .. SearchStrategy
                .FindRecipes(state, winner)
                .Select(t => (CreateCandidate(t == 0 ? Default : Tuned, state.Trials[t].Proposal, layout), state.Trials[t].Proposal)),
        ];
        int seeds = CountSeeds();
        if (seeds == 0 && recipes.Length > 1)
        {
            recipes = recipes[..1];
            seeds = CountSeeds();
        }
        if (seeds == 0) return null;
        string folder = Path.Combine(options.Out, ConfirmationFolder);
        foreach (int seed in Enumerable.Range(options.Seed + 1, seeds))
            foreach ((Candidate candidate, TrialProposal source) in recipes)
                Take(Find(source, seed)!, Path.Combine(folder, candidate.FolderFor(seed)));
        var comparison = new ComparisonOptions
        {
            Data = options.Arms[0].Defaults.Data.Path,
            Candidates = [.. recipes.Select(r => r.Candidate)],
            Seeds = seeds,
            FirstSeed = options.Seed + 1,
            SplitSeed = options.Arms[0].Defaults.Data.SplitSeed ?? options.Arms[0].Defaults.Seed,
            Out = folder,
        };
        // Written again from what it kept: the test split is not read twice.
        File.Delete(Path.Combine(folder, ComparisonFiles.Json));
        return new ComparisonRun(
            comparison,
            _ => new(repeat.Count > 0 ? repeat[0] : "", []),
            new SilentReporter(),
            new SilentJob(),
            () => [],
            tools.Time,
            cancellation
        ).Run();

        int CountSeeds()
        {
            int count = 0;
            while (recipes.Length > 0 && recipes.All(r => Find(r.Source, options.Seed + 1 + count) is not null)) count++;
            return count;
        }

        SearchTrial? Find(TrialProposal source, int seed) =>
            runs.FirstOrDefault(t => t.Proposal.Seed == seed && t.Proposal.Settings == source.Settings && t.Proposal.Arm == source.Arm);
    }

    private Candidate CreateCandidate(string name, TrialProposal source, SearchLayout layout)
    {
        SearchArm arm = options.ArmOf(source.Arm);
        return new(name, arm.CreateOptions(source.Settings, options.Seed, arm.IsNetwork ? layout.EpochsOf(arm) : null))
        {
            Trainer = arm.Trainer,
        };
    }

    // The run folder, from where it was trained.
    private void Take(SearchTrial trial, string folder)
    {
        if (File.Exists(Path.Combine(folder, RunOutcome.FileName))) return;
        string from = new TrialFolder(options.Out, trial.Id).FindLastClaim()!;
        Directory.CreateDirectory(folder);
        // How it ended last: where that is, all is.
        foreach (string file in Directory.EnumerateFiles(from).OrderBy(f => Path.GetFileName(f) == RunOutcome.FileName))
        {
            string to = Path.Combine(folder, Path.GetFileName(file));
            if (!Path.GetFileName(file).StartsWith('.') && !File.Exists(to)) AtomicFile.Copy(file, to);
        }
    }

    private TuningGain ComputeGain(Comparison.Comparison comparison, ChosenFigure? chosen)
    {
        int[] truth = comparison.Winner.Best.Quoted.Images.Classes;
        return TuningGain.Compute(
            Read(Tuned),
            Read(Default),
            truth,
            options.Metric,
            comparison.IsTested,
            chosen?.GainOptimism ?? 0,
            (ulong)options.Seed
        );

        ScoredPredictions[] Read(string name) =>
        [
            .. comparison
                .Results.First(r => r.Name == name)
                .Runs.OrderBy(r => r.Outcome.Seed)
                .Select(r => ScoredPredictions.Read(r.Quoted.Probabilities, truth)),
        ];
    }

    // Only where networks differ is there anything to weigh.
    private Dictionary<int, TrialCost> FindCosts(SearchState state, SearchLayout layout, TrialData data)
    {
        bool differ =
            options.Arms.Count > 1
            || options.Arms[0].Space.Leaves.Any(l => l.Key.StartsWith("network.", StringComparison.Ordinal) && l.Key != "network.dropout");
        if (!differ) return [];
        var check = new LimitCheck(options, layout, data);
        var costs = new Dictionary<int, TrialCost>();
        foreach (SearchTrial trial in state.Trials)
            if (trial is { Status: TrialStatus.Finished, Proposal.Kind: TrialKind.Search } && check.FindCost(trial.Proposal) is { } cost)
                costs[trial.Id] = cost;
        return costs;
    }

    private RunResult SaveBest(TuningResult result, Comparison.Comparison comparison)
    {
        CandidateResult recommended = comparison.Results.First(r => r.Name == (result.Recommended == 0 ? Default : Tuned));
        string best = Path.Combine(options.Out, BestName);
        ITrainedCandidate trained = recommended.Candidate.Trainer.Open(
            recommended.Best.Folder,
            Path.Combine(comparison.Options.Out, "shared"),
            recommended.Candidate.Options
        );
        string file = trained.Complete();
        if (trained.Zip is null)
        {
            AtomicFile.Copy(file, best);
            return recommended.Best;
        }
        SaveBest(result, ModelZip.Load(Path.Combine(recommended.Best.Folder, BestModel.FileName)));
        return recommended.Best;
    }

    private void SaveBest(TuningResult result, ModelZip zip) =>
        (zip with { Manifest = zip.Manifest with { Search = Summarise(result) } }).Save(Path.Combine(options.Out, BestName));

    private SearchSummary Summarise(TuningResult result) => new()
    {
        Trials = result.State.Trials.Count(t => t.Proposal.Kind == TrialKind.Search && t.Status != TrialStatus.Rejected),
        Tuner = SearchPlan.NameOf(options.Tuner),
        Metric = SettingsFile.NameOf(options.Metric),
        Best = result.Chosen?.Raw ?? 0,
        Corrected = result.Chosen?.Corrected.Value ?? 0,
        IsDefault = result.Recommended == 0,
        IsTrainedLonger = result.Final is { IsHandedOn: true },
        Gain = result.Gain?.Lead.Value,
        GainLow = result.Gain?.Lead.Low,
        GainHigh = result.Gain?.Lead.High,
        GainSeeds = result.Gain?.Seeds ?? 0,
        GainSplit = result.Gain is { } gain ? SplitNames.Of(gain.IsOnTest ? Split.Test : Split.Validation) : null,
    };
}

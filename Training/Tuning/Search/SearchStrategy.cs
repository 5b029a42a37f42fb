using EmotionMLNet.Training.Tuning.Schedulers;
using EmotionMLNet.Training.Tuning.Space;
using EmotionMLNet.Training.Tuning.Tuners;

namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>
/// Decides what a free worker does next: first the search, then the confirmation of its winner. A decision is a function of what is
/// recorded; the clock is asked for one thing alone, whether there is time for it, and what follows from that is recorded.
/// </summary>
internal sealed class SearchStrategy
{
    /// <summary>The fact that the search is over: its value is the winner's number, a space, and why.</summary>
    public const string EndedFact = "ended";

    /// <summary>The fact that the confirmation is over: why.</summary>
    public const string ConfirmedFact = "confirmed";

    /// <summary>The key of the setting that a range test suggests.</summary>
    public const string RateKey = "optimisation.learningRate";

    private const int MostLosses = 3;

    // Of the budget: what a confirmation may take beyond it, and what may be kept for all of them.
    private const double Grace = 0.03,
        MostOfTime = 0.5;

    // So many proposals in a row that are not trained: nothing that is allowed is left.
    private const int MostRejected = 100;

    // A proposal that was tried before is drawn again so often.
    private const int MostDraws = 20, DrawStride = 1_000_000;

    private readonly SearchOptions options;
    private readonly SearchLayout layout;
    private readonly ILimitCheck limits;
    private readonly SuccessiveHalving halving;
    private readonly ArmChooser chooser;
    private readonly Dictionary<string, ITuner> tuners;
    private readonly List<TrialProposal> starts;

    /// <param name="options">The search.</param>
    /// <param name="layout">How it is laid out.</param>
    /// <param name="limits">Says what is not trained.</param>
    public SearchStrategy(SearchOptions options, SearchLayout layout, ILimitCheck limits)
    {
        this.options = options;
        this.layout = layout;
        this.limits = limits;
        halving = new([.. layout.Rungs.Select((_, rung) => rung + 1)], reduction: 3);
        chooser = new((ulong)options.Seed);
        tuners = options.Arms.ToDictionary(a => a.Name, CreateTuner, StringComparer.Ordinal);
        starts = [.. CreateStarts()];
    }

    /// <summary>The last rung.</summary>
    public int Top => layout.Top;

    // Seconds for all but the last long training; infinite without a budget.
    private double Limit => (options.Budget?.TotalSeconds ?? double.PositiveInfinity) - layout.FinalSeconds;

    /// <summary>Decides.</summary>
    public SearchDecision Decide(SearchState state) =>
        state.Facts.ContainsKey(ConfirmedFact) ? new SearchDecision.Stop()
        : state.Facts.TryGetValue(EndedFact, out string? ended) ? DecideConfirmation(state, ReadWinner(ended))
        : DecideSearch(state);

    /// <summary>The best of those that had all of their training, of equals the earlier one; -1 where there is none.</summary>
    public static int FindWinner(SearchOptions options, SearchLayout layout, SearchState state)
    {
        (int winner, double best) = (-1, double.NaN);
        foreach (SearchTrial trial in state.Contenders)
        {
            if (trial.Status != TrialStatus.Finished) continue;
            double loss = SearchHistory.LossAt(trial, options.ArmOf(trial.Proposal.Arm), layout, layout.Top) ?? double.NaN;
            if (winner < 0 || LossOrder.IsBetter(loss, best)) (winner, best) = (trial.Id, loss);
        }
        return winner;
    }

    /// <summary>Finds out whether the limits hold for a proposal, which may take seconds.</summary>
    public void Measure(TrialProposal proposal) => limits.FindBroken(proposal);

    /// <summary>The winner of what <see cref="EndedFact"/> says.</summary>
    public static int ReadWinner(string ended) =>
        int.Parse(ended.Split(' ', 2)[0], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Why the search ended, of the same.</summary>
    public static string ReadReason(string ended) => ended[(ended.IndexOf(' ', StringComparison.Ordinal) + 1)..];

    /// <summary>The trials that are trained again: default and winner, but for a default that breaks a limit.</summary>
    public static IReadOnlyList<int> FindRecipes(SearchState state, int winner) =>
        [.. new[] { 0, winner }.Distinct().Where(t => state.Trials[t].Status != TrialStatus.Rejected)];

    /// <summary>Seconds of the search's clock after which a training is cut; infinite without a limit of time.</summary>
    /// <param name="state">As it is when the training begins.</param>
    /// <param name="kind">What the training is for.</param>
    public double FindDeadline(SearchState state, TrialKind kind)
    {
        if (options.Budget is not { } budget) return double.PositiveInfinity;
        var pace = new TrialPace(options, layout, state);
        double end = Limit - pace.EstimateReport();
        // A confirmation that is about to end is worth a little more time: cut, all that it took is lost.
        if (kind == TrialKind.Confirmation) return end + Grace * budget.TotalSeconds;
        return end - (state.Facts.ContainsKey(EndedFact) ? 0 : Confirmation(pace));
    }

    /// <summary>Whether a trial of whole trainings should stop where it is.</summary>
    public bool ShouldStop(SearchState state, int trial)
    {
        if (!options.StopsEarly || options.Tuner == TunerKind.Halving || trial == 0) return false;
        // Who has all of its training has nothing left to stop.
        if (state.Trials[trial] is { Epochs: [.., var last] } own && last.Epoch >= layout.EpochsOf(ArmOf(own))) return false;
        Trial[] curves =
        [
            .. state
                .Trials.Where(t => t.Proposal.Kind == TrialKind.Search)
                .Select(t => new Trial
                {
                    Id = t.Id,
                    Point = [],
                    Measurements = [.. t.Epochs.Select(e => new Measurement(e.Epoch, e.Loss))],
                    IsRunning = t.Status is TrialStatus.Running or TrialStatus.Released,
                    HasFailed = t.Status is TrialStatus.Failed or TrialStatus.Rejected,
                }),
        ];
        return MedianRule.ShouldStop(curves.First(c => c.Id == trial), curves);
    }

    private SearchDecision DecideSearch(SearchState state)
    {
        var pace = new TrialPace(options, layout, state);
        int winner = FindWinner(options, layout, state);
        bool isBusy = state.Trials.Any(t => t is { Status: TrialStatus.Running, IsLost: false });
        double left = Limit - state.Now - pace.EstimateReport() - Confirmation(pace);
        if (left <= 0 && winner >= 0) return End("the time is over");
        if (FindInterrupted(state, TrialKind.Search) is { } interrupted)
        {
            if (interrupted.Losses + (interrupted.IsLost ? 1 : 0) >= MostLosses)
                return new SearchDecision.GiveUp(interrupted.Id, $"its worker was lost {MostLosses} times");
            return Fits(pace.Estimate(options.ArmOf(interrupted.Proposal.Arm), interrupted, interrupted.Rung))
                ? new SearchDecision.GoOn(interrupted.Id, interrupted.Rung)
                : End("the time is over");
        }
        IReadOnlyList<Trial> history = SearchHistory.Read(state, options, layout);
        if (Propose(state, history) is { } next)
        {
            if (next is SearchDecision.Reject or SearchDecision.Measure) return next;
            // Somebody must come to the top before the time is over.
            double reserve = next is SearchDecision.Begin ? Closing(state, history) is { } last ? Seconds(last) : 0 : 0;
            if (Fits(Seconds(next) + reserve)) return next;
            if (Closing(state, history) is { } closing && Fits(Seconds(closing))) return closing;
            return End("the time is over");
        }
        if (Closing(state, history) is { } close) return Fits(Seconds(close)) ? close : End("the time is over");
        string done = options.Trials is { } trials && CountTrained(state) >= trials
            ? $"all {trials} trials done"
            : "nothing is left to try";
        return End(done);

        bool Fits(double seconds) => state.Trials.Count == 0 || seconds <= left;

        double Seconds(SearchDecision decision) => decision switch
        {
            SearchDecision.Begin begin => pace.Estimate(options.ArmOf(begin.Proposal.Arm), null, begin.Proposal.Rung),
            SearchDecision.GoOn goOn when state.Trials[goOn.Trial] is var trial =>
                pace.Estimate(options.ArmOf(trial.Proposal.Arm), trial, goOn.Rung),
            _ => 0,
        };

        SearchDecision End(string why) => isBusy
            ? new SearchDecision.Wait()
            : new SearchDecision.Record(EndedFact, FormattableString.Invariant($"{Math.Max(0, winner)} {why}"));
    }

    // Default and winner in turns, with one fresh seed after the other.
    private SearchDecision DecideConfirmation(SearchState state, int winner)
    {
        var pace = new TrialPace(options, layout, state);
        bool isBusy = state.Trials.Any(t => t is { Status: TrialStatus.Running, IsLost: false });
        double left = Limit - state.Now - pace.EstimateReport();
        if (left <= 0) return End("the time is over");
        if (FindInterrupted(state, TrialKind.Confirmation) is { } interrupted)
            return interrupted.Losses + (interrupted.IsLost ? 1 : 0) >= MostLosses
                ? new SearchDecision.GiveUp(interrupted.Id, $"its worker was lost {MostLosses} times")
                : new SearchDecision.GoOn(interrupted.Id, interrupted.Rung);
        SearchTrial[] confirmations = [.. state.Trials.Where(t => t.Proposal.Kind == TrialKind.Confirmation)];
        int[] wanted = [.. FindRecipes(state, winner)];
        if (wanted.Length == 0) return End("nothing is within the limits");
        int seed = confirmations.Length / wanted.Length, which = confirmations.Length % wanted.Length;
        // Where nothing is to be compared, what was kept for the other one makes the figures of the default surer.
        int most = wanted.Length == 1 && options.Budget is not null ? Math.Max(options.Seeds, LayoutPlanner.Confirmations) : options.Seeds;
        if (seed >= most) return FillTime(state, pace, left) ?? End($"{most} fresh seeds each");
        double seconds = wanted[which..].Sum(t => pace.EstimateConfirmation(ArmOf(state.Trials[t])));
        // The first pair is begun in any case: without it nothing is confirmed.
        if (seed > 0 && which == 0 && seconds > left) return FillTime(state, pace, left) ?? End("the time is over");
        TrialProposal source = state.Trials[wanted[which]].Proposal;
        return new SearchDecision.Begin(
            source with
            {
                Kind = TrialKind.Confirmation,
                Seed = options.Seed + 1 + seed,
                Rung = layout.Top,
                Origin = wanted[which] == 0 ? "default" : "winner",
            }
        );

        SearchDecision End(string why) => isBusy ? new SearchDecision.Wait() : new SearchDecision.Record(ConfirmedFact, why);
    }

    // Where no pair fits into what is left, more is tried, for the importances and for the next search. The choice has been made.
    private SearchDecision? FillTime(SearchState state, TrialPace pace, double left)
    {
        if (options.Budget is null || options.Trials is not null) return null;
        SearchDecision? next = ProposeNew(state, SearchHistory.Read(state, options, layout));
        return next is SearchDecision.Begin { Proposal: var p } && pace.Estimate(options.ArmOf(p.Arm), null, p.Rung) > left ? null : next;
    }

    // What the confirmation will take at least, with two seeds each: one seed alone would show nothing. Whoever wins may be as slow as the
    // slowest. On a machine that has become slow it may be one seed, and half of the time is the search's in any case.
    private double Confirmation(TrialPace pace)
    {
        double pair = pace.EstimateConfirmation(options.Arms[0]) + options.Arms.Max(pace.EstimateConfirmation);
        double most = MostOfTime * Limit;
        double wanted = Math.Min(options.Seeds, LayoutPlanner.Confirmations / 2) * pair;
        return wanted <= most ? wanted : Math.Min(pair, most);
    }

    private SearchArm ArmOf(SearchTrial trial) => options.ArmOf(trial.Proposal.Arm);

    private static SearchTrial? FindInterrupted(SearchState state, TrialKind kind) =>
        state.Trials.FirstOrDefault(t => t.Proposal.Kind == kind && (t.Status == TrialStatus.Released || t.IsLost));

    private static int CountTrained(SearchState state) =>
        state.Trials.Count(t => t.Proposal.Kind == TrialKind.Search && t.Status != TrialStatus.Rejected);

    // A promotion, or something new; null where nothing new may be tried.
    private SearchDecision? Propose(SearchState state, IReadOnlyList<Trial> history)
    {
        int next = history.Count;
        if (CountTrained(state) < (options.Trials ?? int.MaxValue) && next < starts.Count) return Begin(starts[next]);
        if (options.Tuner == TunerKind.Halving && halving.Next(history) is { Trial: { } promoted, Resource: var resource })
            return new SearchDecision.GoOn(promoted, resource - 1);
        return CountTrained(state) >= (options.Trials ?? int.MaxValue) ? null : ProposeNew(state, history);
    }

    private SearchDecision? ProposeNew(SearchState state, IReadOnlyList<Trial> history)
    {
        int next = history.Count;
        if (history.Count >= MostRejected && history.TakeLast(MostRejected).All(t => state.Trials[t.Id].Status == TrialStatus.Rejected))
            return null;
        List<SearchArm> open = [.. options.Arms.Where(a => a.Space.Cube.Dimensions > 0)];
        while (open.Count > 0)
        {
            SearchArm arm = open[chooser.Choose([.. open.Select(a => AtFirst(Of(state, history, a), a))], next)];
            if (Draw(state, history, arm, next) is { } proposal) return Begin(proposal);
            open.Remove(arm);
        }
        return null;
    }

    // A point that was not tried; null where there seems to be none left.
    private TrialProposal? Draw(SearchState state, IReadOnlyList<Trial> history, SearchArm arm, int id)
    {
        IReadOnlyList<Trial> own = Of(state, history, arm);
        string origin = SearchPlan.NameOf(options.Tuner);
        // A sequence goes on where it is; what is drawn is drawn anew for each trial.
        bool isSequence = options.Tuner is TunerKind.Sobol or TunerKind.Grid;
        int first = isSequence ? own.Count(t => state.Trials[t.Id].Proposal.Origin == origin) : id;
        for (int draw = 0; draw < MostDraws; draw++)
        {
            if (tuners[arm.Name].Propose(own, first + draw * (isSequence ? 1 : DrawStride)) is not { } point) return null;
            if (!own.Any(t => t.Point.AsSpan().SequenceEqual(point))) return Make(arm, point, origin);
        }
        return null;
    }

    private static IReadOnlyList<Trial> Of(SearchState state, IReadOnlyList<Trial> history, SearchArm arm) =>
        [.. history.Where(t => state.Trials[t.Id].Proposal.Arm == arm.Name)];

    // What trials of an arm had come to on their first rung, and cost up to there: promotions say how good an arm's best are, not how well
    // new trials of it do.
    private IReadOnlyList<Trial> AtFirst(IReadOnlyList<Trial> trials, SearchArm arm)
    {
        int first = layout.FirstRung(arm);
        Rung rung = layout.RungOf(arm, first);
        ArmPace pace = layout.Paces[arm.Name];
        double cost = pace.Start + rung.Epochs * pace.Epoch(rung.Share);
        return
        [
            .. trials.Select(t =>
                t with
                {
                    Measurements = t.LossAt(first + 1) is { } loss ? [new(first + 1, loss)] : [],
                    IsRunning = t.LossAt(first + 1) is null && !t.HasFailed,
                    Cost = cost,
                }
            ),
        ];
    }

    private SearchDecision Begin(TrialProposal proposal) =>
        !limits.IsKnown(proposal) ? new SearchDecision.Measure(proposal)
        : limits.FindBroken(proposal) is { } broken ? new SearchDecision.Reject(proposal, broken)
        : new SearchDecision.Begin(proposal);

    // While only the default has come to the top, the best of those that came furthest goes on to it at once.
    private SearchDecision.GoOn? Closing(SearchState state, IReadOnlyList<Trial> history)
    {
        bool isRivalled = state.Trials.Any(t => t is { Id: > 0, Proposal.Kind: TrialKind.Search, Status: TrialStatus.Finished });
        if (isRivalled) return null;
        for (int rung = layout.Top - 1; rung >= 0; rung--)
        {
            Trial[] waiting =
            [
                .. history
                    .Where(t => state.Trials[t.Id] is { Id: > 0, Status: TrialStatus.Paused } trial && trial.Rung == rung)
                    .OrderBy(t => t.LossAt(rung + 1) ?? double.NaN, Comparer<double>.Create(LossOrder.Compare)),
            ];
            if (waiting is [var best, ..]) return new(best.Id, layout.Top);
        }
        return null;
    }

    private ITuner CreateTuner(SearchArm arm)
    {
        SearchCube cube = arm.Space.Cube;
        ulong seed = (ulong)options.Seed;
        return options.Tuner switch
        {
            TunerKind.Halving => new HalvingTuner(cube, seed, [.. layout.Rungs.Select((_, rung) => rung + 1)]),
            TunerKind.Tpe => new TpeTuner(cube, seed),
            TunerKind.Cfo => new CostFrugalTuner(cube, seed),
            TunerKind.Sobol => new SobolTuner(cube, seed),
            TunerKind.Grid => new GridTuner(cube),
            _ => new RandomTuner(cube, seed),
        };
    }

    // The default of the first arm has all of its training at once: the others are measured by it, and by how long it took.
    private IEnumerable<TrialProposal> CreateStarts()
    {
        SearchArm first = options.Arms[0];
        yield return Make(first, first.Space.Cube.Rest, "default") with { Rung = layout.Top };
        if (layout.SuggestedRate is { } rate)
        {
            double[] point = first.Space.MappingToFeatureSpace(
                Parameter.CreateNested(KeyValuePair.Create(RateKey, Parameter.FromSingle(rate)))
            );
            if (!first.Space.Cube.Snap(point).AsSpan().SequenceEqual(first.Space.Cube.Snap(first.Space.Cube.Rest)))
                yield return Make(first, first.Space.Cube.Snap(point), "lr-find");
        }
        foreach ((string arm, IReadOnlyList<double> point) in options.Likes)
            if (options.Arms.FirstOrDefault(a => a.Name == arm) is { } known)
                yield return Make(known, known.Space.Cube.Snap(point), "like");
        foreach (SearchArm arm in options.Arms.Skip(1)) yield return Make(arm, arm.Space.Cube.Rest, "default");
    }

    private TrialProposal Make(SearchArm arm, IReadOnlyList<double> point, string origin) =>
        new(TrialKind.Search, arm.Name, point, arm.ToSettings(point), options.Seed, layout.FirstRung(arm), origin);
}

using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Randomness;
using EmotionMLNet.Training.Tuning;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Tests.Tuning.Reports;

/// <summary>Searches that were never run: trials whose figures follow from a formula, as a store would have kept them.</summary>
internal static class MadeSearch
{
    /// <summary>Rungs of which the first one has a third of the pictures.</summary>
    public static SearchLayout Layout { get; } = new(
        [new(1.0 / 3, 3), new(1, 3), new(1, 9), new(1, 27)],
        new Dictionary<string, ArmPace> { ["emotion-cnn"] = new(2, 5, 1), ["happy-sad-cnn"] = new(1, 1.5, 0.5) }
    );

    /// <summary>The arms of a search over one or two networks.</summary>
    public static SearchArm[] Arms(SelectionMetric metric, params string[] names) =>
        [
            .. names.Select(n =>
            {
                TrainingOptions options = TrainingDefaults.For(n, "data/faces");
                options = options with { Optimisation = options.Optimisation with { Metric = metric } };
                return new SearchArm(n, options, SpaceDefaults.For(options));
            }),
        ];

    /// <summary>A search with all that can happen: two arms, failures, a rejection, stopped trials, confirmations.</summary>
    public static TuningResult Realistic(int trials = 60, SelectionMetric metric = SelectionMetric.Accuracy, params string[] arms)
    {
        SearchOptions options = new()
        {
            Arms = Arms(metric, arms.Length > 0 ? arms : ["emotion-cnn", "happy-sad-cnn"]),
            Out = "artifacts/tuned",
            Budget = TimeSpan.FromHours(1),
            Workers = 2,
        };
        var made = new List<SearchTrial>();
        double[] clock = new double[options.Workers];
        for (int i = 0; i < trials; i++)
        {
            SearchArm arm = options.Arms[i % options.Arms.Count];
            var draws = new RandomStream(RandomStream.Key(7, (ulong)i));
            double[] point = [.. arm.Space.Cube.Rest];
            if (i > 0) for (int a = 0; a < point.Length; a++) point[a] = draws.NextDouble();
            point = arm.Space.Cube.Snap(point);
            int worker = Array.IndexOf(clock, clock.Min());
            made.Add(Train(i, arm, point, metric, ref clock[worker], worker, ref draws));
        }
        SearchTrial[] whole = [.. made.Where(t => t.Status == TrialStatus.Finished)];
        int winner = whole.MinBy(Last)!.Id;
        foreach (int of in new[] { winner, 0, winner, 0 })
        {
            SearchArm arm = options.ArmOf(made[of].Proposal.Arm);
            var draws = new RandomStream(RandomStream.Key(11, (ulong)made.Count));
            int worker = made.Count % 2;
            clock[worker] = Math.Max(clock[worker], clock.Max() - 1);
            double[] point = [.. made[of].Proposal.Point];
            SearchTrial confirmation = Train(made.Count, arm, point, metric, ref clock[worker], worker, ref draws, 3);
            made.Add(confirmation with { Proposal = confirmation.Proposal with { Kind = TrialKind.Confirmation, Seed = made.Count } });
        }
        bool isLoss = metric == SelectionMetric.Loss;
        double raw = isLoss ? -Last(made[winner]) : 1 - Last(made[winner]);
        return new(
            options,
            Layout,
            new(made, new Dictionary<string, string>(), clock.Max()),
            "the time is over",
            winner,
            new(raw, new(raw - 0.011, raw - 0.025, raw + 0.004), 0.006, whole.Length),
            new(new(0.018, 0.006, 0.031), 2, true, 0)
        )
        {
            Costs = made.ToDictionary(
                t => t.Id,
                t => t.Proposal.Arm == "emotion-cnn" ? new TrialCost(1_800_000, 7_300_000, 4.1) : new TrialCost(310_000, 1_250_000, 0.7)
            ),
            Repeat = ["emotionmlnet tune --data data/faces --arch emotion-cnn,happy-sad-cnn --budget 1h --out artifacts/tuned"],
            Machine = "2 cores of a made-up machine",
            MadeAt = "2027-01-02T03:04:05Z",
        };

        static double Last(SearchTrial trial) => trial.Epochs.TakeLast(SearchHistory.LastEpochs).Average(e => e.Loss);
    }

    /// <summary>A search of the default alone.</summary>
    public static TuningResult Tiny()
    {
        SearchArm arm = Arms(SelectionMetric.Accuracy, "emotion-cnn")[0];
        SearchTrial only = Trial(0, arm, arm.Space.Cube.Rest, TrialStatus.Finished, [0.5, 0.4, 0.3]);
        return Of([arm], new SearchLayout([new(1, 3)], new Dictionary<string, ArmPace> { [arm.Name] = new(1, 1, 0) }), [only], winner: 0);
    }

    /// <summary>A search of given trials, nothing confirmed.</summary>
    public static TuningResult Of(SearchArm[] arms, SearchLayout layout, SearchTrial[] trials, int winner) =>
        new(
            new SearchOptions { Arms = arms, Out = "out", Trials = trials.Length },
            layout,
            new(trials, new Dictionary<string, string>(), 60),
            "all trials done",
            winner,
            trials.Any(t => t.Status == TrialStatus.Finished)
                ? new ChosenFigure(0.7, new(0.69, 0.65, 0.73), 0, trials.Count(t => t.Status == TrialStatus.Finished))
                : null,
            null
        );

    /// <summary>A trial with an epoch a second.</summary>
    public static SearchTrial Trial(
        int id,
        SearchArm arm,
        IReadOnlyList<double> point,
        TrialStatus status,
        double[] losses,
        int rung = 0
    ) =>
        new()
        {
            Id = id,
            Proposal = new(TrialKind.Search, arm.Name, point, arm.ToSettings(point), 1, 0, id == 0 ? "default" : "uniform"),
            Status = status,
            Rung = rung,
            Claims = 1,
            Epochs = [.. losses.Select((l, e) => new TrialEpoch(0, e + 1, l, double.IsNaN(l) ? 0.1 : 1 - l, 1, 10 * id + e + 1))],
            Spans = losses.Length == 0 ? [] : [new("one", rung, 10 * id, 10 * id + losses.Length)],
        };

    private static SearchTrial Train(
        int id,
        SearchArm arm,
        double[] point,
        SelectionMetric metric,
        ref double clock,
        int worker,
        ref RandomStream draws,
        int? to = null
    )
    {
        string name = $"worker-{worker + 1}";
        var proposal = new TrialProposal(
            TrialKind.Search,
            arm.Name,
            point,
            arm.ToSettings(point),
            1,
            0,
            id == 0 ? "default" : id < 10 ? "uniform" : "model"
        );
        var trial = new SearchTrial { Id = id, Proposal = proposal, Status = TrialStatus.Finished, Rung = 0, Claims = 1 };
        if (to is null && id % 29 == 5)
            return trial with { Status = TrialStatus.Rejected, Reason = "makes a file of 9.1 MB, and at most 8.0 MB were asked for" };
        double quality = Quality(arm, point) + 0.01 * (draws.NextDouble() - 0.5);
        int top = to ?? (id == 0 ? 3 : quality > 0.68 ? 3 : quality > 0.66 ? 2 : quality > 0.6 ? 1 : 0);
        bool fails = to is null && id % 17 == 3, diverges = to is null && id % 23 == 9;
        double[] shares = [.. Layout.Rungs.Select(r => r.Share)];
        var epochs = new List<TrialEpoch>();
        var spans = new List<TrialSpan>();
        for (int rung = 0; rung <= top; rung++)
        {
            double from = clock;
            (double share, int last) = (Layout.Rungs[rung].Share, Layout.Rungs[rung].Epochs);
            int first = rung > 0 && Layout.Rungs[rung - 1].Share == share ? Layout.Rungs[rung - 1].Epochs + 1 : 1;
            for (int epoch = first; epoch <= last; epoch++)
            {
                double seconds = (arm.Name == "emotion-cnn" ? 6 : 2) * share * (0.9 + 0.2 * draws.NextDouble());
                clock += seconds;
                double right = quality * (1 - 0.55 * Math.Pow(epoch * share + 0.5, -0.7)) + 0.01 * (draws.NextDouble() - 0.5);
                double loss = metric == SelectionMetric.Loss ? -Math.Log(right) * 1.6 : 1 - right;
                int of = Array.IndexOf(shares, share);
                epochs.Add(new(of, epoch, diverges ? double.NaN : loss, diverges ? 0.14 : right, seconds, clock));
                if (fails && epoch == 2) break;
            }
            spans.Add(new(name, rung, from, clock));
            if (fails || diverges) break;
        }
        int reached = spans.Count - 1;
        trial = trial with { Epochs = epochs, Spans = spans, Rung = reached, Status = reached == 3 ? trial.Status : TrialStatus.Paused };
        if (fails) return trial with { Status = TrialStatus.Failed, Reason = "ran out of memory: <b>batch & width</b> are too large" };
        return reached < 3 && id % 31 == 12
            ? trial with { Status = TrialStatus.Stopped, Reason = "was worse than the median of the others" }
            : trial;
    }

    // A valley over the learning rate, and little else.
    private static double Quality(SearchArm arm, double[] point)
    {
        bool[] active = arm.Space.Cube.FindActive(point);
        double quality = arm.Name == "emotion-cnn" ? 0.715 : 0.7;
        foreach ((int i, SpaceLeaf leaf) in arm.Space.Leaves.Index())
        {
            if (!active[i]) continue;
            double off = Math.Pow(point[i] - (leaf.Key.EndsWith("learningRate", StringComparison.Ordinal) ? 0.8 : 0.5), 2);
            quality -= (leaf.Key.EndsWith("learningRate", StringComparison.Ordinal) ? 0.35 : 0.02) * off;
        }
        return quality;
    }
}

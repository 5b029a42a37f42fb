using EmotionMLNet.Benchmarks.Tuning.Problems;
using EmotionMLNet.Training.Tuning;
using EmotionMLNet.Training.Tuning.Schedulers;
using EmotionMLNet.Training.Tuning.Space;
using EmotionMLNet.Training.Tuning.Tuners;

namespace EmotionMLNet.Tests.Tuning;

public sealed class TunerTests
{
    private static readonly Dictionary<string, Func<SearchCube, ulong, ITuner>> Tuners = new()
    {
        ["random"] = (cube, seed) => new RandomTuner(cube, seed),
        ["sobol"] = (cube, seed) => new SobolTuner(cube, seed),
        ["grid"] = (cube, _) => new GridTuner(cube),
        ["tpe"] = (cube, seed) => new TpeTuner(cube, seed),
        ["cfo"] = (cube, seed) => new CostFrugalTuner(cube, seed),
        ["halving"] = (cube, seed) => new HalvingTuner(cube, seed, [1]),
    };

    public static TheoryData<string> Names => [.. Tuners.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_replayed_history_gives_the_same_proposals(string name)
    {
        TuningProblem problem = new NarrowBranch();
        var history = new List<Trial>();
        var told = new List<(Trial[] Known, double[] Point)>();
        // Two workers: a trial ends when the one after the next is proposed, and every ninth comes to nothing.
        ITuner live = Tuners[name](problem.Space.Cube, 3);
        for (int id = 0; id < 29; id++)
        {
            double[] point = live.Propose(history, id)!;
            told.Add(([.. history], point));
            history.Add(new() { Id = id, Point = point, IsRunning = true });
            if (id == 0) continue;
            Trial ended = history[id - 1] with { IsRunning = false };
            double loss = problem.Observe(problem.Space.SampleFromFeatureSpace(ended.Point), 3, id);
            history[id - 1] = id % 9 == 0 ? ended with { HasFailed = true } : ended with { Measurements = [new(1, loss)] };
        }
        foreach ((Trial[] known, double[] point) in told.AsEnumerable().Reverse())
            Assert.Equal(point, Tuners[name](new NarrowBranch().Space.Cube, 3).Propose(known, known.Length));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Proposals_are_points_that_are_tried_as_they_are(string name)
    {
        foreach (TuningProblem problem in new TuningProblem[] { new NarrowBranch(), new Branin(), new LogValley() })
        {
            ITuner tuner = Tuners[name](problem.Space.Cube, 1);
            var history = new List<Trial>();
            for (int id = 0; id < 30; id++)
            {
                double[] point = tuner.Propose(history, id)!;
                Assert.All(point, u => Assert.InRange(u, 0, 1));
                Parameter parameter = problem.Space.SampleFromFeatureSpace(point);
                Assert.Equal(parameter, problem.Space.SampleFromFeatureSpace(problem.Space.MappingToFeatureSpace(parameter)));
                history.Add(new() { Id = id, Point = point, Measurements = [new(1, problem.Observe(parameter, 1, id))] });
            }
        }
    }

    [Theory]
    [InlineData("random")]
    [InlineData("sobol")]
    [InlineData("tpe")]
    [InlineData("cfo")]
    [InlineData("halving")]
    public void Another_seed_searches_elsewhere(string name)
    {
        double[][] first = Propose(1), second = Propose(2);
        Assert.True(first.Zip(second).Count(p => p.First.SequenceEqual(p.Second)) <= 2); // cost-frugal begins at the defaults

        double[][] Propose(ulong seed)
        {
            var problem = new Branin();
            ITuner tuner = Tuners[name](problem.Space.Cube, seed);
            var history = new List<Trial>();
            for (int id = 0; id < 20; id++)
            {
                double[] point = tuner.Propose(history, id)!;
                double loss = problem.Observe(problem.Space.SampleFromFeatureSpace(point), 1, id);
                history.Add(new() { Id = id, Point = point, Measurements = [new(1, loss)] });
            }
            return [.. history.Select(t => t.Point)];
        }
    }

    [Fact]
    public void A_grid_has_every_combination_once_and_then_ends()
    {
        var space = new SearchSpace
        {
            { "kind", ChoiceOption.Of("a", "b") },
            { "of a", new UniformIntOption(1, 3, false, 1) { When = [new("kind", Parameter.FromString("a"))] } },
            { "x", new UniformDoubleOption(0, 9, false, 0) },
        };
        var tuner = new GridTuner(space.Cube);
        var points = new List<Parameter>();
        for (int id = 0; tuner.Propose([], id) is { } point; id++) points.Add(space.SampleFromFeatureSpace(point));
        Assert.Equal(3 * 10 + 10, points.Count);
        Assert.Equal(points.Count, points.Select(p => p.ToString()).Distinct().Count());
        Assert.Equal(9, points.Max(p => p["x"].AsType<double>())); // both ends are there
        Assert.Equal(0, points.Min(p => p["x"].AsType<double>()));
    }

    [Fact]
    public void Tpe_never_repeats_while_there_is_something_new()
    {
        var space = new SearchSpace { { "a", new UniformIntOption(0, 9, false, 0) }, { "b", ChoiceOption.Of("x", "y", "z") } };
        var tuner = new TpeTuner(space.Cube, 4);
        var history = new List<Trial>();
        for (int id = 0; id < 28; id++)
        {
            double[] point = tuner.Propose(history, id);
            if (id >= 10 && id < 20) Assert.DoesNotContain(history, t => t.Point.SequenceEqual(point));
            history.Add(new() { Id = id, Point = point, Measurements = [new(1, Math.Abs(point[0] - 0.35))] });
        }
    }

    [Fact]
    public void Tpe_keeps_away_from_what_is_running()
    {
        var space = new SearchSpace { { "x", new UniformDoubleOption(0, 1, false, 0.5) } };
        Trial[] finished =
        [
            .. Enumerable
                .Range(0, 20)
                .Select(i => new Trial { Id = i, Point = [i / 19.0], Measurements = [new(1, Math.Abs(i / 19.0 - 0.5))] }),
        ];
        Trial[] running = [.. Enumerable.Range(0, 4).Select(i => new Trial { Id = 20 + i, Point = [0.46 + 0.02 * i], IsRunning = true })];
        double Near(Trial[] history) =>
            Enumerable.Range(1, 60).Average(s => new TpeTuner(space.Cube, (ulong)s).Propose(history, 30)[0] is > 0.44 and < 0.54 ? 1.0 : 0);
        Assert.True(Near([.. finished, .. running]) < Near(finished) - 0.2);
    }

    [Fact]
    public void Tpe_takes_losses_that_are_no_numbers_for_the_worst()
    {
        // All of the left half diverges; what ended is on the right and says that left is better.
        var space = new SearchSpace { { "x", new UniformDoubleOption(0, 1, false, 0.5) } };
        Trial[] history =
        [
            .. Enumerable
                .Range(0, 30)
                .Select(i => new Trial { Id = i, Point = [i / 29.0], Measurements = [new(1, i < 15 ? double.NaN : i / 29.0)] }),
        ];
        double[] proposals = [.. Enumerable.Range(1, 40).Select(s => new TpeTuner(space.Cube, (ulong)s).Propose(history, 30)[0])];
        Assert.InRange(TuningProblem.Median(proposals), 0.45, 0.75);
    }

    [Fact]
    public void Cost_frugal_search_begins_at_the_defaults_and_then_at_new_places()
    {
        var problem = new Branin();
        var tuner = new CostFrugalTuner(problem.Space.Cube, 1);
        Assert.Equal(problem.Space.Cube.Rest, tuner.Propose([], 0));
        // On a plateau the step shrinks to a cell; then the search begins anew, away from where it was.
        var few = new SearchSpace { { "x", new UniformIntOption(0, 9, false, 0) }, { "y", new UniformIntOption(0, 9, false, 0) } };
        tuner = new CostFrugalTuner(few.Cube, 1);
        var history = new List<Trial>();
        for (int id = 0; id < 80; id++) history.Add(new() { Id = id, Point = tuner.Propose(history, id), Measurements = [new(1, 1)] });
        Assert.Equal(few.Cube.Rest, history[0].Point);
        Assert.True(history.Take(5).Max(t => t.Point.Max()) < 0.4);
        Assert.True(history.Max(t => t.Point.Max()) > 0.7);
    }

    [Fact]
    public void Arms_are_drawn_by_the_cost_of_an_improvement()
    {
        // Best .5 for 4 after .7; then 3 in vain: k1 = 3, k2 = 4. The other: best .6 for 2 after 1, just now: k1 = 0, k2 = 2, v = .2.
        Trial[] first = [Ended(0, 0.7, 1), Ended(1, 0.5, 4), Ended(2, 0.9, 3)], second = [Ended(3, 1, 5), Ended(4, 0.6, 2)];
        Assert.Equal([4, 2], ArmChooser.Estimate([first, second]), (a, b) => Math.Abs(a - b) < 1e-12);
        // Far behind: 2 · (.9 - .5) / (.01 / 3) = 240.
        Assert.Equal(240, ArmChooser.Estimate([first, [Ended(3, 0.91, 1), Ended(4, 0.9, 2), Ended(5, 0.95, 1)]])[1], 1e-9);
        Assert.Equal(double.PositiveInfinity, ArmChooser.Estimate([first, [Ended(3, double.NaN, 1)]])[1]);
        var chooser = new ArmChooser(1);
        Assert.Equal(1, chooser.Choose([first, []], 5));
        int chosen = Enumerable.Range(0, 3000).Count(id => chooser.Choose([first, second], id) == 1);
        Assert.InRange(chosen, 1900, 2100); // 2 of 3
        Assert.All(Enumerable.Range(0, 50), id => Assert.Equal(0, chooser.Choose([first, [Ended(3, double.NaN, 1)]], id)));
    }

    [Fact]
    public void The_default_tuner_draws_a_third_evenly_and_models_the_highest_rung_that_has_enough()
    {
        var space = new SearchSpace { { "x", new UniformDoubleOption(0, 1, false, 0.5) } };
        IReadOnlyList<int> rungs = new SuccessiveHalving(9).Rungs;
        // At 1 low is good; at 3, of which there are three as d + 2 asks, high is.
        Trial[] history =
        [
            .. Enumerable
                .Range(0, 20)
                .Select(i => new Trial
                {
                    Id = i,
                    Point = [i / 19.0],
                    Measurements = i >= 17 ? [new(1, i / 19.0), new(3, 1 - i / 19.0)] : [new(1, i / 19.0)],
                }),
        ];
        double[] low = Propose(history[..19]), high = Propose(history), early = Propose(history[..2]);
        Assert.True(low.Average() < 0.4);
        Assert.True(high.Average() > 0.6);
        Assert.InRange(early.Average(), 0.4, 0.6);
        double[] uniform = Enumerable.Range(1, 200).Select(s => new RandomTuner(space.Cube, (ulong)s).Propose([], 40)[0]).ToArray();
        Assert.InRange(high.Zip(uniform).Count(p => p.First == p.Second), 50, 85);

        double[] Propose(Trial[] known) =>
            [.. Enumerable.Range(1, 200).Select(s => new HalvingTuner(space.Cube, (ulong)s, rungs).Propose(known, 40)[0])];
    }

    private static Trial Ended(int id, double loss, double cost) =>
        new() { Id = id, Point = [], Cost = cost, Measurements = [new(1, loss)] };
}

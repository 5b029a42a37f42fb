using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Tuning.Reports;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Tests.Tuning.Reports;

/// <summary>What is computed of a finished search before it is written down.</summary>
public sealed class TuningFiguresTests
{
    [Fact]
    public void Kendalls_tau_counts_pairs_in_the_same_order()
    {
        Assert.Equal(1, KendallTau.Compute([(1, 10), (2, 20), (3, 30)]));
        Assert.Equal(-1, KendallTau.Compute([(1, 30), (2, 20), (3, 10)]));
        // Of six pairs four agree and two do not.
        Assert.Equal(1 / 3.0, KendallTau.Compute([(1, 2), (2, 1), (3, 4), (4, 3)])!.Value, 12);
        // With equals, b: five agree, none disagrees; the first order has five pairs, the second six.
        Assert.Equal(5 / Math.Sqrt(30), KendallTau.Compute([(1, 1), (2, 2), (2, 3), (3, 4)])!.Value, 12);
        Assert.Equal(1, KendallTau.Compute([(0.1, 0.2), (0.5, 0.6), (double.NaN, double.NaN)]));
        Assert.Null(KendallTau.Compute([(1, 1), (1, 2)]));
    }

    [Fact]
    public void A_trial_stands_where_it_came_to_and_further_is_better()
    {
        SearchArm arm = MadeSearch.Arms(SelectionMetric.Accuracy, "emotion-cnn")[0];
        var layout = new SearchLayout([new(1, 2), new(1, 4)], new Dictionary<string, ArmPace>());
        double[] rest = arm.Space.Cube.Rest;
        SearchTrial[] trials =
        [
            MadeSearch.Trial(0, arm, rest, TrialStatus.Finished, [0.9, 0.7, 0.5, 0.3], rung: 1),
            MadeSearch.Trial(1, arm, rest, TrialStatus.Paused, [0.2, 0.1]),
            MadeSearch.Trial(2, arm, rest, TrialStatus.Failed, [0.05]),
            MadeSearch.Trial(3, arm, rest, TrialStatus.Rejected, []),
            MadeSearch.Trial(4, arm, rest, TrialStatus.Paused, [double.NaN, double.NaN]),
        ];
        IReadOnlyList<TrialStanding> all = TrialStanding.ReadAll(MadeSearch.Of([arm], layout, trials, 0));
        Assert.Equal([1, 0, null, null, 0], all.Select(t => t.Rung));
        Assert.Equal([true, false, false, false, false], all.Select(t => t.IsWhole));
        Assert.Equal(0.5, all[0].Loss!.Value, 12); // of the last three epochs
        Assert.Equal([(0, 0.8, 2.0), (1, 0.5, 4.0)], all[0].Steps.Select(s => (s.Rung, Math.Round(s.Loss, 9), s.At)));
        Assert.Equal(0.05, all[2].Loss);
        Assert.Null(all[3].Loss);
        Assert.Equal([0, 1, 4, 2, 3], all.Order(Comparer<TrialStanding>.Create(TrialStanding.Compare)).Select(t => t.Trial.Id));
    }

    [Fact]
    public void Settings_that_differ_are_named_by_their_paths_with_short_numbers()
    {
        SearchArm arm = MadeSearch.Arms(SelectionMetric.Accuracy, "emotion-cnn")[0];
        var layout = new SearchLayout([new(1, 1)], new Dictionary<string, ArmPace>());
        SearchTrial usual = MadeSearch.Trial(0, arm, arm.Space.Cube.Rest, TrialStatus.Finished, [0.5]);
        SearchTrial other = usual with
        {
            Id = 1,
            Proposal = usual.Proposal with
            {
                Settings =
                    """{ "optimisation": { "learningRate": 0.0123456789, "batchSize": 128 }, "network": { "widths": [32, 64] } }""",
            },
        };
        TuningResult result = MadeSearch.Of([arm], layout, [usual, other], 1);
        Assert.Equal(
            [
                ("network.widths", "–", "32, 64"),
                ("optimisation.batchSize", "64", "128"),
                ("optimisation.learningRate", "0.05", "0.01235"),
            ],
            // The default's own JSON has its dropout, which the other one leaves to the architecture.
            SettingChange.Read(result).Where(c => c.Path != "network.dropout").Select(c => (c.Path, c.Default, c.Found))
        );
        Assert.Empty(SettingChange.Read(result with { Winner = 0 }));
    }

    [Theory]
    [InlineData(0.0123456, "0.01235")]
    [InlineData(0, "0")]
    [InlineData(64, "64")]
    [InlineData(12345, "12345")]
    [InlineData(0.00001, "1e-5")]
    [InlineData(-0.5, "-0.5")]
    public void Numbers_are_short(double number, string shown) => Assert.Equal(shown, SettingChange.Short(number));

    [Fact]
    public void Ends_of_ranges_are_found_for_numbers_that_count()
    {
        SearchSpace space = new()
        {
            { "a", new UniformDoubleOption(1, 2, false, 1.5) },
            { "b", new UniformIntOption(16, 128, true, 32) { Step = 2 } },
            { "c", new UniformDoubleOption(0, 1, false, 0.5) },
            { "d", new UniformDoubleOption(0.1, 1, true, 0.5) { ZeroShare = 0.5 } },
            { "e", ChoiceOption.Of("x", "y") },
        };
        SearchArm arm = new("arm", TrainingDefaults.For("emotion-cnn", ""), space);
        Assert.Equal(["a 1.99 of 2", "b 128 of 128", "c 0.99 of 1", "d 0.9772 of 1"], Find(0.99, 0.99, 0.99, 0.995, 0.9));
        // Nothing is below 0, and a setting that is off lies at no end.
        Assert.Equal(["a 1.01 of 1", "b 16 of 16"], Find(0.01, 0.01, 0.01, 0.01, 0.1));
        Assert.Empty(Find(0.5, 0.4, 0.5, 0.7, 0.01));

        string[] Find(params double[] point) =>
            [
                .. RangeEdge
                    .Find(
                        new SearchTrial
                        {
                            Id = 1,
                            Proposal = new(TrialKind.Search, "arm", space.Cube.Snap(point), "{}", 1, 0, "model"),
                            Status = TrialStatus.Finished,
                            Rung = 0,
                            Claims = 1,
                        },
                        arm
                    )
                    .Select(e => $"{e.Key} {SettingChange.Short(e.Value)} of {SettingChange.Short(e.End)}"),
            ];
    }

    [Fact]
    public void An_axis_does_not_follow_those_that_diverged()
    {
        var accuracy = new MetricText(SelectionMetric.Accuracy);
        double[] losses = [0.30, 0.31, 0.32, 0.33, 0.34, 0.35, 0.36, 0.37, 0.9, double.NaN];
        (double low, double high, bool isCut) = accuracy.Fit(losses);
        Assert.True(isCut);
        Assert.Equal((58, 70), (Math.Round(low), Math.Round(high)));
        Assert.False(accuracy.Fit(losses[..8]).IsCut);
        Assert.Equal((0.0, 1.0, false), accuracy.Fit([double.NaN]));
    }
}

using System.Text.Json;
using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Tests.Metrics;

/// <summary>
/// Statistics against values of Tests/Golden/paired-statistics.py, which computes them another way (exact fractions, NumPy).
/// </summary>
public sealed class PairedStatisticsTests
{
    private static readonly JsonElement Golden = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "paired-statistics.json")))
        .RootElement;

    [Fact]
    public void McNemars_p_is_that_of_the_reference_on_both_sides_of_the_border()
    {
        foreach (JsonElement e in Golden.GetProperty("mcnemar").EnumerateArray())
        {
            McNemarTest test = McNemarTest.Compute(e.GetProperty("b").GetInt32(), e.GetProperty("c").GetInt32());
            double expected = e.GetProperty("p").GetDouble();
            Assert.True(
                Math.Abs(test.P - expected) <= 1e-12 + 1e-10 * expected,
                $"{test} wants p = {expected} (Tests/Golden/paired-statistics.py)"
            );
            Assert.Equal(test.OnlyFirst + test.OnlySecond < 25, test.Exact);
        }
    }

    [Fact]
    public void McNemar_counts_only_images_on_which_the_two_disagree()
    {
        McNemarTest test = McNemarTest.Compute([true, true, false, false, true], [true, false, true, false, false]);
        Assert.Equal((2, 1), (test.OnlyFirst, test.OnlySecond));
        Assert.Throws<ArgumentException>(() => McNemarTest.Compute([true], [true, false]));
    }

    [Fact]
    public void The_complementary_error_function_holds_to_its_last_digits()
    {
        foreach (JsonElement e in Golden.GetProperty("erfc").EnumerateArray())
        {
            double expected = e.GetProperty("y").GetDouble(), actual = ErrorFunction.Complement(e.GetProperty("x").GetDouble());
            Assert.InRange(actual / expected, 1 - 1e-12, 1 + 1e-12);
        }
    }

    [Fact]
    public void Holm_orders_multiplies_and_never_falls()
    {
        // p·4, p·3, p·2, p·1 in ascending order of p: 0.02, 0.03, 0.06, and 0.04 raised to 0.06.
        Assert.Equal([0.03, 0.06, 0.06, 0.02], HolmCorrection.Adjust([0.01, 0.03, 0.04, 0.005]).Select(p => Math.Round(p, 12)));
        Assert.Equal([1.0], HolmCorrection.Adjust([1]));
        Assert.Empty(HolmCorrection.Adjust([]));
    }

    [Fact]
    public void The_bootstrap_gives_the_intervals_of_NumPy_and_the_same_figures_twice()
    {
        JsonElement e = Golden.GetProperty("bootstrap");
        int[] Ints(string name) => [.. e.GetProperty(name).EnumerateArray().Select(v => v.GetInt32())];
        int[] truth = Ints("truth"), first = Ints("first"), second = Ints("second");
        PairedBootstrap ours = PairedBootstrap.Compute(3, truth, first, second, seed: 5);
        Near("accuracy", ours.Accuracy);
        Near("macroF1", ours.MacroF1);
        Assert.Equal(ours, PairedBootstrap.Compute(3, truth, first, second, seed: 5));
        Assert.NotEqual(ours, PairedBootstrap.Compute(3, truth, first, second, seed: 6));

        void Near(string name, Interval interval)
        {
            double[] expected = [.. e.GetProperty(name).EnumerateArray().Select(v => v.GetDouble())];
            Assert.Equal(expected[0], interval.Value, 12);
            double length = expected[2] - expected[1]; // the ends are random: 10,000 resamples each
            Assert.InRange(interval.Low, expected[1] - 0.05 * length, expected[1] + 0.05 * length);
            Assert.InRange(interval.High, expected[2] - 0.05 * length, expected[2] + 0.05 * length);
        }
    }

    [Fact]
    public void Equal_answers_differ_by_nothing_and_swapped_ones_by_the_opposite()
    {
        int[] truth = [0, 1, 2, 0, 1, 2, 0, 1], a = [0, 1, 1, 0, 2, 2, 0, 0], b = [0, 0, 2, 1, 1, 2, 2, 1];
        PairedBootstrap same = PairedBootstrap.Compute(3, truth, a, a, seed: 1),
            forth = PairedBootstrap.Compute(3, truth, a, b, seed: 1),
            back = PairedBootstrap.Compute(3, truth, b, a, seed: 1);
        Assert.Equal(new Interval(0, 0, 0), same.Accuracy);
        Assert.Equal(new Interval(0, 0, 0), same.MacroF1);
        Assert.Equal(forth.MacroF1.Low, -back.MacroF1.High, 12);
        Assert.Equal(forth.Accuracy.Value, -back.Accuracy.Value);
    }

    [Fact]
    public void A_sentence_says_who_is_better_only_when_it_is_known()
    {
        int[] truth = [.. Enumerable.Range(0, 200).Select(i => i % 2)];
        int[] good = [.. truth.Select((t, i) => i % 20 == 0 ? 1 - t : t)],
            poor = [.. truth.Select((t, i) => i % 4 == 0 ? 1 - t : t)],
            near = [.. truth.Select((t, i) => i % 18 == 0 ? 1 - t : t)];
        IReadOnlyList<PairedComparison> pairs = PairedComparison.All(2, truth, [("poor", poor), ("good", good), ("near", near)], seed: 1);
        Assert.Equal(3, pairs.Count);
        Assert.StartsWith("good is better than poor (20.0 points of accuracy, 95 % interval ", pairs[0].Sentence, StringComparison.Ordinal);
        Assert.Contains(", p below 0.001).", pairs[0].Sentence, StringComparison.Ordinal);
        Assert.StartsWith(
            "good and near can't be told apart on these 200 images (good is 1.0 points of accuracy ahead, 95 % interval ",
            pairs[2].Sentence,
            StringComparison.Ordinal
        );
        Assert.Equal(HolmCorrection.Adjust([.. pairs.Select(p => p.Test.P)]), pairs.Select(p => p.AdjustedP));
    }

    [Fact]
    public void Over_seeds_the_intervals_are_those_of_NumPy_and_single_runs_are_left_out()
    {
        JsonElement e = Golden.GetProperty("recipes");
        (string, bool[][])[] candidates =
        [
            .. e.GetProperty("right").EnumerateArray().Select((c, i) => ($"{"abc"[i]}", c.EnumerateArray().Select(Flags).ToArray())),
        ];
        IReadOnlyList<RecipeComparison> ours = RecipeComparison.All(
            [candidates[0], ("single", [candidates[0].Item2[0]]), .. candidates[1..]],
            seed: 3
        );
        Assert.Equal([("a", "b"), ("a", "c"), ("b", "c")], ours.Select(p => (p.First, p.Second)));
        foreach ((RecipeComparison pair, JsonElement expected) in ours.Zip(e.GetProperty("pairs").EnumerateArray()))
        {
            double Of(string name) => expected.GetProperty(name).GetDouble();
            Assert.Equal(Of("value"), pair.Accuracy.Value, 12);
            double room = 0.05 * (Of("high") - Of("low"));
            Assert.InRange(pair.Accuracy.Low, Of("low") - room, Of("low") + room);
            Assert.InRange(pair.Accuracy.High, Of("high") - room, Of("high") + room);
            Assert.InRange(pair.P, 0.85 * Of("p") - 0.002, 1.15 * Of("p") + 0.002);
        }
        Assert.Equal(HolmCorrection.Adjust([.. ours.Select(p => p.P)]), ours.Select(p => p.AdjustedP));
        Assert.Equal(ours, RecipeComparison.All(candidates, seed: 3));

        static bool[] Flags(JsonElement run) => [.. run.EnumerateArray().Select(v => v.GetInt32() == 1)];
    }

    [Fact]
    public void Seeds_that_differ_as_much_as_the_recipes_keep_them_from_being_told_apart()
    {
        // 1,000 images tell the means of 70 and 60 % apart with ease, but runs of one recipe are 20 points apart.
        bool[] Run(int right) => [.. Enumerable.Range(0, 1000).Select(n => n * 37 % 1000 < right)];
        RecipeComparison unsteady = RecipeComparison.All([("a", [Run(800), Run(600)]), ("b", [Run(700), Run(500)])], seed: 1)[0];
        Assert.False(unsteady.IsDifferent);
        Assert.StartsWith(
            "Over 2 seeds each, a and b can't be told apart (a is in the mean 10.0 points of accuracy ahead, 95 % interval -",
            unsteady.Sentence,
            StringComparison.Ordinal
        );
        RecipeComparison steady = RecipeComparison.All([("b", [Run(600), Run(601), Run(599)]), ("a", [Run(700), Run(700)])], seed: 1)[0];
        Assert.StartsWith(
            "Over 3 and 2 seeds, a trains to better models than b (in the mean 10.0 points of accuracy, 95 % interval ",
            steady.Sentence,
            StringComparison.Ordinal
        );
        Assert.Empty(RecipeComparison.All([("a", [Run(1)]), ("b", [Run(2), Run(3)])], seed: 1));
        Assert.Throws<ArgumentException>(() => RecipeComparison.All([("a", [Run(1), [true]]), ("b", [Run(2), Run(3)])], seed: 1));
    }

    [Fact]
    public void Mean_and_spread_are_those_of_the_sample()
    {
        MeanAndSpread three = MeanAndSpread.Compute([0.6, 0.7, 0.8]);
        Assert.Equal((0.7, 0.1), (Math.Round(three.Mean, 12), Math.Round(three.Deviation!.Value, 12)));
        Assert.Null(MeanAndSpread.Compute([0.6]).Deviation);
    }

    [Fact]
    public void ML_NETs_columns_follow_its_definitions()
    {
        // Two of class a, one of b: H = -(2/3 ln 2/3 + 1/3 ln 1/3).
        ClassificationReport report = ClassificationReport.Compute(
            ["a", "b", "never"],
            [0.7f, 0.2f, 0.1f, 0.4f, 0.5f, 0.1f, 0.2f, 0.7f, 0.1f],
            [0, 0, 1]
        );
        MlNetMetrics m = MlNetMetrics.Compute(report);
        double entropy = -(2.0 / 3 * Math.Log(2.0 / 3) + 1.0 / 3 * Math.Log(1.0 / 3)),
            loss = -(Math.Log(0.7f) + Math.Log(0.4f) + Math.Log(0.7f)) / 3;
        Assert.Equal(2.0 / 3, m.MicroAccuracy, 12);
        Assert.Equal(0.75, m.MacroAccuracy, 12);
        Assert.Equal(loss, m.LogLoss, 12);
        Assert.Equal((entropy - loss) / entropy, m.LogLossReduction, 12);
        // Samples of ML.NET print 0.48 for a log loss of 0.57 over three classes that are equally frequent among the evaluated rows.
        ClassificationReport equal = ClassificationReport.Compute(["a", "b", "c"], [.. Enumerable.Repeat(1 / 3f, 9)], [0, 1, 2]);
        Assert.Equal(0, MlNetMetrics.Compute(equal).LogLossReduction, 1e-6);
        Assert.Equal(0.48, MlNetMetrics.Compute(equal with { LogLoss = 0.57 }).LogLossReduction, 0.005);
        Assert.True(double.IsNaN(MlNetMetrics.Compute(ClassificationReport.Compute(["a", "b"], [0.7f, 0.3f], [0])).LogLossReduction));
    }
}

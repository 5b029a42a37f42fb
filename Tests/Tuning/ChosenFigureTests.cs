using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Randomness;
using EmotionMLNet.Training.Tuning.Results;

namespace EmotionMLNet.Tests.Tuning;

/// <summary>What figures that were chosen from many are worth, over classifiers whose true accuracy is known.</summary>
public sealed class ChosenFigureTests
{
    private const int Classes = 2;

    [Fact]
    public void The_best_of_many_equals_is_corrected_to_what_all_of_them_are()
    {
        const double Accuracy = 0.6;
        const int Searches = 20, Images = 300;
        double raw = 0, corrected = 0;
        for (int search = 0; search < Searches; search++)
        {
            int[] truth = Truth(Images, search);
            ChosenFigure chosen = ChosenFigure.Compute(
                [.. Enumerable.Range(0, 40).Select(t => (IReadOnlyList<ScoredPredictions>)[Guess(truth, Accuracy, (search * 100) + t)])],
                truth,
                SelectionMetric.Accuracy,
                seed: 1
            );
            raw += chosen.Raw / Searches;
            corrected += chosen.Corrected.Value / Searches;
            Assert.InRange(chosen.Optimism, 0, 0.15);
            Assert.InRange(chosen.Corrected.Value, chosen.Corrected.Low, chosen.Corrected.High);
        }
        // 40 recipes on 300 pictures: the best looks about five points better than it is.
        Assert.InRange(raw - Accuracy, 0.03, 0.09);
        Assert.InRange(corrected, Accuracy - 0.012, Accuracy + 0.012);
    }

    [Fact]
    public void One_that_is_really_better_keeps_its_figure()
    {
        int[] truth = Truth(2000, 5);
        ScoredPredictions[] trials = [.. Enumerable.Range(0, 10).Select(t => Guess(truth, t == 7 ? 0.8 : 0.6, t))];
        ChosenFigure chosen = ChosenFigure.Compute(
            [.. trials.Select(t => (IReadOnlyList<ScoredPredictions>)[t])],
            truth,
            SelectionMetric.Accuracy,
            seed: 1
        );
        Assert.InRange(chosen.Optimism, -0.002, 0.002);
        Assert.InRange(chosen.GainOptimism, -0.01, 0.01);
        Assert.Equal(10, chosen.Trials);
    }

    [Fact]
    public void A_gain_over_equals_is_hardly_ever_shown_and_a_real_one_is()
    {
        int shown = 0;
        const int Searches = 200;
        for (int search = 0; search < Searches; search++)
        {
            int[] truth = Truth(400, search);
            // Two fresh seeds each, on pictures that had no say.
            TuningGain gain = Gain(truth, 0.6, 0.6, search, seeds: 2);
            Assert.InRange(gain.Lead.Value, gain.Lead.Low, gain.Lead.High);
            if (gain.IsShown) shown++;
        }
        Assert.InRange(shown, 0, Searches / 20);
        Assert.True(Gain(Truth(2000, 1), 0.7, 0.6, 1, seeds: 3).IsShown);
        Assert.False(Gain(Truth(2000, 1), 0.7, 0.6, 1, seeds: 1).IsShown); // one seed may be luck
    }

    [Fact]
    public void Optimism_is_taken_off_where_the_pictures_had_a_say()
    {
        int[] truth = Truth(500, 3);
        ScoredPredictions[] found = [Guess(truth, 0.7, 1), Guess(truth, 0.7, 2)], defaults = [Guess(truth, 0.6, 3), Guess(truth, 0.6, 4)];
        TuningGain test = TuningGain.Compute(found, defaults, truth, SelectionMetric.Accuracy, isOnTest: true, 0.02, 1),
            validation = TuningGain.Compute(found, defaults, truth, SelectionMetric.Accuracy, isOnTest: false, 0.02, 1);
        Assert.Equal(test.Lead.Value - 0.02, validation.Lead.Value, 1e-12);
        Assert.Equal(test.Lead.Low - 0.02, validation.Lead.Low, 1e-12);
        Assert.Equal((0, 0.02), (test.Optimism, validation.Optimism));
    }

    // The same figures as of all pictures, where each is drawn once.
    [Theory]
    [InlineData("accuracy")]
    [InlineData("macro-f1")]
    [InlineData("loss")]
    public void Scores_are_those_of_the_classification_report(string metric)
    {
        var draws = new RandomStream(9);
        int[] truth = [.. Enumerable.Range(0, 200).Select(_ => draws.Next(3))];
        float[] probabilities = new float[600];
        for (int n = 0; n < 200; n++)
        {
            float[] row = [draws.NextSingle(), draws.NextSingle(), draws.NextSingle()];
            for (int c = 0; c < 3; c++) probabilities[3 * n + c] = row[c] / row.Sum();
        }
        ClassificationReport report = ClassificationReport.Compute(["a", "b", "c"], probabilities, truth);
        int[] once = [.. Enumerable.Repeat(1, 200)];
        ScoredPredictions scored = ScoredPredictions.Read(probabilities, truth);
        (SelectionMetric kind, double expected) = metric switch
        {
            "accuracy" => (SelectionMetric.Accuracy, report.Accuracy),
            "macro-f1" => (SelectionMetric.MacroF1, report.MacroF1),
            _ => (SelectionMetric.Loss, -report.LogLoss),
        };
        Assert.Equal(expected, scored.Score(kind, truth, once), 1e-6);
    }

    private static TuningGain Gain(int[] truth, double found, double usual, int search, int seeds) =>
        TuningGain.Compute(
            [.. Enumerable.Range(0, seeds).Select(s => Guess(truth, found, 1000 * search + s))],
            [.. Enumerable.Range(0, seeds).Select(s => Guess(truth, usual, 1000 * search + 500 + s))],
            truth,
            SelectionMetric.Accuracy,
            isOnTest: true,
            optimism: 0,
            (ulong)search
        );

    private static int[] Truth(int images, int seed)
    {
        var draws = new RandomStream(RandomStream.Key(1, (ulong)seed));
        return [.. Enumerable.Range(0, images).Select(_ => draws.Next(Classes))];
    }

    // Right on each picture with that probability.
    private static ScoredPredictions Guess(int[] truth, double accuracy, int seed)
    {
        var draws = new RandomStream(RandomStream.Key(2, (ulong)seed));
        int[] predicted = [.. truth.Select(t => draws.NextDouble() < accuracy ? t : 1 - t)];
        return new(predicted, [.. predicted.Zip(truth, (p, t) => p == t ? 0.2 : 1.7)]);
    }
}

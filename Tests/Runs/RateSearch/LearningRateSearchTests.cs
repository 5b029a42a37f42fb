using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.RateSearch;

namespace EmotionMLNet.Tests.Runs.RateSearch;

public sealed class LearningRateSearchTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_suggestion_is_a_tenth_of_the_rate_with_the_lowest_loss_and_the_steepest_fall_lies_before_it()
    {
        // A valley in the logarithm of the rate: flat to 1e-4, steepest at 1e-3, lowest at 1e-1.
        LearningRateSearch search = Curve(x => x < -4 ? 2 : x < -1 ? 1 + Math.Cos((x + 4) / 3 * Math.PI) / 1.25 + 0.2 : 0.4 + 3 * (x + 1));
        Assert.Equal(1e-1, search.Lowest!.Value.Rate, 1e-2);
        Assert.Equal(search.Lowest.Value.Rate / 10, search.Suggested);
        Assert.InRange(Math.Log10(search.Steepest!.Value.Rate), -3, -2);
    }

    [Fact]
    public void A_dip_behind_the_place_where_the_loss_broke_is_not_taken_for_the_lowest()
    {
        LearningRateSearch search = Curve(x => x < -3 ? 2 - (x + 6) * 0.05 : x < 0 ? 1.85 + (x + 3) * 0.05 : 1.5);
        Assert.Equal(1e-3, search.Lowest!.Value.Rate, 1e-4);
        Assert.InRange(Math.Log10(search.Broken!.Value.Rate), -2, -1);
    }

    [Fact]
    public void A_loss_that_only_rises_suggests_nothing()
    {
        LearningRateSearch search = Curve(x => 2 + (x + 6) * 0.1);
        Assert.Null(search.Suggested);
        Assert.Null(search.Steepest);
    }

    [Fact]
    public void Rates_rise_by_the_same_factor_over_one_epoch_at_most_and_the_search_repeats_to_the_bit()
    {
        LearningRateSearch first = Search(1e-4, 1, steps: 1000), second = Search(1e-4, 1, steps: 1000);
        Assert.Equal(first.Points, second.Points);
        Assert.False(first.Diverged);
        Assert.Equal(23, first.Points.Count); // 45 images in batches of 2
        Assert.Equal(1e-4, first.Points[0].Rate);
        Assert.Equal(1, first.Points[^1].Rate, 1e-9);
        for (int i = 1; i < 23; i++) Assert.Equal(Math.Pow(1e4, 1 / 22.0), first.Points[i].Rate / first.Points[i - 1].Rate, 1e-9);
    }

    [Fact]
    public void A_search_ends_where_the_loss_breaks()
    {
        LearningRateSearch search = Search(1e-2, 1e6, steps: 23, OptimiserKind.Sgd);
        Assert.True(search.Diverged);
        Assert.InRange(search.Points.Count, 2, 22);
        Assert.All(search.Points, p => Assert.True(double.IsFinite(p.Loss)));
    }

    [Fact]
    public void The_table_has_every_step_and_the_chart_the_suggestion()
    {
        LearningRateSearch search = Curve(x => 2 + Math.Abs(x + 2));
        LearningRateReport.Write(search, "Learning rates", folder["out"]);
        string[] table = File.ReadAllLines(Path.Combine(folder["out"], LearningRateReport.Csv));
        Assert.Equal("rate,loss,smoothed", table[0]);
        Assert.Equal(search.Points.Count, table.Length - 1);
        Assert.Contains(
            "suggested 0.001",
            File.ReadAllText(Path.Combine(folder["out"], LearningRateReport.Chart)),
            StringComparison.Ordinal
        );
    }

    private static LearningRateSearch Curve(Func<double, double> lossOfPower) =>
        new(
            [
                .. Enumerable
                    .Range(0, 121)
                    .Select(i => -6 + i * 0.05)
                    .Select(x => new LearningRatePoint(Math.Pow(10, x), lossOfPower(x), lossOfPower(x))),
            ],
            Diverged: false
        );

    // A search needs no validation images.
    private static LearningRateSearch Search(double from, double to, int steps, OptimiserKind optimiser = OptimiserKind.Adam)
    {
        TrainingOptions options = TinyData.Options with
        {
            Optimisation = TinyData.Options.Optimisation with { BatchSize = 2, Optimiser = optimiser },
        };
        Dataset data = TinyData.Make() with { Sets = [TinyData.Set(Split.Train, 45, seed: 1)] };
        using var learner = new Learner(
            options,
            RunFactory.CreateNetwork(options, TinyData.Preprocessing, 3, new SilentReporter()),
            TinyData.Preprocessing,
            data
        );
        return LearningRateSearch.Run(learner, from, to, steps, null, CancellationToken.None);
    }
}

using System.Globalization;
using System.Text;
using EmotionMLNet.Files;
using EmotionMLNet.Training.Reports;

namespace EmotionMLNet.Training.Runs.RateSearch;

/// <summary>The files of a search: lr-find.csv and lr-find.svg.</summary>
internal static class LearningRateReport
{
    public const string Csv = "lr-find.csv", Chart = "lr-find.svg";

    /// <summary>A chart over four times the first loss would show its last point and nothing else.</summary>
    private const double Tallest = 1.5;

    /// <param name="search">A search with at least one point.</param>
    /// <param name="title">The title of the chart.</param>
    /// <param name="folder">Made if it is not there.</param>
    public static void Write(LearningRateSearch search, string title, string folder)
    {
        var csv = new StringBuilder(CsvLine.Format(["rate", "loss", "smoothed"]));
        foreach (LearningRatePoint p in search.Points) csv.Append(CsvLine.Format([Figure(p.Rate), Figure(p.Loss), Figure(p.Smoothed)]));
        AtomicFile.WriteText(Path.Combine(folder, Csv), csv.ToString());

        double top = Tallest * search.Points[0].Smoothed;
        LearningRatePoint[] shown = [.. search.Points.Where(p => p.Smoothed <= top)];
        List<ChartSeries> series =
        [
            new("loss of a batch", [.. shown.Select(p => (Math.Log10(p.Rate), Math.Min(p.Loss, top)))], Dashed: true),
            new("smoothed", [.. shown.Select(p => (Math.Log10(p.Rate), p.Smoothed))]),
        ];
        if (search.Suggested is { } suggested)
            series.Add(
                new(
                    $"suggested {suggested.ToString("G2", CultureInfo.InvariantCulture)}",
                    [(Math.Log10(suggested), shown.Min(p => p.Smoothed)), (Math.Log10(suggested), shown.Max(p => p.Smoothed))]
                )
            );
        AtomicFile.WriteText(Path.Combine(folder, Chart), LineChart.Draw(title, "learning rate, power of ten", "loss", series));
    }

    private static string Figure(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}

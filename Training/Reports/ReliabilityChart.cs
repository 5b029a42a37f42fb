using System.Globalization;
using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Training.Reports;

/// <summary>
/// Accuracy against confidence, bin by bin, with the pictures of each; a calibrated model's bars end on the diagonal. DeGroot and Fienberg
/// 1983.
/// </summary>
internal static class ReliabilityChart
{
    private const int Width = 400, Height = 440, Left = 72, Right = 24, Top = 40, Plot = 300, Bar = 14;

    /// <param name="bins">Mean confidence, accuracy and images of each non-empty bin.</param>
    public static string Draw(IReadOnlyList<(double Confidence, double Accuracy, int Images)> bins)
    {
        const double across = Width - Left - Right, bottom = Top + Plot;
        var svg = new Svg(
            Width,
            Height,
            "Calibration",
            "Accuracy against confidence. "
                + string.Join(
                    ' ',
                    bins.Select(b =>
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"Confidence {b.Confidence:0.00}: accuracy {b.Accuracy:0.00} over {b.Images} pictures."
                        )
                    )
                )
        );
        double X(double v) => Left + v * across;
        double Y(double v) => bottom - v * Plot;
        svg.Text(Width / 2.0, 24, "Calibration", "middle", "title");
        for (int tick = 0; tick <= 5; tick++)
        {
            double v = tick / 5.0;
            svg.Line(X(0), Y(v), X(1), Y(v), "grid");
            svg.Text(X(0) - 8, Y(v) + 4, v.ToString("0.0", CultureInfo.InvariantCulture), "end");
            svg.Text(X(v), bottom + 18, v.ToString("0.0", CultureInfo.InvariantCulture), "middle");
        }
        foreach ((double confidence, double accuracy, int images) in bins)
        {
            string count = images.ToString(CultureInfo.InvariantCulture);
            svg.Rectangle(
                X(confidence) - Bar / 2.0,
                Y(accuracy),
                Bar,
                Y(0) - Y(accuracy),
                Svg.Palette[0],
                string.Create(CultureInfo.InvariantCulture, $"confidence {confidence:0.000}, accuracy {accuracy:0.000}, {images} pictures")
            );
            double centre =
                (Math.Clamp(Math.Ceiling(confidence * CalibrationBins.Count), 1, CalibrationBins.Count) - 0.5) / CalibrationBins.Count;
            svg.Text(X(centre) + 4, bottom + 46, count, "end", rotate: -90); // on end, so that neighbours don't meet
        }
        svg.Line(X(0), Y(0), X(1), Y(1), "axis");
        svg.Text(Left - 8, bottom + 56, "pictures", "end");
        svg.Text(X(0.5), bottom + 36, "confidence", "middle");
        svg.Text(14, Top + Plot / 2.0, "accuracy", "middle", rotate: -90);
        return svg.ToString();
    }
}

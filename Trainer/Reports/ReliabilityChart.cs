using System.Globalization;

namespace EmotionMLNet.Trainer.Reports;

/// <summary>Accuracy against confidence, bin by bin; a calibrated model's bars end on the diagonal. DeGroot and Fienberg 1983.</summary>
internal static class ReliabilityChart
{
    private const int Side = 360, Margin = 56;

    /// <param name="bins">Mean confidence, accuracy and images of each non-empty bin.</param>
    public static string Draw(IReadOnlyList<(double Confidence, double Accuracy, int Images)> bins)
    {
        const double span = Side - 2.0 * Margin;
        var svg = new Svg(Side, Side, "Calibration", "Accuracy against confidence. " + string.Join(' ', bins.Select(b =>
            string.Create(CultureInfo.InvariantCulture, $"Confidence {b.Confidence:0.00}: accuracy {b.Accuracy:0.00} over {b.Images} images."))));
        double X(double v) => Margin + v * span;
        double Y(double v) => Side - Margin - v * span;
        svg.Text(Side / 2.0, 24, "Calibration", "middle", "title");
        for (int tick = 0; tick <= 5; tick++)
        {
            double v = tick / 5.0;
            svg.Line(X(0), Y(v), X(1), Y(v), "grid");
            svg.Text(X(0) - 8, Y(v) + 4, v.ToString("0.0", CultureInfo.InvariantCulture), "end");
            svg.Text(X(v), Y(0) + 18, v.ToString("0.0", CultureInfo.InvariantCulture), "middle");
        }
        foreach ((double confidence, double accuracy, int images) in bins)
        {
            svg.Rectangle(X(confidence) - 6, Y(accuracy), 12, Y(0) - Y(accuracy), Svg.Palette[0],
                string.Create(CultureInfo.InvariantCulture, $"confidence {confidence:0.000}, accuracy {accuracy:0.000}, {images} images"));
        }
        svg.Line(X(0), Y(0), X(1), Y(1), "axis");
        svg.Text(Side / 2.0, Side - 16, "confidence", "middle");
        svg.Text(14, Side / 2.0, "accuracy", "middle", rotate: -90);
        return svg.ToString();
    }
}

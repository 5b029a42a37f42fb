using System.Globalization;
using System.Text;
using EmotionMLNet.Formatting;
using EmotionMLNet.Imaging;
using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Training.Reports;

/// <summary>One evaluation as a self-contained HTML page.</summary>
internal static class EvaluationPage
{
    private const int MostPairs = 10, MostMistakes = 24;

    public static string Render(Evaluation evaluation)
    {
        var html = new StringBuilder();
        Summary(html, evaluation);
        PerClass(html, evaluation.Report);
        Confusion(html, evaluation.Report, "Confusion matrix, images", (count, _) => count.ToString(CultureInfo.InvariantCulture));
        Confusion(
            html,
            evaluation.Report,
            "Confusion matrix, share of the true class",
            (count, total) => total == 0 ? "–" : FigureText.Percent((double)count / total)
        );
        Pairs(html, evaluation.Report);
        html.Append("<h2>Calibration</h2>\n").Append(ReliabilityChart.Draw([.. evaluation.Calibration().Bins]));
        Gallery(html, evaluation);
        return HtmlPage.Render($"{evaluation.Manifest.Architecture}, {evaluation.Part.Heading}", html.ToString());
    }

    private static void Summary(StringBuilder html, Evaluation e)
    {
        ClassificationReport r = e.Report;
        html.Append("<dl>\n");
        Fact("measured on", e.Part.Heading);
        if (e.Part.Caution is { } caution) Fact("caution", caution);
        Figures(r);
        Fact("without looking", string.Join(". ", e.DescribeBaseline()));
        Fact("split", e.Images.Name);
        Fact(
            "protocol",
            "one forward pass of the whole picture, no test-time augmentation; weights chosen on the validation split of training"
        );
        Fact(
            "model",
            $"{Path.GetFileName(e.ModelPath)}: {e.Manifest.Architecture}, "
                + $"{e.Parameters.ToString("N0", CultureInfo.InvariantCulture)} parameters, made {e.Manifest.CreatedAt} by "
                + $"{e.Manifest.CreatedBy}"
        );
        Fact("data fingerprint", e.DataFingerprint);
        html.Append("</dl>\n");
        if (e.Augmented is { } augmented)
        {
            html.Append("<h2>With test-time augmentation</h2>\n<dl>\n");
            Figures(augmented.Report);
            Fact("protocol", $"{augmented.Augmentation}: {augmented.Augmentation.Describe()}; everything below is of the single pass");
            html.Append("</dl>\n");
        }

        void Figures(ClassificationReport of)
        {
            Fact("accuracy", $"{FigureText.WithInterval(of)}, 95 % Wilson interval in brackets, {Plural.Format(of.Images, "picture")}");
            Fact("macro F1", FigureText.Percent(of.MacroF1));
            Fact("balanced accuracy", FigureText.Percent(of.BalancedAccuracy));
            Fact("log loss", FigureText.Number(of.LogLoss));
            Fact("expected calibration error", FigureText.Percent(of.ExpectedCalibrationError));
        }

        void Fact(string name, string value) => html.Append(CultureInfo.InvariantCulture, $"<dt>{name}</dt><dd>{Svg.Escape(value)}</dd>\n");
    }

    private static void PerClass(StringBuilder html, ClassificationReport report)
    {
        html.Append(
            "<h2>Per class</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Per "
                + "class\"><table><thead><tr><th scope=\"col\">label</th><th scope=\"col\">precision</th><th "
                + "scope=\"col\">recall</th><th scope=\"col\">F1</th><th scope=\"col\">support</th></tr></thead><tbody>\n"
        );
        foreach (ClassMetrics c in report.PerClass)
            html.Append(
                CultureInfo.InvariantCulture,
                $"<tr><th "
                    + $"scope=\"row\">{Svg.Escape(c.Label)}</th><td>{FigureText.Percent(c.Precision)}"
                    + $"</td><td>{FigureText.Percent(c.Recall)}</td><td>{FigureText.Percent(c.F1)}</td><td>{c.Support}</td></tr>\n"
            );
        html.Append("</tbody></table></div>\n");
    }

    private static void Confusion(StringBuilder html, ClassificationReport report, string title, Func<int, int, string> text)
        => html.Append(CultureInfo.InvariantCulture, $"<h2>{title}</h2>\n").Append(ConfusionTable.Render(report, title, text));

    private static void Pairs(StringBuilder html, ClassificationReport report)
    {
        html.Append("<h2>Most confused</h2>\n<ol>\n");
        foreach (ConfusedPair pair in ConfusedPair.FindMost(report, MostPairs))
            html.Append(
                CultureInfo.InvariantCulture,
                $"<li>{Svg.Escape(pair.Truth)} taken for {Svg.Escape(pair.Predicted)}: {Plural.Format(pair.Count, "picture")}, "
                    + $"{FigureText.Percent(pair.Share)} of {Svg.Escape(pair.Truth)}</li>\n"
            );
        html.Append("</ol>\n");
    }

    private static void Gallery(StringBuilder html, Evaluation e)
    {
        html.Append(
            "<h2>Most confident mistakes</h2>\n<p class=\"soft\">As the network saw them. Some are mistakes of the "
                + "labels.</p>\n<ul class=\"gallery\">\n"
        );
        foreach (Mistake mistake in e.Mistakes(MostMistakes))
        {
            var image = new Image(e.Preprocessing.Width, e.Preprocessing.Height, e.Preprocessing.Channels, e.Images.Pixels[mistake.Index]);
            string caption = $"{mistake.Truth} → {mistake.Predicted}, {FigureText.Percent(mistake.Confidence)}";
            html.Append(
                HtmlPage.Picture(
                    image,
                    $"labelled {mistake.Truth}, predicted {mistake.Predicted}",
                    caption,
                    e.Images.Sources[mistake.Index]
                )
            );
        }
        html.Append("</ul>\n");
    }
}

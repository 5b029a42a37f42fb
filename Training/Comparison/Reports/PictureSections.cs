using EmotionMLNet.Imaging;
using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Reports;

namespace EmotionMLNet.Training.Comparison.Reports;

/// <summary>What the winner says of single pictures, and why.</summary>
internal static class PictureSections
{
    private const int MostSamples = 12, MostMistakes = 12, MostMaps = 12;

    public static void Append(PageBuilder body, Comparison c)
    {
        Evaluation winner = c.Winner.Best.Quoted with { Images = c.Images };
        body.Section("samples", "Sample predictions");
        body.Paragraph(
            $"Of {c.Winner.Name}, spread evenly over {c.SplitName}, "
                + $"{(c.Winner.Candidate.IsNetwork ? "as the network saw them" : "at the size of its input")}.",
            "soft"
        );
        Gallery(body, Samples(winner, MostSamples).Select(n => Item(winner, n, Picture(winner, n), winner.Images.Sources[n])));

        body.Section("mistakes", "Most confident mistakes");
        IReadOnlyList<Mistake> mistakes = winner.Mistakes(MostMistakes);
        body.Paragraph(mistakes.Count == 0 ? "There are none." : "Some are mistakes of the labels.", "soft");
        Gallery(body, mistakes.Select(m => Item(winner, m.Index, Picture(winner, m.Index), winner.Images.Sources[m.Index])));

        Maps(body, winner, c);
        string sheet = Path.Combine(c.Winner.Best.Folder, AugmentationSheet.FileName);
        if (File.Exists(sheet))
        {
            body.Section("augmentation", "Augmentation");
            body.Paragraph("What training saw: a row an image, as it is on the left, then drawn anew.", "soft");
            body.Raw(
                $"<img alt=\"Training images of {Svg.Escape(c.Winner.Name)}, each followed by augmented versions of it\" "
                    + $"src=\"{HtmlPage.DataUri(File.ReadAllBytes(sheet))}\">\n"
            );
        }
    }

    private static void Maps(PageBuilder body, Evaluation winner, Comparison c)
    {
        body.Section("grad-cam", "Where the evidence lies");
        if (!c.Winner.Candidate.IsNetwork)
        {
            body.Paragraph(
                $"{c.Winner.Name} is no network of this program: its feature maps and gradients are not to be had, so there are no "
                    + "Grad-CAM overlays."
            );
            return;
        }
        using var team = new ThreadTeam(1);
        ModelZip zip = ModelZip.Load(winner.ModelPath);
        if (GradCam.For(zip.Network, team) is not { } cam)
        {
            body.Paragraph($"{c.Winner.Name} has no feature maps that all of its answer depends on, so there are no Grad-CAM overlays.");
            return;
        }
        body.Paragraph(
            $"Grad-CAM (Selvaraju et al. 2017) of {c.Winner.Name} for the predicted label, {cam.Height} x {cam.Width} cells: "
                + "orange is what spoke for it. It shows where the network looked, not whether it was right to.",
            "soft"
        );
        ImagePreprocessing p = winner.Preprocessing;
        var input = new float[p.Length];
        Gallery(body, Samples(winner, MostMaps).Select(n =>
        {
            p.Normalise(winner.Images.Pixels[n], input);
            float[] heat = cam.HeatMap(input, ClassificationReport.ArgMax(Row(winner, n)));
            return Item(winner, n, HeatOverlay.Draw(winner.Images.Pixels[n], p, heat, cam.Height, cam.Width), winner.Images.Sources[n]);
        }));
    }

    private static void Gallery(PageBuilder body, IEnumerable<string> items) =>
        body.Raw($"<ul class=\"gallery\">\n{string.Concat(items)}</ul>\n");

    private static string Item(Evaluation e, int n, Image image, string source)
    {
        ReadOnlySpan<float> row = Row(e, n);
        int predicted = ClassificationReport.ArgMax(row);
        string truth = e.Manifest.Labels[e.Images.Classes[n]],
            label = e.Manifest.Labels[predicted],
            confidence = ComparisonFigures.Percent(row[predicted]);
        string caption = truth == label ? $"{label}, {confidence}" : $"{truth} → {label}, {confidence}";
        return HtmlPage.Picture(image, $"labelled {truth}, predicted {label} with {confidence}", caption, source);
    }

    private static Image Picture(Evaluation e, int n) =>
        new(e.Preprocessing.Width, e.Preprocessing.Height, e.Preprocessing.Channels, e.Images.Pixels[n]);

    private static ReadOnlySpan<float> Row(Evaluation e, int n) =>
        e.Probabilities.AsSpan(n * e.Manifest.Labels.Count, e.Manifest.Labels.Count);

    // Class by class in turns, evenly within each.
    private static IEnumerable<int> Samples(Evaluation e, int most)
    {
        int[][] classes =
        [
            .. Enumerable.Range(0, e.Images.Count).GroupBy(n => e.Images.Classes[n]).OrderBy(g => g.Key).Select(g => g.ToArray()),
        ];
        int rounds = (most + classes.Length - 1) / classes.Length;
        return Enumerable
            .Range(0, rounds)
            .SelectMany(r => classes.Where(c => r < c.Length).Select(c => c[(int)((r + 0.5) * c.Length / rounds)]))
            .Distinct()
            .Take(most);
    }
}

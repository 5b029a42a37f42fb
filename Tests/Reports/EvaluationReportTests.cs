using System.Globalization;
using System.Text.Json;
using EmotionMLNet.Formatting;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Trainer.Rendering;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reports;

namespace EmotionMLNet.Tests.Reports;

/// <summary>
/// One evaluation as table, JSON and page: what fits a terminal, what stands beside an accuracy, and what labels may hold.
/// </summary>
public sealed class EvaluationReportTests
{
    private static readonly string[] Fer = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"];

    [Fact]
    public void Seven_labels_stand_whole_above_the_confusion_and_no_line_is_longer_than_80_columns()
    {
        string table = EvaluationTable.Render(Make(Fer, 350, right: 0.7));
        string[] lines = table.Split('\n');
        Assert.All(lines, l => Assert.InRange(CellText.Width(l), 0, 80));
        Assert.Contains(lines, l => Fer.All(label => l.Split(' ').Contains(label)));
        Assert.DoesNotContain('|', table);
        Assert.Contains(lines, l => System.Text.RegularExpressions.Regex.IsMatch(l, @"^accuracy +\d+\.\d % \(\d+\.\d to \d+\.\d\)$"));
        Assert.Contains("350 pictures, one forward pass each", table, StringComparison.Ordinal);
        Assert.Contains("by chance 14.3 %", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_labels_and_counts_fit_80_columns_and_every_count_stands_in_the_confusion()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            int most = random.Next(100_000);
            string[] labels =
            [
                .. Enumerable
                    .Range(0, random.Next(2, 40))
                    .Select(i => $"{new string(random.GetItems("abcxyz 漢字é".AsSpan(), random.Next(1, 40)))}{i}"),
            ];
            int[][] counts = [.. labels.Select(_ => labels.Select(_ => random.Next(most + 1)).ToArray())];
            string text = EvaluationTable.Confusion(labels, counts);
            Assert.All(text.Split('\n'), l => Assert.InRange(CellText.Width(l), 0, 80));
            string[] words = text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
            Assert.True(words.Length >= labels.Length * labels.Length);
            Assert.Contains(counts.SelectMany(r => r).Max().ToString(CultureInfo.InvariantCulture), words);
        }
    }

    [Fact]
    public void An_accuracy_that_is_not_above_the_commonest_label_is_called_so_in_table_JSON_and_page()
    {
        Evaluation guess = Make(Fer, 350, right: 0.1), good = Make(Fer, 350, right: 0.9);
        Assert.Contains("The accuracy is not above that", EvaluationTable.Render(guess), StringComparison.Ordinal);
        Assert.DoesNotContain("not above that", EvaluationTable.Render(good), StringComparison.Ordinal);
        Assert.Contains("The accuracy is not above that", EvaluationPage.Render(guess), StringComparison.Ordinal);
        foreach ((Evaluation evaluation, bool beaten) in new[] { (guess, false), (good, true) })
        {
            JsonElement baseline = JsonDocument.Parse(EvaluationJson.Render(evaluation)).RootElement.GetProperty("baseline");
            Assert.Equal(beaten, baseline.GetProperty("isBeaten").GetBoolean());
            Assert.Equal(1.0 / 7, baseline.GetProperty("chanceAccuracy").GetDouble(), 1e-12);
            string majority = baseline.GetProperty("majorityLabel").GetString()!,
                share = FigureText.Percent(baseline.GetProperty("majorityAccuracy").GetDouble());
            foreach (string text in new[] { EvaluationTable.Render(evaluation), EvaluationPage.Render(evaluation) })
                Assert.Contains($"always saying {majority} is right {share}; by chance 14.3 %", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Both_readings_of_test_time_augmentation_stand_side_by_side_in_80_columns()
    {
        Evaluation e = Make(Fer, 350, right: 0.7);
        var views = TestTimeAugmentation.Parse("flip+crops");
        string table = EvaluationTable.Render(e with { Augmented = new AugmentedEvaluation(views, e.Probabilities, e.Report) });
        Assert.All(table.Split('\n'), l => Assert.InRange(CellText.Width(l), 0, 80));
        Assert.Contains(
            table.Split('\n'),
            l => l.Contains("one pass", StringComparison.Ordinal) && l.TrimEnd().EndsWith(views.ToString(), StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Escape_codes_and_markup_in_labels_and_names_of_files_are_shown_and_never_sent()
    {
        string[] labels = ["\u001b[31mred\u0007", "<script>alert(1)</script>", "a\nb"];
        Evaluation e = Make(labels, 30, right: 0.2, "\u001b]0;owned\u0007<img src=x>.png") with
        {
            Part = new MeasuredPart(DataOrigin.Other, "all 30 pictures of \u001b[2J", "\u001b[1m"),
        };
        foreach (string text in new[] { EvaluationTable.Render(e), EvaluationPage.Render(e) })
        {
            Assert.DoesNotContain(text, c => char.IsControl(c) && c is not '\n');
            Assert.Contains("\\u001B[31mred", text, StringComparison.Ordinal);
        }
        string page = EvaluationPage.Render(e);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=x>", page, StringComparison.Ordinal);
        Assert.Contains("&lt;img src=x&gt;.png", page, StringComparison.Ordinal);
        JsonDocument.Parse(EvaluationJson.Render(e)).Dispose();
    }

    [Fact]
    public void The_calibration_chart_says_how_many_pictures_each_bin_holds()
    {
        string svg = ReliabilityChart.Draw([(0.41, 0.3, 7), (0.62, 0.6, 1234), (0.99, 1, 21_000)]);
        foreach (string count in new[] { ">7</text>", ">1234</text>", ">21000</text>", ">pictures</text>" })
            Assert.Contains(count, svg, StringComparison.Ordinal);
    }

    [Fact]
    public void No_figure_is_minus_nothing()
    {
        var random = new Random(1);
        for (int i = 0; i < 1000; i++)
        {
            double v = 0.002 * random.NextDouble() - 0.001;
            foreach (string text in new[] { FigureText.Percent(v), FigureText.Number(v), FigureText.Points(v) })
                Assert.DoesNotMatch(@"[-+]0\.0*( %|$)", text);
        }
        Assert.Equal(("once", "twice", "3 times"), (FigureText.Times(1), FigureText.Times(2), FigureText.Times(3)));
        Evaluation none = Make(Fer, 7, right: 0);
        Assert.Contains("accuracy           0.0 % (0.0 to", EvaluationTable.Render(none), StringComparison.Ordinal);
        Assert.DoesNotContain("-0.0", EvaluationTable.Render(none) + EvaluationPage.Render(none), StringComparison.Ordinal);
        Assert.DoesNotContain("1 times", EvaluationTable.Render(none), StringComparison.Ordinal);
    }

    /// <summary>Every n-th picture is right, the others are taken for the next label; happy or its like is commonest.</summary>
    private static Evaluation Make(string[] labels, int count, double right, string source = "picture.png")
    {
        var random = new Random(1);
        int[] classes = [.. Enumerable.Range(0, count).Select(i => i % 4 == 0 ? labels.Length / 2 : i % labels.Length)];
        var probabilities = new float[count * labels.Length];
        for (int n = 0; n < count; n++)
        {
            int said = random.NextDouble() < right ? classes[n] : (classes[n] + 1) % labels.Length;
            for (int k = 0; k < labels.Length; k++) probabilities[n * labels.Length + k] = k == said ? 0.6f : 0.4f / (labels.Length - 1);
        }
        ModelZip zip = TinyModel.Make("residual", "angry", "happy", "sad");
        ModelManifest manifest = zip.Manifest with { Labels = labels };
        var images = new ImageSet(
            Split.Validation,
            "set",
            labels,
            classes,
            [.. classes.Select(_ => new byte[manifest.Preprocessing.Length])],
            [.. classes.Select(_ => source)]
        );
        return new Evaluation(
            "model.zip",
            manifest,
            1000,
            images,
            "fingerprint",
            probabilities,
            ClassificationReport.Compute(labels, probabilities, classes)
        );
    }
}

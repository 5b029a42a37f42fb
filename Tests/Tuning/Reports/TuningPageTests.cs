using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using EmotionMLNet.Files;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Tuning.Reports;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.Training.Tuning.Space;
using Microsoft.Playwright;

namespace EmotionMLNet.Tests.Tuning.Reports;

/// <summary>The page of a search: its parts, what they say of odd searches, and what a browser and axe say of it.</summary>
public sealed class TuningPageTests
{
    private static readonly string[] Parts =
    [
        "Verdict",
        "Winner against default",
        "History",
        "Rungs",
        "One setting at a time",
        "What mattered",
        "Figure against cost",
        "Timeline and failures",
        "The best trials together",
        "Do it again",
    ];

    [Fact]
    public void It_is_self_contained_needs_no_script_and_has_all_its_parts_in_order()
    {
        IHtmlDocument page = Parse(MadeSearch.Realistic());
        Assert.Empty(page.QuerySelectorAll("script, link, iframe, object, [src]"));
        Assert.Equal(Parts, page.QuerySelectorAll("h2").Select(h => h.TextContent));
        string[] charts = [.. page.QuerySelectorAll("svg > title").Select(t => t.TextContent)];
        foreach (
            string chart in new[]
            {
                "What was reached when",
                "The same, with all of their training",
                "Epoch by epoch, 33.3 % of the pictures",
                "Epoch by epoch, all pictures",
                "optimisation.learningRate",
                "Share of each setting, emotion-cnn",
                "Against time",
                "Against size",
                "Who trained what when",
                "The best of happy-sad-cnn",
            }
        )
            Assert.Contains(chart, charts);
        IEnumerable<string> items = page.QuerySelectorAll("li").Select(l => l.TextContent);
        Assert.Equal(3, items.Count(t => t.StartsWith("Kendall's τ between rung", StringComparison.Ordinal)));
    }

    [Fact]
    public void It_can_be_read_without_seeing_it()
    {
        IHtmlDocument page = Parse(MadeSearch.Realistic());
        Assert.Single(page.QuerySelectorAll("h1"));
        Assert.All(page.QuerySelectorAll("nav a"), a => Assert.NotNull(page.GetElementById(a.GetAttribute("href")![1..])));
        Assert.All(
            page.QuerySelectorAll("svg"),
            s => Assert.True(s.QuerySelector("title")!.TextContent.Length > 0 && s.QuerySelector("desc")!.TextContent.Length > 0)
        );
        string[] ids = [.. page.QuerySelectorAll("[id]").Select(e => e.Id!)];
        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public void The_verdict_has_gain_and_interval_raw_and_corrected_figure_and_cost()
    {
        TuningResult result = MadeSearch.Realistic();
        string verdict = Verdict(result);
        Assert.Contains($"Trial {result.Winner} (", verdict, StringComparison.Ordinal);
        Assert.Contains(
            "is better than the default by 1.8 points of accuracy (95 % interval 0.6 to 3.1).",
            verdict,
            StringComparison.Ordinal
        );
        Assert.Contains("the same 2 fresh seeds and measured on the test split", verdict, StringComparison.Ordinal);
        Assert.Contains($"it was chosen from {result.Chosen!.Trials} trials", verdict, StringComparison.Ordinal);
        Assert.Contains("Corrected for the choice it is", verdict, StringComparison.Ordinal);
        Assert.Contains("of the 1:00:00 h that it had: 60 trials", verdict, StringComparison.Ordinal);
        Assert.DoesNotContain("No gain shown", verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void No_gain_is_a_result()
    {
        TuningResult result = MadeSearch.Realistic() with { Gain = new(new(0.002, -0.011, 0.014), 1, false, 0.004) };
        string verdict = Verdict(result);
        Assert.StartsWith("No gain shown: keep the default. Trial ", verdict, StringComparison.Ordinal);
        Assert.Contains("leads by 0.2 points of accuracy (95 % interval -1.1 to 1.4)", verdict, StringComparison.Ordinal);
        Assert.Contains("on validation; 0.4 points of accuracy were taken off", verdict, StringComparison.Ordinal);
        Assert.Contains("The luck of the seed is not in the interval.", verdict, StringComparison.Ordinal);
        Assert.Equal(0, result.Recommended);
        Assert.Contains("best.json has the settings of trial 0", Parse(result).Body!.TextContent, StringComparison.Ordinal);
        Assert.StartsWith("Nothing was confirmed: keep the default.", Verdict(result with { Gain = null }), StringComparison.Ordinal);
        Assert.Contains("is the best so far", Verdict(result with { Gain = null, Chosen = null }), StringComparison.Ordinal);
        Assert.Contains("also the best so far", Verdict(result with { Gain = null, Chosen = null, Winner = 0 }), StringComparison.Ordinal);
        Assert.StartsWith(
            "No gain shown: keep the default. It was itself the best of",
            Verdict(result with { Gain = null, Winner = 0 }),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_search_of_one_trial_has_all_parts_too()
    {
        IHtmlDocument page = Parse(MadeSearch.Tiny());
        Assert.Equal(Parts, page.QuerySelectorAll("h2").Select(h => h.TextContent));
        string text = page.Body!.TextContent;
        Assert.Contains("so nothing was chosen by this figure", text, StringComparison.Ordinal);
        Assert.Contains("below 25 this would be noise", text, StringComparison.Ordinal);
        Assert.Contains("do not differ in cost", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_search_in_which_nothing_came_to_a_figure_says_so()
    {
        SearchArm[] arms = MadeSearch.Arms(SelectionMetric.Accuracy, "emotion-cnn");
        var point = arms[0].Space.Cube.Rest;
        SearchTrial lost = MadeSearch.Trial(0, arms[0], point, TrialStatus.Failed, []) with { Reason = "no memory" };
        SearchTrial wild = MadeSearch.Trial(1, arms[0], point, TrialStatus.Paused, [double.NaN, double.NaN, double.NaN]);
        foreach (SearchTrial[] trials in new SearchTrial[][] { [], [lost], [lost, wild], [lost with { Spans = [new("w", 0, 1, null)] }] })
        {
            TuningResult result = MadeSearch.Of(arms, MadeSearch.Layout, trials, 0);
            IHtmlDocument page = Parse(result);
            Assert.Equal(Parts, page.QuerySelectorAll("h2").Select(h => h.TextContent));
            Assert.StartsWith("No gain shown: keep the default. No trial had all", Verdict(result), StringComparison.Ordinal);
            Assert.Equal(trials.Length + 1, TrialsCsv.Write(result).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            Assert.Contains("emotion-cnn", BestJson.Write(result), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(SelectionMetric.Accuracy, "points of accuracy", "validation accuracy, %")]
    [InlineData(SelectionMetric.MacroF1, "points of macro F1", "validation macro F1, %")]
    [InlineData(SelectionMetric.Loss, "of log loss", "validation log loss")]
    public void Figures_are_in_the_terms_of_the_metric(SelectionMetric metric, string lead, string axis)
    {
        TuningResult result = MadeSearch.Realistic(40, metric);
        Assert.Contains(lead, Verdict(result), StringComparison.Ordinal);
        IHtmlDocument page = Parse(result);
        Assert.Contains(axis, page.QuerySelectorAll("svg text").Select(t => t.TextContent));
        string shown = new MetricText(metric).OfScore(result.Chosen!.Raw);
        Assert.Contains(shown, page.QuerySelectorAll("tr.best td").Select(t => t.TextContent.Replace('\u00a0', ' ')));
        Assert.Equal(metric != SelectionMetric.Loss, shown.EndsWith('%'));
    }

    [Fact]
    public void Names_from_elsewhere_are_shown_as_they_are()
    {
        const string name = "<script>alert(1)</script> & \"friends\"\u001b[31m";
        SearchArm arm = MadeSearch.Arms(SelectionMetric.Accuracy, "emotion-cnn")[0] with { Name = name };
        SearchTrial[] trials =
        [
            .. Enumerable.Range(0, 30).Select(i => MadeSearch.Trial(i, arm, Along(i / 30.0), TrialStatus.Finished, [0.5 - i * 0.01])),
            MadeSearch.Trial(30, arm, arm.Space.Cube.Rest, TrialStatus.Failed, []) with { Reason = name },
        ];
        TuningResult result = MadeSearch.Of(
            [arm],
            new SearchLayout([new(1, 1)], new Dictionary<string, ArmPace> { [name] = new(1, 1, 0) }),
            trials,
            29
        ) with
        {
            Repeat = [name],
            Machine = name,
        };
        IHtmlDocument page = Parse(result);
        Assert.Empty(page.QuerySelectorAll("script"));
        Assert.Contains("<script>alert(1)</script> & \"friends\"\\u001B[31m", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', TuningPage.Render(result));

        double[] Along(double u) => arm.Space.Cube.Snap([.. arm.Space.Cube.Rest.Select(_ => u)]);
    }

    [Fact]
    public void A_best_value_at_the_end_of_its_range_is_pointed_out()
    {
        SearchArm arm = MadeSearch.Arms(SelectionMetric.Accuracy, "emotion-cnn")[0];
        SearchTrial usual = MadeSearch.Trial(0, arm, arm.Space.Cube.Rest, TrialStatus.Finished, [0.5]);
        Assert.Empty(Warnings(0.9));
        Assert.Equal(
            "The best learning rate (optimisation.learningRate), 0.2903, lies at the upper end of its range, 0.3: widen it.",
            Assert.Single(Warnings(0.992))
        );
        Assert.Equal(
            "The best learning rate (optimisation.learningRate), 0.005, lies at the lower end of its range, 0.005: widen it.",
            Assert.Single(Warnings(0))
        );

        string[] Warnings(double rate)
        {
            var point = (double[])arm.Space.Cube.Rest.Clone();
            point[arm.Space.Leaves.ToList().FindIndex(l => l.Key == "optimisation.learningRate")] = rate;
            TuningResult result = MadeSearch.Of(
                [arm],
                new SearchLayout([new(1, 1)], new Dictionary<string, ArmPace>()),
                [usual, MadeSearch.Trial(1, arm, point, TrialStatus.Finished, [0.4])],
                1
            );
            return
            [
                .. Parse(result)
                    .QuerySelectorAll("#slices ~ ul li")
                    .Select(l => l.TextContent)
                    .Where(t => t.EndsWith("widen it.", StringComparison.Ordinal)),
            ];
        }
    }

    [Fact]
    public void Of_many_trials_tables_have_the_best_fifty_and_say_so()
    {
        IHtmlDocument page = Parse(MadeSearch.Realistic(300));
        Assert.Contains("The best 50 of 300 trials, and why each was ended", page.QuerySelectorAll("caption").Select(c => c.TextContent));
        Assert.All(page.QuerySelectorAll("tbody"), t => Assert.InRange(t.Children.Length, 1, 50));
        Assert.All(page.QuerySelectorAll("main > ul"), l => Assert.InRange(l.Children.Length, 1, 50));
    }

    [Fact]
    public void Arms_with_other_ranges_have_charts_of_their_own()
    {
        IHtmlDocument page = Parse(MadeSearch.Realistic());
        string[] titles = [.. page.QuerySelectorAll("svg > title").Select(t => t.TextContent)];
        Assert.Single(titles, t => t == "network.dropout"); // the same range
        Assert.Equal(2, titles.Count(t => t == "optimisation.optimiser")); // other choices
        Assert.Equal(3, titles.Count(t => t == "optimisation.learningRate")); // of SGD, of AdamW, of Adam and AdamW
    }

    [BrowserTheory]
    [InlineData(380, 60)]
    [InlineData(1200, 60)]
    [InlineData(380, 300)]
    public Task No_column_is_cut_off_and_the_text_of_charts_can_be_read(int width, int trials)
        => Show(trials, width, async (page, _) =>
        {
            const string cut =
                "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth).map(e => "
                + "`${e.getAttribute('aria-label')}: ${e.scrollWidth} in ${e.clientWidth}`)";
            Assert.Empty(await page.EvaluateAsync<string[]>(cut));
            const string small =
                "Math.min(...[...document.querySelectorAll('svg')].flatMap(s => [...s.querySelectorAll('text')].map(t => "
                + "parseFloat(getComputedStyle(t).fontSize) * s.getBoundingClientRect().width / s.viewBox.baseVal.width)))";
            Assert.InRange(await page.EvaluateAsync<double>(small), 10, 20);
            const string outside =
                "[...document.querySelectorAll('svg text')].filter(t => t.getBoundingClientRect().right > "
                + "t.ownerSVGElement.getBoundingClientRect().right + 1 || t.getBoundingClientRect().left < "
                + "t.ownerSVGElement.getBoundingClientRect().left - 1).map(t => t.textContent)";
            Assert.Empty(await page.EvaluateAsync<string[]>(outside));
        });

    [BrowserTheory]
    [InlineData(380)]
    [InlineData(1200)]
    public Task A_browser_shows_it_without_errors_or_sideways_scrolling_and_axe_finds_nothing_light_or_dark(int width)
        => Show(60, width, async (page, said) =>
        {
            Assert.Empty(said);
            Assert.Empty(await Axe.LookAsync(page));
        });

    private static async Task Show(int trials, int width, Func<IPage, List<string>, Task> test)
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder[TuningFiles.Page], TuningPage.Render(MadeSearch.Realistic(trials)));
        await Browser.Show(folder[TuningFiles.Page], width, test);
    }

    private static string Verdict(TuningResult result) =>
        string.Join('\n', Parse(result).QuerySelectorAll(".call p").Select(p => p.TextContent.Replace('\u00a0', ' ')));

    private static IHtmlDocument Parse(TuningResult result) => new HtmlParser().ParseDocument(TuningPage.Render(result));
}

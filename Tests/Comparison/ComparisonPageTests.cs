using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using EmotionMLNet.Tests.Support;
using Microsoft.Playwright;

namespace EmotionMLNet.Tests.Comparison;

/// <summary>The page: its structure, and what a browser and axe say of it.</summary>
[Collection(OneFinishedComparison.Name)]
public sealed class ComparisonPageTests(FinishedComparison finished)
{
    [Fact]
    public void It_is_self_contained_needs_no_script_and_has_all_its_parts()
    {
        AngleSharp.Html.Dom.IHtmlDocument page = Parse();
        Assert.Empty(page.QuerySelectorAll("script, link, iframe, object"));
        Assert.All(
            page.QuerySelectorAll("[src]"),
            e => Assert.StartsWith("data:image/png;base64,", e.GetAttribute("src"), StringComparison.Ordinal)
        );
        Assert.Equal(
            [
                "Summary",
                "Leaderboard",
                "Who is really better",
                "Size, speed, training time",
                "Learning curves",
                "Per class",
                "Confusion",
                "Calibration",
                "Sample predictions",
                "Most confident mistakes",
                "Where the evidence lies",
                "Augmentation",
                "Data",
                "Do it again",
                "Model card",
            ],
            page.QuerySelectorAll("h2").Select(h => h.TextContent)
        );
        Assert.Contains("Out of scope", page.QuerySelectorAll("h3").Select(h => h.TextContent));
        Assert.True(page.QuerySelectorAll("#grad-cam ~ .gallery img").Length >= 3);
    }

    [Fact]
    public void It_can_be_read_without_seeing_it()
    {
        AngleSharp.Html.Dom.IHtmlDocument page = Parse();
        Assert.Equal("en", page.DocumentElement.GetAttribute("lang"));
        Assert.Single(page.QuerySelectorAll("h1"));
        Assert.All(page.QuerySelectorAll("nav a"), a => Assert.NotNull(page.GetElementById(a.GetAttribute("href")![1..])));
        Assert.All(page.QuerySelectorAll("table"), t =>
        {
            Assert.NotEmpty(t.QuerySelector("caption")!.TextContent);
            Assert.All(t.QuerySelectorAll("th"), th => Assert.True(th.HasAttribute("scope")));
        });
        Assert.All(
            page.QuerySelectorAll("svg"),
            s => Assert.True(s.QuerySelector("title")!.TextContent.Length > 0 && s.QuerySelector("desc")!.TextContent.Length > 0)
        );
        Assert.All(page.QuerySelectorAll("img"), i => Assert.NotEmpty(i.GetAttribute("alt")!));
        string[] ids = [.. page.QuerySelectorAll("[id]").Select(e => e.Id!)];
        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public void Every_figure_of_the_leaderboard_is_that_of_the_table_for_scripts()
    {
        IElement table = Parse()
            .QuerySelectorAll("table")
            .Single(t => t.QuerySelector("caption")!.TextContent.Contains("ML.NET", StringComparison.Ordinal));
        string[][] csv = [.. File.ReadAllLines(Path.Combine(finished.Files["compare"], "comparison.csv")).Select(l => l.Split(','))];
        int micro = Array.IndexOf(csv[0], "MicroAccuracy"), reduction = Array.IndexOf(csv[0], "LogLossReduction");
        foreach (IElement row in table.QuerySelectorAll("tbody tr"))
        {
            string[] shown = [.. row.Children.Select(c => c.TextContent)];
            if (shown[0].StartsWith("no model", StringComparison.Ordinal)) continue;
            Assert.Contains(
                csv,
                r => r[0] == shown[0] && r[2] == "test" && Number(r[micro]) == shown[1] && Number(r[reduction]) == shown[4]
            );
        }

        static string Number(string text) =>
            double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)
                .ToString("0.000", System.Globalization.CultureInfo.InvariantCulture);
    }

    [BrowserTheory]
    [InlineData(390)]
    [InlineData(1280)]
    public Task No_column_is_cut_off_and_the_text_of_charts_can_be_read(int width)
        => Browser.Show(finished.Page, width, async (page, _) =>
        {
            const string cut =
                "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth).map(e => "
                + "`${e.getAttribute('aria-label')}: ${e.scrollWidth} in ${e.clientWidth}`)";
            Assert.Empty(await page.EvaluateAsync<string[]>(cut));
            const string small =
                "Math.min(...[...document.querySelectorAll('svg')].flatMap(s => [...s.querySelectorAll('text')].map(t => "
                + "parseFloat(getComputedStyle(t).fontSize) * s.getBoundingClientRect().width / s.viewBox.baseVal.width)))";
            Assert.InRange(await page.EvaluateAsync<double>(small), width == 1280 ? 11 : 10, 20);
            const string outside =
                "[...document.querySelectorAll('svg text')].filter(t => t.getBoundingClientRect().right > "
                + "t.ownerSVGElement.getBoundingClientRect().right + 1 || t.getBoundingClientRect().left < "
                + "t.ownerSVGElement.getBoundingClientRect().left - 1).map(t => t.textContent)";
            Assert.Empty(await page.EvaluateAsync<string[]>(outside));
        });

    [BrowserTheory]
    [InlineData(360)]
    [InlineData(1280)]
    public Task A_browser_shows_it_without_errors_or_sideways_scrolling_and_axe_finds_nothing_light_or_dark(int width)
        => Browser.Show(finished.Page, width, async (page, said) =>
        {
            Assert.Empty(said);
            const string wide =
                "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth && "
                + "!e.parentElement.closest('.scroll, svg')).map(e => e.outerHTML.slice(0, 120))";
            Assert.Empty(await page.EvaluateAsync<string[]>(wide));
            Assert.Empty(await Axe.LookAsync(page));
        });

    private AngleSharp.Html.Dom.IHtmlDocument Parse() => new HtmlParser().ParseDocument(File.ReadAllText(finished.Page));
}

using System.Globalization;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using EmotionMLNet.Imaging;
using EmotionMLNet.Predictor;
using EmotionMLNet.Predictor.Drawing;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;
using Microsoft.Playwright;

namespace EmotionMLNet.Tests.Predictor;

/// <summary>The gallery: its order, its filters, and what a browser and axe say of it.</summary>
public sealed class GalleryTests : IDisposable
{
    private static readonly string[] Labels = ["happy", "sad", "<b>&\"'"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_most_confident_come_first_those_without_a_label_last_and_nothing_is_fetched_or_run()
    {
        IHtmlDocument page = Parse(Write());
        Assert.Equal(
            ["a.jpg", "crowd.jpg", "<i>x.jpg", "c.jpg", "none.jpg", "broken.jpg"],
            page.QuerySelectorAll(".card .name strong").Select(e => e.TextContent)
        );
        Assert.Empty(page.QuerySelectorAll("script, link, iframe, object, i, b"));
        IEnumerable<string> sources = page.QuerySelectorAll("[src]").Select(e => e.GetAttribute("src")!);
        Assert.All(sources, s => Assert.StartsWith("data:image/jpeg;base64,", s, StringComparison.Ordinal));
        Assert.DoesNotContain("url(", File.ReadAllText(folder["g.html"]), StringComparison.Ordinal);
        Assert.DoesNotContain("href", File.ReadAllText(folder["g.html"]), StringComparison.Ordinal);
        Assert.Equal("en", page.DocumentElement.GetAttribute("lang"));
        Assert.Single(page.QuerySelectorAll("h1"));
        Assert.All(page.QuerySelectorAll("img"), i => Assert.True(i.HasAttribute("alt") && i.HasAttribute("width")));
        Assert.All(page.QuerySelectorAll("input"), i => Assert.NotEmpty(i.ParentElement!.TextContent.Trim()));
        string[] ids = [.. page.QuerySelectorAll("[id]").Select(e => e.Id!)];
        Assert.Equal(ids.Distinct(), ids);
        Assert.Equal(["g.html"], Directory.GetFiles(folder.FullName).Select(Path.GetFileName));
    }

    [Fact]
    public void A_card_has_each_face_with_its_probabilities_and_says_how_many_more_there_are()
    {
        IElement crowd = Parse(Write()).QuerySelectorAll(".card")[1];
        Assert.Equal(6, crowd.QuerySelectorAll(".face").Length);
        Assert.Contains("and 2 more faces", crowd.TextContent, StringComparison.Ordinal);
        Assert.Equal("1 happy 95 %", crowd.QuerySelector(".label")!.TextContent);
        IElement bar = crowd.QuerySelector(".bars li")!;
        Assert.Equal(("happy 95 %", "--p:95%"), (bar.TextContent, bar.GetAttribute("style")));
    }

    [Fact]
    public void Filters_name_what_is_there_with_how_many()
    {
        string[] filters = [.. Parse(Write()).QuerySelectorAll("fieldset")[0].QuerySelectorAll("label").Select(l => l.TextContent.Trim())];
        Assert.Equal(["all 6", "happy 3", "<b>&\"' 1", "unsure 1", "no face 1", "not read 1"], filters);
    }

    [Fact]
    public void An_interrupted_gallery_goes_on_and_drops_cards_whose_rows_were_not_written()
    {
        RowFormat format = RowFormat.For("csv", Labels, 0, isSafe: true, hasFaces: true);
        IReadOnlyList<Row>[] all = Files();
        string expected = File.ReadAllText(Write());
        File.Delete(folder["g.html"]);
        var counts = new LabelCounts(Labels, countsFaces: true);
        using (ResultFile rows = ResultFile.Open(folder["o.csv"], "key", format, replaces: false, counts))
        using (GalleryFile gallery = GalleryFile.Open(folder["g.html"], "key", replaces: false, rows))
        {
            foreach (IReadOnlyList<Row> file in all[..3])
            {
                gallery.Add(Card(file));
                rows.Add(file);
            }
            gallery.Add(Card(all[3])); // and then somebody pulled the plug
        }
        using (ResultFile rows = ResultFile.Open(folder["o.csv"], "key", format, replaces: false, counts))
        using (GalleryFile gallery = GalleryFile.Open(folder["g.html"], "key", replaces: false, rows))
        {
            Assert.Equal(3, gallery.Count);
            foreach (IReadOnlyList<Row> file in all[3..])
            {
                gallery.Add(Card(file));
                rows.Add(file);
            }
            gallery.Complete(Page());
            rows.Complete();
        }
        Assert.Equal(expected, File.ReadAllText(folder["g.html"]));
        Assert.Equal(["g.html", "o.csv"], Directory.GetFiles(folder.FullName).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Nothing_is_replaced_without_force_and_missing_cards_are_told()
    {
        Write();
        Assert.Contains("already exists", Refusal("key", null), StringComparison.Ordinal);
        File.Delete(folder["g.html"]);
        RowFormat format = RowFormat.For("csv", Labels, 0, isSafe: true, hasFaces: true);
        using (ResultFile rows = ResultFile.Open(folder["o.csv"], "key", format, replaces: false, new LabelCounts(Labels)))
        using (GalleryFile gallery = GalleryFile.Open(folder["g.html"], "key", replaces: false, rows))
        {
            gallery.Add(Card(Files()[0]));
            rows.Add(Files()[0]);
        }
        Assert.Contains("another model", Refusal("other", null), StringComparison.Ordinal);
        File.Delete(folder["g.html.partial"]);
        using (ResultFile rows = ResultFile.Open(folder["o.csv"], "key", format, replaces: false, new LabelCounts(Labels)))
            Assert.Contains("is gone or cut short", Refusal("key", rows), StringComparison.Ordinal);
    }

    [Fact]
    public void A_thousand_pictures_stay_below_20_megabytes()
    {
        byte[] noise = new byte[640 * 480 * 3];
        new Random(5).NextBytes(noise);
        var picture = new Image(640, 480, 3, noise);
        SmallPicture whole = new SkiaDrawing().DrawSmall(picture, [], 240, 10_000),
            chip = new SkiaDrawing().DrawSmall(new FaceCrop().Cut(picture, new FaceBox(100, 100, 200, 250), 96), [], 96, 3_000);
        string[] seven = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"];
        var prediction = new Prediction([.. seven.Select((l, i) => new LabelScore(l, i == 3 ? 0.4f : 0.1f))]);
        Prediction found = Prediction.OfFaces([new FacePrediction(new Face(new FaceBox(100, 100, 200, 250), 0.9f), prediction)]);
        GalleryCard card = GalleryCard.Of(Row.Of(new FileResult("holidays/2026/IMG_0001.jpg", found), 0), whole, [chip]);
        Assert.InRange(card.Html.Length, 2_000, 20_000);
    }

    [BrowserTheory]
    [InlineData(360)]
    [InlineData(1280)]
    public Task A_browser_filters_and_sorts_without_a_script_and_axe_finds_nothing_light_or_dark(int width)
        => Browser.Show(Write(), width, async (page, said) =>
        {
            Assert.Empty(said);
            Assert.Empty(await Axe.LookAsync(page));
            Assert.Equal(6, await Shown());
            await page.GetByLabel("no face").CheckAsync();
            Assert.Equal(["none.jpg"], await Names());
            await page.GetByLabel("no face").PressAsync("ArrowUp"); // from the keyboard: the filter before it
            Assert.Equal(["c.jpg"], await Names());
            await page.GetByLabel("happy").CheckAsync();
            Assert.Equal(["a.jpg", "crowd.jpg", "c.jpg"], await Names());
            await page.GetByLabel("least confident first").CheckAsync();
            Assert.Equal(["c.jpg", "crowd.jpg", "a.jpg"], await Names());
            await page.GetByLabel("all", new PageGetByLabelOptions { Exact = false }).First.CheckAsync();
            Assert.Equal(["none.jpg", "broken.jpg"], (await Names())[^2..].Order(StringComparer.Ordinal).Reverse());

            Task<int> Shown() => page.Locator(".card:visible").CountAsync();

            // In the order in which they are seen, row by row.
            async Task<string[]> Names() => await page.EvaluateAsync<string[]>(
                "[...document.querySelectorAll('.card')].filter(c => c.offsetParent)"
                    + ".map(c => [c.getBoundingClientRect(), c.querySelector('strong').textContent])"
                    + ".sort((a, b) => a[0].top - b[0].top || a[0].left - b[0].left).map(c => c[1])");
        });

    private static Prediction Crowd => Prediction.OfFaces([.. Enumerable.Range(0, 8).Select(i => Face(0.95f, 0.03f, 20 * i))]);

    private static IReadOnlyList<Row>[] Files() =>
    [
        Of("in/c.jpg", 0.5f, 0.45f),
        Of("in/a.jpg", 0.99f, 0.01f),
        Row.Of(new FileResult("in/none.jpg", Prediction.NoFace), 0),
        [Row.Failed("in/broken.jpg", "JPEG, byte 3: it ends in the middle")],
        Of("in/<i>x.jpg", 0.1f, 0.2f),
        Row.Of(new FileResult("in/crowd.jpg", Crowd), 0),
    ];

    private static IReadOnlyList<Row> Of(string path, float happy, float sad) =>
        Row.Of(new FileResult(path, Prediction.OfFaces([Face(happy, sad, 10)])), 0);

    private static FacePrediction Face(float happy, float sad, float x)
    {
        float[] scores = [happy, sad, Math.Max(0, 1 - happy - sad)];
        return new FacePrediction(
            new Face(new FaceBox(x, 10, 30, 40), 0.8f), new Prediction([.. Labels.Select((l, i) => new LabelScore(l, scores[i]))]));
    }

    private static GalleryCard Card(IReadOnlyList<Row> rows)
    {
        var drawing = new SkiaDrawing();
        Image picture = SpotDetector.Picture((60, 60));
        if (rows[0].Class == Row.Unread) return GalleryCard.Of(rows, null, []);
        PictureMark[] marks = [.. rows.Select(r => new PictureMark(r.Face?.Box, "", r.Class))];
        SmallPicture whole = drawing.DrawSmall(picture, marks, 240, 10_000);
        return GalleryCard.Of(
            rows, whole, [.. rows.Where(r => r.Face is not null).Take(6).Select(_ => drawing.DrawSmall(picture, [], 96, 3_000))]);
    }

    private static GalleryPage Page() => new(Labels, "model.zip", countsFaces: true);

    private static IHtmlDocument Parse(string path) => new HtmlParser().ParseDocument(File.ReadAllText(path));

    private string Write()
    {
        using (GalleryFile gallery = GalleryFile.Open(folder["g.html"], "key", replaces: false, rows: null))
        {
            foreach (IReadOnlyList<Row> rows in Files()) gallery.Add(Card(rows));
            gallery.Complete(Page());
        }
        return folder["g.html"];
    }

    private string Refusal(string key, ResultFile? rows) =>
        Assert.Throws<UserException>(() => GalleryFile.Open(folder["g.html"], key, replaces: false, rows).Dispose()).Message;
}

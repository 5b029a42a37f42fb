using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Web.Page;

/// <summary>The page's files: small, and with nothing in them that the content security policy forbids.</summary>
public sealed class PageFilesTests
{
    private static string Html => Encoding.UTF8.GetString(StubServer.Files["index.html"]);

    // All that a browser can load, as it is sent and without any compression: markup, scripts, styles, drawings.
    [Fact]
    public void The_whole_page_is_below_100_kB()
    {
        IEnumerable<string> kinds = StubServer.Files.Keys.Select(n => Path.GetExtension(n)).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal([".css", ".html", ".js", ".png", ".svg"], kinds);
        Assert.InRange(StubServer.Files.Sum(f => f.Value.Length), 20_000, 100_000);
    }

    // Their alternative texts say what is drawn; the page calls what is below a half uncertain.
    [Fact]
    public void The_shipped_model_answers_the_examples()
    {
        string artifacts = Path.Combine(Repository.Root, "artifacts");
        var options = new EmotionClassifierOptions
        {
            Faces = FaceSearch.All, Detector = FaceDetector.Load(Path.Combine(artifacts, "faces.zip")),
        };
        EmotionClassifier classifier = EmotionClassifier.Load(Path.Combine(artifacts, "fer2013.zip"), options);
        Assert.Equal(["surprise"], Labels(1));
        Assert.Equal(["happy"], Labels(2));
        Assert.Equal(4, Labels(3).Length);

        string[] Labels(int example)
        {
            IReadOnlyList<FacePrediction> faces = classifier.Classify(StubServer.Files[$"examples/{example}.png"]).Faces;
            Assert.All(faces, f => Assert.InRange(f.Prediction.Confidence, 0.5f, 1f));
            return [.. faces.Select(f => f.Prediction.Label)];
        }
    }

    [Fact]
    public void No_script_no_style_and_no_address_of_another_host_stands_in_the_markup()
    {
        IHtmlDocument page = new HtmlParser().ParseDocument(Html);
        Assert.Empty(page.QuerySelectorAll("style, [style], iframe, object, embed, base, meta[http-equiv]"));
        Assert.All(page.Scripts, s => Assert.Equal(("", "module"), (s.TextContent.Trim(), s.Type)));
        Assert.DoesNotContain(page.All.SelectMany(e => e.Attributes), a => a.Name.StartsWith("on", StringComparison.Ordinal));
        foreach (string name in new[] { "src", "href" })
            Assert.All(page.QuerySelectorAll($"[{name}]"), e => Assert.Matches("^[/#]", e.GetAttribute(name)));
        foreach ((string name, byte[] file) in StubServer.Files.Where(f => f.Key.EndsWith(".js", StringComparison.Ordinal)))
        {
            string script = Encoding.UTF8.GetString(file);
            Assert.False(Regex.IsMatch(script, @"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|new Function"), name);
            Assert.False(Regex.IsMatch(script, @"[""'`](https?:)?//"), name);
        }
        foreach ((string name, byte[] file) in StubServer.Files.Where(f => f.Key.EndsWith(".css", StringComparison.Ordinal)))
            Assert.False(Regex.IsMatch(Encoding.UTF8.GetString(file), @"url\(|@import"), name);
    }

    [Fact]
    public void Every_control_has_a_name_and_every_id_is_used_once()
    {
        IHtmlDocument page = new HtmlParser().ParseDocument(Html);
        Assert.All(
            page.QuerySelectorAll("button"), b => Assert.NotEmpty(b.TextContent.Trim() + b.QuerySelector("img")?.GetAttribute("alt")));
        Assert.All(page.QuerySelectorAll("input, select"), i => Assert.NotNull(i.Closest("label")));
        string[] ids = [.. page.QuerySelectorAll("[id]").Select(e => e.Id!)];
        Assert.Equal(ids.Distinct(), ids);
        Assert.Equal("en", page.DocumentElement.GetAttribute("lang"));
        Assert.Equal(5, page.QuerySelectorAll("[data-screen] h1").Length);
    }

    [Fact]
    public void What_is_sent_has_every_line_of_the_sources_but_no_comment()
    {
        foreach ((string name, byte[] file) in StubServer.Files.Where(f => f.Key.EndsWith(".js", StringComparison.Ordinal)))
        {
            string[] sent = Encoding.UTF8.GetString(file).Split('\n');
            Assert.Equal(File.ReadLines(Path.Combine(Repository.Root, "Predictor.Web", "Page", name)).Count() + 1, sent.Length);
            Assert.DoesNotContain(sent, l => Regex.IsMatch(l, @"^//|\s// |/\*"));
        }
    }

    // What stands between quotes is sent, so no comment may be mistaken for it.
    [Fact]
    public void What_is_taken_out_of_a_line_of_a_script_has_nothing_of_the_program_in_it()
    {
        string folder = Path.Combine(Repository.Root, "Predictor.Web", "Page");
        foreach (string line in Directory.GetFiles(folder, "*.js").SelectMany(File.ReadLines).Where(l => Regex.IsMatch(l, @"\S\s+// ")))
            Assert.Matches(@"^[^""'`]*((""[^""]*""|'[^']*'|`[^`]*`)[^""'`]*)*[;{},)]\s+// [^;{}]*$", line);
    }

    // What the page must never say, in any state.
    [Fact]
    public void It_never_claims_to_know_what_somebody_feels()
    {
        foreach ((string name, byte[] file) in StubServer.Files.Where(f => Path.GetExtension(f.Key) is ".js" or ".html"))
            Assert.False(
                Regex.IsMatch(
                    Encoding.UTF8.GetString(file),
                    @"(?i)\b(detect|recogni[sz]e|read|know|see|infer|predict)s? (the |an? |your |their |somebody's )?(emotion|feeling|mood)"
                ),
                name
            );
    }

    [Fact]
    public void No_line_is_longer_than_140_characters()
    {
        string folder = Path.Combine(Repository.Root, "Predictor.Web", "Page");
        string[] files = [.. Directory.GetFiles(folder).Where(f => Path.GetExtension(f) is ".js" or ".css" or ".html")];
        Assert.Empty(files.SelectMany(f => File.ReadLines(f).Index().Where(l => l.Item.Length > 140).Select(l => $"{f}:{l.Index + 1}")));
    }
}

using System.Globalization;
using System.Xml.Linq;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Docs;

/// <summary>That what README shows is what happens.</summary>
public sealed class ReadmeTests
{
    private static string Shipped => Path.Combine(Repository.Root, "artifacts", "fer2013.zip");

    private static string Face => Path.Combine(Repository.Root, "data", "faces", "happy", "0000.png");

    [Fact]
    public void The_csharp_of_readme_runs()
    {
        IEnumerable<string> blocks = MarkdownDocument.Read("README.md").Blocks.Where(b => b.Kind == BlockKind.Code).Select(b => b.Text);
        string code = blocks.Single(b => b.StartsWith("using EmotionMLNet;", StringComparison.Ordinal));
        Assert.InRange(code.Split('\n').Length, 5, 12);
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["faces"]);
        File.Copy(Face, folder["face.jpg"]);
        File.Copy(Face, folder[Path.Combine("faces", "one.png")]);
        EmotionMLNet.Files.AtomicFile.WriteText(folder[Path.Combine("faces", "two.png")], "no picture");
        string here = code.Replace("\"artifacts/fer2013.zip\"", Literal(Shipped), StringComparison.Ordinal)
            .Replace("\"face.jpg\"", Literal(folder["face.jpg"]), StringComparison.Ordinal)
            .Replace("\"faces\"", Literal(folder["faces"]), StringComparison.Ordinal);
        IReadOnlyList<string> lines = CSharpSnippet.Run(here, typeof(EmotionClassifier).Assembly);
        Assert.Equal(3, lines.Count);
        Assert.StartsWith("happy ", lines[0], StringComparison.Ordinal);
        Assert.Contains($"{folder[Path.Combine("faces", "one.png")]}: happy", lines);
        Assert.Contains($"{folder[Path.Combine("faces", "two.png")]}: not read", lines);
    }

    [Fact]
    public void The_labelled_face_is_what_the_shipped_model_says_of_it()
    {
        XElement drawing = XElement.Load(Path.Combine(Repository.Root, "docs", "images", "labelled-face.svg"));
        XNamespace svg = "http://www.w3.org/2000/svg";
        string embedded = drawing.Descendants(svg + "image").Single().Attribute("href")!.Value;
        Assert.Equal("data:image/png;base64," + Convert.ToBase64String(File.ReadAllBytes(Face)), embedded);

        Prediction prediction = EmotionClassifier.Load(Shipped).Classify(Face);
        string[] texts = [.. drawing.Descendants(svg + "text").Select(t => t.Value)];
        Assert.Equal(Percent(prediction.Label, prediction.Confidence, "0"), texts[0]);
        IEnumerable<LabelScore> scores = prediction.Scores.OrderByDescending(s => s.Probability);
        IEnumerable<string> bars = texts.Skip(1).Chunk(2).Select(pair => $"{pair[0]} {pair[1]}");
        Assert.Equal(scores.Select(s => Percent(s.Label, s.Probability, "0.0")), bars);
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        string says = $"{prediction.Label}, {Math.Round(prediction.Confidence * 100)} %](docs/images/labelled-face.svg)";
        Assert.Contains(says, readme, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fer2013", 1)]
    [InlineData("fer2013-best", 2)]
    [InlineData("happy-sad", 3)]
    public void The_table_of_models_is_what_their_manifests_say(string name, int column)
    {
        string[][] rows = [.. MarkdownDocument.Read("README.md").Blocks.Where(b => b.Kind == BlockKind.TableRow)
            .Select(b => b.Text.Trim('|').Split('|', StringSplitOptions.TrimEntries))];
        string[] told = [.. rows.SkipWhile(r => r[^1] != "`happy-sad.zip`").Take(11).Select(r => r[column])];
        Assert.Equal($"`{name}.zip`", told[0]);

        string path = Path.Combine(Repository.Root, "artifacts", $"{name}.zip");
        ModelZip model = ModelZip.Load(path);
        string size = (new FileInfo(path).Length / 1e6).ToString("0.0", CultureInfo.InvariantCulture);
        Assert.Contains($"{Count(model.Network.ParameterCount)}, {size} MB", told);
        IReadOnlyList<MeasurementRecord> measured = model.Manifest.Measurements;
        Assert.All(measured, m => Assert.Contains(told, t => t.EndsWith($", {Count(m.Images)} pictures", StringComparison.Ordinal)));
        IEnumerable<string> figures = measured.Select(m => $"{Share(m.Accuracy)} % ({Share(m.AccuracyLow)} to {Share(m.AccuracyHigh)} %)");
        Assert.Equal(figures, told.Where(t => t.Contains(" % (", StringComparison.Ordinal)));
        string[] views = ["none", "flip", "crops", "flip+crops"]; // as the rows stand
        Assert.Equal(views.Take(measured.Count), measured.Select(m => m.TestTimeAugmentation));
    }

    [Fact]
    public void Pictures_are_small()
    {
        string[] files = Directory.GetFiles(Path.Combine(Repository.Root, "docs", "images"));
        Assert.All(files, f => Assert.InRange(new FileInfo(f).Length, 1, 200_000));
    }

    private static string Percent(string label, float probability, string format)
        => $"{label} {(probability * 100).ToString(format, CultureInfo.InvariantCulture)} %";

    private static string Share(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Literal(string path) => $"@\"{path}\"";
}

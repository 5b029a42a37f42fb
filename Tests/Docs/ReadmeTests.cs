using System.Globalization;
using System.Xml.Linq;
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

    [Fact]
    public void Pictures_are_small()
    {
        string[] files = Directory.GetFiles(Path.Combine(Repository.Root, "docs", "images"));
        Assert.All(files, f => Assert.InRange(new FileInfo(f).Length, 1, 200_000));
    }

    private static string Percent(string label, float probability, string format)
        => $"{label} {(probability * 100).ToString(format, CultureInfo.InvariantCulture)} %";

    private static string Literal(string path) => $"@\"{path}\"";
}

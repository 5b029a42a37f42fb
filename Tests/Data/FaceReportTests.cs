using System.Text.Json;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Trainer;
using EmotionMLNet.Trainer.Rendering;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Data;

/// <summary>data --faces: how many faces pictures of a data set have, with a detector for which discs are faces.</summary>
public sealed class FaceReportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public FaceReportTests()
    {
        SpotDetector.Save(folder["faces.zip"]);
        SpotDetector.Write(folder["data/happy/one.png"], (60, 70));
        SpotDetector.Write(folder["data/happy/two.png"], (50, 60), (160, 100));
        SpotDetector.Write(folder["data/happy/three.png"], (40, 40), (110, 110), (180, 50));
        SpotDetector.Write(folder["data/sad/other.png"], (100, 80));
        SpotDetector.Write(folder["data/sad/none.png"], (0, 0)); // a quarter of one
        SpotDetector.Write(folder["data/sad/another.png"], (120, 90));
        using var data = new DataFolder();
        Directory.CreateDirectory(folder["data/sad"]);
        File.Move(data.AddImages("x", 1, 0)["x/0000.png"], folder["data/sad/small.png"]);
        EmotionMLNet.Files.AtomicFile.WriteText(folder["data/sad/broken.png"], "no picture");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_readable_picture_is_counted_once_and_a_face_that_was_cut_already_is_not_searched()
    {
        FaceReport faces = Scan().Faces!;
        Assert.Equal([new FaceCount("happy", 0, 1, 0, 2), new FaceCount("sad", 1, 2, 1, 0)], faces.Classes);
        Assert.Equal(["sad/none.png"], faces.None.Select(p => p.Name));
        Assert.Equal([("happy/three.png", 3), ("happy/two.png", 2)], faces.Many.Select(p => (p.Name, p.Faces)));
    }

    [Fact]
    public void The_text_fits_80_columns_and_lists_what_has_no_face_or_several()
    {
        var writer = new StringWriter { NewLine = "\n" };
        DataReportText.Write(Scan() with { Path = "DATA" }, writer);
        string text = writer.ToString();
        Assert.All(text.Split('\n'), l => Assert.True(l.Length <= 80, l));
        Assert.Contains("""
            pictures with  one face  none  several  cut already
            happy                 1     0        2            0
            sad                   2     1        0            1
            all                   3     1        2            1

            """.ReplaceLineEndings("\n"), text, StringComparison.Ordinal);
        Assert.Contains("without a face (1):\n  sad/none.png\n", text, StringComparison.Ordinal);
        Assert.Contains("with several faces (2):\n  happy/three.png: 3\n  happy/two.png: 2\n", text, StringComparison.Ordinal);
        Assert.Contains("1 without a face, 2 with several faces", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_verb_writes_them_as_json_and_takes_them_for_findings_under_strict()
    {
        string json = folder["report.json"], detector = folder["faces.zip"];
        File.Delete(folder["data/sad/broken.png"]);
        string[] command = ["data", "--data", folder["data"], "--json", json, "--force"];
        Assert.Equal(ExitCode.Ok, Program.Main([.. command, "--strict"]));
        Assert.Equal(JsonValueKind.Null, Faces().ValueKind);
        Assert.Equal(ExitCode.Ok, Program.Main([.. command, "--faces", "--detector", detector]));
        Assert.Equal("sad/none.png", Faces().GetProperty("none")[0].GetProperty("name").GetString());
        Assert.Equal(3, Faces().GetProperty("many")[0].GetProperty("faces").GetInt32());
        Assert.Equal(2, Faces().GetProperty("classes")[1].GetProperty("one").GetInt32());
        Assert.Equal(ExitCode.Findings, Program.Main([.. command, "--faces", "--detector", detector, "--strict"]));
        Assert.Equal(ExitCode.Usage, Program.Main([.. command, "--detector", detector]));
        Assert.Equal(ExitCode.Usage, Program.Main([.. command, "--faces", "--detector", folder["none.zip"]]));

        JsonElement Faces() => JsonDocument.Parse(File.ReadAllText(json)).RootElement.GetProperty("faces").Clone();
    }

    private DataReport Scan() =>
        DataLoader.Scan(
            new DataOptions { Path = folder["data"] }, DataFolder.Grey8, null, FaceDetector.Load(folder["faces.zip"]), null,
            CancellationToken.None);
}

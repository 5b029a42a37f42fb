using System.Text.Json;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Predictor;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Predictor;

public sealed class PredictRunTests
{
    [Fact]
    public void Every_file_has_a_row_in_order_and_a_broken_one_its_reason()
    {
        using TemporaryFolder folder = Folder();
        (int code, string output) = Run(new PredictOptions { Model = folder["model.zip"], Paths = [folder["in"]], Recursive = true });
        string[] lines = output.TrimEnd().Split('\n');
        Assert.Equal(3, code);
        Assert.Equal("path,label,confidence,angry,happy,sad,error", lines[0]);
        Assert.Equal(["0.png", "1.png", "2.png", "broken.jpg", "9.png"], lines[1..].Select(l => Path.GetFileName(l.Split(',')[0])));
        Assert.Contains("JPEG", lines[4], StringComparison.Ordinal);
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_output()
    {
        using TemporaryFolder folder = Folder();
        string one = Run(new PredictOptions { Model = folder["model.zip"], Paths = [folder["in"]], Threads = 1 }).Output;
        Assert.Equal(one, Run(new PredictOptions { Model = folder["model.zip"], Paths = [folder["in"]], Threads = 5 }).Output);
    }

    [Fact]
    public void Json_top_and_threshold_are_as_asked()
    {
        using TemporaryFolder folder = Folder();
        Run(new PredictOptions { Model = folder["model.zip"], Paths = [folder["in"]], Out = folder["o.json"], Top = 2, Threshold = 1 });
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(folder["o.json"]));
        JsonElement first = document.RootElement[0];
        Assert.Equal(4, document.RootElement.GetArrayLength());
        Assert.Equal("uncertain", first.GetProperty("label").GetString());
        Assert.Equal(2, first.GetProperty("scores").EnumerateObject().Count());
        Assert.False(File.Exists(folder["o.json.partial"]));
    }

    [Fact]
    public void Sorting_copies_into_a_folder_a_label_and_leaves_the_sources()
    {
        using TemporaryFolder folder = Folder();
        Run(new PredictOptions { Model = folder["model.zip"], Paths = [folder["in"]], Recursive = true, SortInto = folder["sorted"] });
        Assert.Equal(4, Directory.GetFiles(folder["sorted"], "*.png", SearchOption.AllDirectories).Length);
        Assert.True(File.Exists(Path.Combine(folder["in"], "0.png")));
    }

    [Fact]
    public void One_classifier_serves_many_threads()
    {
        using TemporaryFolder folder = Folder();
        EmotionClassifier classifier = EmotionClassifier.Load(folder["model.zip"]);
        byte[][] files = [.. Directory.GetFiles(folder["in"], "*.png").Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
        float[] expected = [.. files.Select(f => classifier.Classify(f.AsSpan()).Confidence)];
        Parallel.For(
            0,
            400,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            i => Assert.Equal(expected[i % files.Length], classifier.Classify(files[i % files.Length].AsSpan()).Confidence)
        );
    }

    [Fact]
    public void A_pipeline_keeps_the_order_and_looks_only_a_little_ahead()
    {
        int taken = 0, shown = 0;
        IEnumerable<int> items()
        {
            for (int i = 0; ; i++)
            {
                taken = i;
                yield return i;
            }
        }
        var squares = new Pipeline<int, int>((given, results, _) =>
        {
            for (int i = 0; i < given.Length; i++) results[i] = given[i] * given[i];
        }, threads: 3, atOnce: 2);
        foreach ((_, int result) in squares.Run(items(), CancellationToken.None))
        {
            Assert.Equal(shown * shown, result);
            Assert.InRange(taken - shown, 0, 60);
            if (++shown == 200) break;
        }
    }

    private static TemporaryFolder Folder()
    {
        var folder = new TemporaryFolder();
        TinyModel.Make().Save(folder["model.zip"]);
        var random = new Random(2);
        Directory.CreateDirectory(Path.Combine(folder["in"], "sub"));
        foreach (string name in new[] { "0.png", "1.png", "2.png", "sub/9.png" })
        {
            var pixels = new byte[12 * 10 * 3];
            random.NextBytes(pixels);
            AtomicFile.Write(Path.Combine(folder["in"], name), s => s.Write(PngEncoder.Encode(new Image(12, 10, 3, pixels))));
        }
        AtomicFile.Write(Path.Combine(folder["in"], "broken.jpg"), s => s.Write([0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3]));
        AtomicFile.WriteText(Path.Combine(folder["in"], "notes.txt"), "no picture");
        return folder;
    }

    private static (int Code, string Output) Run(PredictOptions options)
    {
        using var output = new StringWriter();
        int code = new PredictRun(options with { Quiet = true }, new RunConsole { Output = output, Messages = TextWriter.Null }).Execute(
            CancellationToken.None
        );
        return (code, output.ToString());
    }
}

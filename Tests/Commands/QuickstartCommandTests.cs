using EmotionMLNet.MLNetZip;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Commands;

/// <summary>The first command that anybody runs, at its smallest: few of the drawn faces, one epoch.</summary>
public sealed class QuickstartCommandTests : IDisposable
{
    private const int Each = 10;

    private static readonly string Faces = Path.Combine(Repository.Root, "data", "faces");

    private readonly TemporaryFolder folder = new();

    private readonly string[] labels =
    [
        .. Directory.GetDirectories(Faces).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal).Take(3),
    ];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void It_ends_with_a_report_a_model_and_classified_pictures_of_all_classes_and_replaces_what_it_made_before()
    {
        string data = FewFaces("it's \"my\" faces");
        // A comparison of this command that was begun before, with other settings: what is left of it must not stop this one.
        Directory.CreateDirectory(folder["out/runs/old"]);
        EmotionMLNet.Files.AtomicFile.WriteText(
            folder["out/compare.json"],
            """{ "data": "x", "candidates": [{ "name": "emotion-cnn" }, { "name": "mobilenet-v2, half width" }, { "name": "resnet18, quarter width" }] }"""
        );
        EmotionMLNet.Files.AtomicFile.WriteText(folder["out/mine.txt"], "mine");

        ProcessResult result = TrainerProcess.Run("quickstart", "--data", data, "--out", folder["out"], "--epochs", "1");
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.False(Directory.Exists(folder["out/runs/old"]));
        Assert.True(File.Exists(folder["out/mine.txt"]));
        Assert.Equal(3, Directory.GetDirectories(folder["out/runs"]).Length);
        foreach (string place in new[] { "out/report.html", "out/best.zip", "out/predictions.csv" })
        {
            Assert.True(File.Exists(folder[place]), place);
            Assert.Contains(Path.GetFileName(place), result.Output, StringComparison.Ordinal);
        }
        Assert.Contains("was chosen", result.Output, StringComparison.Ordinal);
        Assert.Contains("no model: always", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("| ---", result.Output, StringComparison.Ordinal);
        Assert.Equal(labels, ModelZip.Load(folder["out/best.zip"]).Manifest.Labels);

        string[] rows = File.ReadAllLines(folder["out/predictions.csv"]);
        Assert.Equal("path,label,confidence,annotated", rows[0]);
        Assert.Equal(labels, rows[1..].Select(r => r.Split(',')[^1]).Distinct().Order(StringComparer.Ordinal)); // of all classes
        Assert.All(rows[1..], r => Assert.Contains(r.Split(',')[^3], labels));
        int right = rows[1..].Count(r => r.Split(',') is var cells && cells[^3] == cells[^1]);
        Assert.Contains($"labels {right} of {rows.Length - 1} pictures right: the test split of", result.Output, StringComparison.Ordinal);

        // The hint is one argument each to a shell, whatever the folder is called.
        string next = Assert.Single(result.Output.Split('\n'), l => l.StartsWith("next", StringComparison.Ordinal));
        Assert.Contains($" {ShellQuote.Join(["predict", folder["out/best.zip"], data, "--recursive"])} ", next, StringComparison.Ordinal);
        string page = File.ReadAllText(folder["out/report.html"]);
        Assert.Contains(
            System.Net.WebUtility.HtmlEncode($"quickstart --data {ShellQuote.Argument(data)} --out {folder["out"]} --epochs 1"),
            page,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Without_epochs_it_times_the_networks_and_gives_each_a_time()
    {
        // Far too little on any machine.
        ProcessResult result = TrainerProcess.Run("quickstart", "--data", FewFaces("faces"), "--out", folder["out"], "--time", "1s");
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.Contains("each network trains for 1 s", result.Error, StringComparison.Ordinal);
        Assert.Contains("--epochs N repeats to the bit", result.Error, StringComparison.Ordinal);
        Assert.Contains("ended: the time allowed", result.Error, StringComparison.Ordinal);
        Assert.Contains("1 s of training a run", result.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["out/best.zip"]));
    }

    [Fact]
    public void Somebody_elses_comparison_is_not_replaced()
    {
        string data = FewFaces("faces");
        EmotionMLNet.Files.AtomicFile.WriteText(
            folder["out/compare.json"],
            """{ "data": "x", "candidates": [{ "name": "weeks of work" }] }"""
        );
        EmotionMLNet.Files.AtomicFile.WriteText(folder["out/runs/a/model.zip"], "weeks");
        ProcessResult result = TrainerProcess.Run("quickstart", "--data", data, "--out", folder["out"], "--epochs", "1");
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains("is not of this command: choose another --out", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.True(File.Exists(folder["out/runs/a/model.zip"]));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_said_to_be_missing()
    {
        ProcessResult result = TrainerProcess.Run("quickstart", "--data", folder["nowhere"]);
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains("leave --data away for drawn faces", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    // Three classes, each a few of the drawn faces.
    private string FewFaces(string name)
    {
        foreach (string label in labels)
        {
            Directory.CreateDirectory(folder[$"{name}/{label}"]);
            foreach (string file in Directory.GetFiles(Path.Combine(Faces, label)).Order(StringComparer.Ordinal).Take(Each))
                File.Copy(file, folder[$"{name}/{label}/{Path.GetFileName(file)}"]);
        }
        return folder[name];
    }
}

using EmotionMLNet.Terminal;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Trainer;

namespace EmotionMLNet.Tests.Commands;

/// <summary>The first command that anybody runs, at its smallest: few of the drawn faces, one epoch.</summary>
public sealed class QuickstartCommandTests : IDisposable
{
    private const int Each = 10;

    private static readonly string Faces = Path.Combine(Repository.Root, "data", "faces");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void It_ends_with_a_report_a_model_and_a_classified_folder_and_replaces_what_it_made_before()
    {
        string[] labels = [.. Directory.GetDirectories(Faces).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal).Take(3)];
        foreach (string label in labels)
        {
            Directory.CreateDirectory(folder[$"faces/{label}"]);
            foreach (string file in Directory.GetFiles(Path.Combine(Faces, label)).Order(StringComparer.Ordinal).Take(Each)) File.Copy(file, folder[$"faces/{label}/{Path.GetFileName(file)}"]);
        }
        // A comparison that was begun before, with other settings: what is left of it must not stop this one.
        Directory.CreateDirectory(folder["out/runs/old"]);
        EmotionMLNet.Files.AtomicFile.WriteText(folder["out/compare.json"], "{}");

        ProcessResult result = TrainerProcess.Run("quickstart", "--data", folder["faces"], "--out", folder["out"], "--epochs", "1");
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.False(Directory.Exists(folder["out/runs/old"]));
        Assert.Equal(3, Directory.GetDirectories(folder["out/runs"]).Length);
        foreach (string place in new[] { "out/report.html", "out/best.zip", "out/predictions.csv" })
        {
            Assert.True(File.Exists(folder[place]), place);
            Assert.Contains(Path.GetFileName(place), result.Output, StringComparison.Ordinal);
        }
        Assert.Contains("was chosen", result.Output, StringComparison.Ordinal);
        Assert.Equal(labels, ModelZip.Load(folder["out/best.zip"]).Manifest.Labels);
        string[] rows = File.ReadAllLines(folder["out/predictions.csv"]);
        Assert.Equal("path,label,confidence", rows[0]);
        Assert.Equal(Each, rows.Length - 1);
        Assert.All(rows[1..], r => Assert.Contains(r.Split(',')[1], labels));
    }

    [Fact]
    public void Without_the_faces_it_says_where_to_run_it()
    {
        ProcessResult result = TrainerProcess.Run("quickstart", "--data", folder["nowhere"]);
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains("root of the repository", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }
}

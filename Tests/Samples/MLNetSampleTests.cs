using System.Diagnostics;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Tests.Docs;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.DrawnFaces;

namespace EmotionMLNet.Tests.Samples;

/// <summary>The sample that trains inside ML.NET, in short form.</summary>
public sealed class MLNetSampleTests
{
    private static readonly string Source = Path.Combine(Repository.Root, "samples", "MLNet.Console", "Program.cs");

    [Fact]
    public void It_trains_evaluates_saves_loads_and_predicts()
    {
        using var folder = new TemporaryFolder();
        foreach (string label in (string[])["happy", "surprise"])
            for (int i = 0; i < 15; i++)
            {
                byte[] png = PngEncoder.Encode(FaceGenerator.Draw(label, i, seed: 1));
                AtomicFile.Write(folder[Path.Combine("faces", label, $"{i:00}.png")], stream => stream.Write(png));
            }
        using Process process = Start(folder["faces"], "1", folder["model.zip"]);
        ProcessResult result = TrainerProcess.Finish(process);
        Assert.True(result.Code == 0, result.Output + result.Error);
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.StartsWith("epoch 1 of 1: ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("test: ", lines[1], StringComparison.Ordinal);
        Assert.Equal(3, lines.Count(l => l.Contains(".png: ", StringComparison.Ordinal)));
        Assert.Equal(3, lines.Count(l => l.Contains(", labelled ", StringComparison.Ordinal)));
        Assert.Equal(["happy", "surprise"], ModelZip.Load(folder["model.zip"]).Manifest.Labels);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_one_line()
    {
        using Process process = Start("no-such-folder");
        ProcessResult result = TrainerProcess.Finish(process);
        Assert.Equal(1, result.Code);
        Assert.Equal("no-such-folder: there is no such folder.", Assert.Single(result.ErrorLines));
    }

    [Fact]
    public void It_is_short_and_README_shows_ten_lines_of_it()
    {
        string[] program = File.ReadAllLines(Source);
        Assert.InRange(program.Length, 20, 59);
        string block = MarkdownDocument.Read("README.md").Blocks.Single(
            b => b.Kind == BlockKind.Code && b.Text.Contains("ExpressionNetwork", StringComparison.Ordinal)).Text;
        string[] shown = block.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(10, shown.Length);
        Assert.All(shown, line => Assert.Contains(program, l => l.Trim() == line));
    }

    private static Process Start(params string[] arguments)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        string library = Path.Combine(
            Repository.Root, "samples", "MLNet.Console", "bin", output.Parent!.Name, output.Name, "MLNet.Console.dll");
        return Process.Start(
            new ProcessStartInfo("dotnet", [library, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
    }
}

using EmotionMLNet.Files;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Comparison.Reports;
using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Tests.Comparison;

public sealed class ComparisonRulesTests
{
    [Fact]
    public void The_front_has_those_that_nobody_beats_in_both_respects()
    {
        Assert.Equal([true, false, true, true, false], ParetoFront.Find([(0.9, 10), (0.8, 9), (0.7, 50), (0.7, 50), (0.7, 40)]));
        Assert.Empty(ParetoFront.Find([]));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("no json")]
    [InlineData("""{ "data": "x", "candidates": [{ "name": "somebody's" }] }""")]
    public void What_this_command_did_not_make_is_never_removed(string plan)
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["compare.json"], plan);
        AtomicFile.WriteText(folder["runs/work.txt"], "weeks");
        TrainingException refused = Assert.ThrowsAny<TrainingException>(() => ComparisonRun.Clear(folder.FullName, ["a", "b"]));
        Assert.Contains("choose another run.folder", refused.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["runs/work.txt"]));
        Assert.True(File.Exists(folder["compare.json"]));
    }

    [UnixFact] // links need rights on Windows
    public void Only_what_a_comparison_makes_is_removed_and_nothing_behind_a_link()
    {
        using var folder = new TemporaryFolder();
        using var elsewhere = new TemporaryFolder();
        AtomicFile.WriteText(elsewhere["precious.txt"], "weeks");
        AtomicFile.WriteText(folder["compare.json"], """{ "data": "x", "candidates": [{ "name": "a" }, { "name": "b" }] }""");
        foreach (string name in new[] { "best.zip", "comparison.csv", "report.html", "runs/a-seed1/model.zip", "notes.txt" })
            AtomicFile.WriteText(folder[name], name);
        Directory.CreateSymbolicLink(folder["runs/link"], elsewhere.FullName);
        ComparisonRun.Clear(folder.FullName, ["a", "b"]);
        Assert.Equal(["notes.txt"], Directory.GetFileSystemEntries(folder.FullName).Select(Path.GetFileName));
        Assert.True(File.Exists(elsewhere["precious.txt"]));

        AtomicFile.WriteText(folder["compare.json"], """{ "data": "x", "candidates": [{ "name": "a" }, { "name": "b" }] }""");
        Directory.CreateSymbolicLink(folder["runs"], elsewhere.FullName);
        Assert.Contains(
            "is a link",
            Assert.ThrowsAny<TrainingException>(() => ComparisonRun.Clear(folder.FullName, ["a", "b"])).Message,
            StringComparison.Ordinal
        );
        Assert.True(File.Exists(elsewhere["precious.txt"]));
    }

    [Theory]
    [InlineData("a|b", @"a\|b")]
    [InlineData("<script>&amp;", "&lt;script&gt;&amp;amp;")]
    [InlineData("*b* [x](y) `c`", @"\*b\* \[x\](y) \`c\`")]
    [InlineData("\u001b[31m", @"\\u001B\[31m")]
    public void Markdown_shows_names_as_they_are(string name, string written) => Assert.Equal(written, ComparisonMarkdown.Escape(name));

    [Fact]
    public void Nothing_is_written_as_minus_zero()
    {
        Assert.Equal("0.0 (0.0 to 0.0)", ComparisonFigures.Points(new Interval(-0.0004, -0.0004, 0.0004)));
        Assert.Equal("0.000", ComparisonFigures.Number(-0.0001));
    }
}

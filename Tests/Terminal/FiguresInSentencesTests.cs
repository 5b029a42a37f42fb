using EmotionMLNet.Formatting;
using EmotionMLNet.Terminal;
using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Tests.Terminal;

public sealed class FiguresInSentencesTests
{
    [Fact]
    public void No_figure_is_a_negative_zero()
    {
        Assert.Equal(
            ["0.0", "0.0", "-0.1", "0", "0.00"],
            [
                Numbers.Fixed(-0.0, 1),
                Numbers.Fixed(-0.04, 1),
                Numbers.Fixed(-0.06, 1),
                Numbers.Fixed(-0.4, 0),
                Numbers.Fixed(double.NegativeZero, 2),
            ]
        );
        Assert.Equal("95 % interval 0.0 to 100.0, p = 0.500", PairedComparison.IntervalAndProbability(new Interval(0.5, -0.0, 1), 0.5));
    }

    [Fact]
    public void One_is_singular() =>
        Assert.Equal(
            ["1 time", "2 times", "0 images", "1,024 classes"],
            [Plural.Format(1, "time"), Plural.Format(2, "time"), Plural.Format(0, "image"), Plural.Format(1024, "class", "classes")]
        );

    [Fact]
    public void Lines_fit_the_terminal_and_long_names_stay_whole()
    {
        string path = new('x', 100);
        string[] lines = [.. TextLayout.Wrap($"  aaa {string.Join(' ', Enumerable.Repeat("word", 40))} {path} end", hang: 4)];
        Assert.All(lines, l => Assert.True(l.Length <= 80 || l.Trim() == path, l));
        Assert.StartsWith("  aaa word", lines[0], StringComparison.Ordinal);
        Assert.All(lines.Skip(1), l => Assert.StartsWith("    ", l, StringComparison.Ordinal));
        Assert.Equal(
            string.Join(' ', Enumerable.Repeat("word", 40)),
            string.Join(' ', lines.SelectMany(l => l.Split(' ')).Where(w => w == "word"))
        );
        Assert.All(TextLayout.Table([["", "train", "all"], [path, "1", "1"], ["b", "10,000", "1"]]), l => Assert.Equal(80, l.Length));
    }

    [Fact]
    public void Files_and_filled_folders_are_not_written_over_unasked()
    {
        using var folder = new Support.TemporaryFolder();
        OutputFile.Refuse(folder["new"], force: false);
        OutputFile.Refuse(folder.FullName, force: false);
        EmotionMLNet.Files.AtomicFile.WriteText(folder["there"], "x");
        Assert.EndsWith(
            "there exists already: give --force to replace it or another name",
            Assert.Throws<UserException>(() => OutputFile.Refuse(folder["there"], force: false)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<UserException>(() => OutputFile.Refuse(folder.FullName, force: false));
        OutputFile.Refuse(folder["there"], force: true);
    }
}

using System.Text.RegularExpressions;
using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Commands;

/// <summary>A training as it looks in a terminal of 80 columns: a pseudo-terminal of util-linux' script.</summary>
public sealed partial class TerminalWidthTests : IDisposable
{
    // A class of four million letters would not fit any line; one of sixty does not fit most.
    private const string Long = "a class whose name is far longer than any table has room for";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [UnixFact("script")]
    public void Every_line_of_a_training_fits_80_columns_and_the_best_epoch_is_green()
    {
        string shown = InTerminal("");
        Assert.Contains("\u001b[32m", shown, StringComparison.Ordinal);
        string[] lines = [.. Codes().Replace(shown, "").Split('\n').SelectMany(l => l.TrimEnd('\r').Split('\r'))];
        Assert.Contains(lines, l => l.Contains("training", StringComparison.Ordinal) && l.Contains("validation", StringComparison.Ordinal));
        // Commands to be pasted, and the path on stdout, are whole.
        Assert.All(
            lines.Where(l => !l.Contains(folder.FullName, StringComparison.Ordinal)),
            l => Assert.True(CellText.Width(l) <= 80, $"{CellText.Width(l)} columns: {l}")
        );
        Assert.Contains(lines, l => l.Contains("a class whose name is f…", StringComparison.Ordinal));
    }

    [UnixFact("script")]
    public void Nothing_is_coloured_where_nobody_wants_it()
    {
        string shown = InTerminal("NO_COLOR=1");
        Assert.DoesNotContain("\u001b[32m", shown, StringComparison.Ordinal);
    }

    private string InTerminal(string environment)
    {
        string[] labels = [Long, "low", "right"];
        for (int i = 0; i < 48; i++)
        {
            int c = i < 8 ? 0 : i % 3; // the long one is the commonest
            AtomicFile.Write(folder[$"data/{(i % 4 == 0 ? "validation" : "train")}/{labels[c]}/{i}.png"], s => s.Write(TinyData.Png(c, i)));
        }
        TinyModel.Make("residual").Save(folder["start.zip"]);
        string trainer = Path.Combine(AppContext.BaseDirectory, "EmotionMLNet.Trainer.dll");
        string[] arguments =
        [
            "train",
            "--data",
            folder["data"],
            "--out",
            folder["run"],
            "--from",
            folder["start.zip"],
            "--epochs",
            "3",
            "--threads",
            "1",
        ];
        return PseudoTerminal.Run(folder.FullName, $"{environment} dotnet {ShellQuote.Argument(trainer)} {ShellQuote.Join(arguments)}");
    }

    [GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]")]
    private static partial Regex Codes();
}

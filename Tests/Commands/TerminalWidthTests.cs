using System.Diagnostics;
using System.Text.RegularExpressions;
using EmotionMLNet.Files;
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

    [TerminalFact]
    public void Every_line_of_a_training_fits_80_columns_and_the_best_epoch_is_green()
    {
        (int code, string shown) = InTerminal("");
        Assert.True(code == ExitCode.Ok, shown);
        Assert.Contains("\u001b[32m", shown, StringComparison.Ordinal);
        string[] lines = [.. Codes().Replace(shown, "").Split('\n').SelectMany(l => l.TrimEnd('\r').Split('\r'))];
        Assert.Contains(lines, l => l.Contains("training", StringComparison.Ordinal) && l.Contains("validation", StringComparison.Ordinal));
        // Commands to be pasted, and the path on stdout, are whole.
        Assert.All(lines.Where(l => !l.Contains(folder.FullName, StringComparison.Ordinal)), l => Assert.True(TextLayout.Width(l) <= 80, $"{TextLayout.Width(l)} columns: {l}"));
        Assert.Contains(lines, l => l.Contains("a class whose name is f…", StringComparison.Ordinal));
    }

    [TerminalFact]
    public void Nothing_is_coloured_where_nobody_wants_it()
    {
        (int code, string shown) = InTerminal("NO_COLOR=1");
        Assert.True(code == ExitCode.Ok, shown);
        Assert.DoesNotContain("\u001b[32m", shown, StringComparison.Ordinal);
    }

    private (int Code, string Shown) InTerminal(string environment)
    {
        string[] labels = [Long, "low", "right"];
        for (int i = 0; i < 48; i++)
        {
            int c = i < 8 ? 0 : i % 3; // the long one is the commonest
            AtomicFile.Write(folder[$"data/{(i % 4 == 0 ? "validation" : "train")}/{labels[c]}/{i}.png"], s => s.Write(TinyData.Png(c, i)));
        }
        TinyModel.Make("residual").Save(folder["start.zip"]);
        string trainer = Path.Combine(AppContext.BaseDirectory, "EmotionMLNet.Trainer.dll");
        string command = $"stty cols 80 rows 24; TERM=xterm {environment} dotnet {ShellQuote.Argument(trainer)} {ShellQuote.Join(["train", "--data", folder["data"], "--out", folder["run"], "--from", folder["start.zip"], "--epochs", "3", "--threads", "1"])}";
        using Process script = Process.Start(new ProcessStartInfo("script", ["-qec", command, "/dev/null"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        script.StandardInput.Close();
        ProcessResult result = TrainerProcess.Finish(script);
        return (result.Code, result.Output);
    }

    [GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]")]
    private static partial Regex Codes();
}

/// <summary>A fact that needs a pseudo-terminal and says so when it skips.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TerminalFactAttribute : FactAttribute
{
    public TerminalFactAttribute()
    {
        bool isThere = OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(p => File.Exists(Path.Combine(p, "script")));
        if (!isThere) Skip = "needs script of util-linux (a pseudo-terminal), which is not on this machine";
    }
}

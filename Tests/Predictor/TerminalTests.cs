using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Predictor;

/// <summary>Progress, rows and summary on a real terminal.</summary>
public sealed class TerminalTests : IDisposable
{
    private const int Files = 120;

    private readonly TemporaryFolder folder = new();

    public TerminalTests()
    {
        TinyModel.Make().Save(folder["model.zip"]);
        for (int i = 0; i < Files; i++) Pictures.Write(folder[$"in/{i:000}.png"], i);
    }

    public void Dispose() => folder.Dispose();

    [UnixFact("script")]
    public void Rows_and_progress_share_a_terminal_without_mangling_each_other()
    {
        string[] screen = PseudoTerminal.Screen(PseudoTerminal.Run(folder.FullName, Slowly("")), out _);
        Assert.Equal(
            Files,
            screen.Count(l => l.StartsWith("in/", StringComparison.Ordinal) && l.EndsWith(',') && l.Split(',').Length == 7)
        );
        AssertSummary(screen);
    }

    [UnixFact("script")]
    public void Progress_fits_the_terminal_with_total_rate_and_time_left()
    {
        foreach (int columns in new[] { 80, 50, 20 })
        {
            string sent = PseudoTerminal.Run(folder.FullName, $"rm -f o.csv; {Slowly("--out o.csv")}", columns);
            string[] screen = PseudoTerminal.Screen(sent, out _);
            string[] drawn =
            [
                .. sent.Split('\n')
                    .First(l => l.Contains("classifying", StringComparison.Ordinal))
                    .Split('\r')
                    .Where(d => d.Contains("classi", StringComparison.Ordinal)),
            ];
            Assert.NotEmpty(drawn);
            Assert.All(drawn, d => Assert.InRange(d.Length, 1, columns - 1));
            AssertSummary(screen, columns);
        }
    }

    [UnixFact("script")]
    public void A_redirected_run_on_a_terminal_keeps_rows_out_of_it()
    {
        string[] screen = PseudoTerminal.Screen(PseudoTerminal.Run(folder.FullName, Slowly("") + " > rows.csv"), out int widest);
        Assert.InRange(widest, 1, 80);
        Assert.DoesNotContain(screen, l => l.StartsWith("in/", StringComparison.Ordinal));
        Assert.Equal(Files + 1, File.ReadAllLines(folder["rows.csv"]).Length);
        AssertSummary(screen);
    }

    [UnixFact("script")]
    public void Plain_output_has_no_codes_and_progress_on_lines_of_their_own()
    {
        ProcessResult result = PredictorProcess.Run(null, folder["model.zip"], folder["in"]);
        Assert.DoesNotContain('\r', result.Output + result.Error);
        Assert.DoesNotContain('\u001b', result.Output + result.Error);
        AssertSummary(result.ErrorLines);
    }

    [Theory]
    [InlineData(100, "[###-----------------] classifying: 12,345 of 67,890 files, 12,345/s, 4 s left")]
    [InlineData(80, "[###-----------------] classifying: 12,345 of 67,890 files, 12,345/s, 4 s left")]
    [InlineData(68, "[#--------] classifying: 12,345 of 67,890 files, 12,345/s, 4 s left")]
    [InlineData(60, "classifying: 12,345 of 67,890 files, 12,345/s, 4 s left")]
    [InlineData(21, "classifying: 12,345 ")]
    public void A_line_takes_what_room_there_is(int columns, string expected)
    {
        var clock = new TickingClock { Tick = 0 };
        using var writer = new StringWriter();
        using var progress = new ConsoleProgress("classifying", "files", writer, terminal: true, clock, columns);
        clock.Advance(1);
        progress.Report(new WorkProgress(12_345, 67_890));
        Assert.Equal("\r" + expected, writer.ToString());
    }

    [Fact]
    public void Without_a_total_there_is_neither_bar_nor_time_left_and_a_row_wipes_the_line()
    {
        var clock = new TickingClock { Tick = 0 };
        using var writer = new StringWriter { NewLine = "\n" };
        using (var progress = new ConsoleProgress("classifying", "files", writer, terminal: true, clock, columns: 80))
        {
            clock.Advance(2);
            progress.Report(new WorkProgress(5, 0));
            progress.Above(() => writer.Write("row\n"));
            progress.Above(() => writer.Write("row\n"));
            clock.Advance(1);
            progress.Report(new WorkProgress(30, 0));
        }
        Assert.Equal(
            "\rclassifying: 5 files, 2.5/s\r"
                + new string(' ', 27)
                + "\rrow\nrow\n\rclassifying: 30 files, 10/s\rclassifying: 30 files, 10/s, 3 s\n",
            writer.ToString()
        );
    }

    private static string Slowly(string options) =>
        $"dotnet '{PredictorProcess.Library}' model.zip in --threads 1 --tta flip+crops {options}";

    private static void AssertSummary(string[] screen, int columns = 80)
    {
        int at = Array.FindIndex(screen, l => l.StartsWith($"{Files} files in ", StringComparison.Ordinal));
        Assert.True(at >= 0, string.Join('\n', screen));
        int head = Array.IndexOf(screen, "files    share  label", at); // a narrow terminal breaks the sentence before it
        Assert.InRange(head, at + 1, at + 8);
        string[] table = [.. screen[(head + 1)..].TakeWhile(l => l.Contains('%', StringComparison.Ordinal))];
        Assert.Equal(Files, table.Sum(l => int.Parse(l.Trim().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.All(table, l => Assert.InRange(l.Length, 1, Math.Max(columns, 30) - 1));
    }
}

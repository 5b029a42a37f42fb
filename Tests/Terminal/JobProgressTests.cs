using EmotionMLNet.Terminal;

namespace EmotionMLNet.Tests.Terminal;

public sealed class JobProgressTests : IDisposable
{
    private readonly StringWriter writer = new() { NewLine = "\n" };
    private readonly ManualTime time = new();

    public void Dispose() => writer.Dispose();

    [Fact]
    public void In_a_file_there_is_a_plain_line_every_ten_seconds_over_all_parts()
    {
        using (var job = new JobProgress("quickstart", 10, new TerminalOutput(writer, IsTerminal: false, 80, HasColour: false), time))
        {
            job.Begin("first", 5);
            for (int second = 1; second <= 20; second++)
            {
                time.Advance(1);
                job.Report(second / 20.0, "epoch", second / 5 + 1, 5);
            }
            time.Advance(10);
            job.Begin("second", 5);
        }
        Assert.Equal(
            [
                "quickstart: 25 %, 30 s left, first, epoch 3 of 5",
                "quickstart: 50 %, 20 s left, first, epoch 5 of 5",
                "quickstart: 50 %, 30 s left, second",
            ],
            Lines()
        );
    }

    [Fact]
    public void What_was_done_before_is_not_counted_into_the_time_that_is_left()
    {
        using (var job = new JobProgress("compare", 10, new TerminalOutput(writer, IsTerminal: false, 80, HasColour: false), time))
        {
            job.Skip(5);
            job.Begin("second", 5);
            time.Advance(10);
            job.Report(0.5);
        }
        Assert.Equal(["compare: 50 %, 10 s left, second"], Lines());
    }

    [Fact]
    public void On_a_terminal_lines_stand_above_the_bar_and_other_bars_are_not_shown()
    {
        var job = new JobProgress("job", 2, new TerminalOutput(writer, IsTerminal: true, 60, HasColour: false), time);
        job.Begin($"part \u001b[31m of {new string('x', 80)}", 2);
        job.Messages.Write("\r[###---] decoding: 5 of 10");
        job.Messages.Write("\r");
        job.Messages.WriteLine("a line of a part");
        time.Advance(1);
        job.Report(0.5);
        job.Dispose();

        string[] shown = Screen(writer.ToString());
        Assert.Equal("a line of a part", shown[0]);
        Assert.DoesNotContain("decoding", writer.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', writer.ToString());
        Assert.Contains("[##########----------] job: 50 %, 1 s left, part", writer.ToString(), StringComparison.Ordinal);
        Assert.All(writer.ToString().Split('\r', '\n'), l => Assert.True(l.Length < 60, l));
        Assert.Equal("", shown[^1].Trim()); // the bar is gone when the job is
    }

    private string[] Lines() => writer.ToString().TrimEnd('\n').Split('\n');

    // What somebody sees: a carriage return begins the line anew.
    private static string[] Screen(string written) =>
        [
            .. written
                .Split('\n')
                .Select(l =>
                    l.Split('\r').Aggregate("", (line, over) => over + (line.Length > over.Length ? line[over.Length..] : "")).TrimEnd()
                ),
        ];

    private sealed class ManualTime : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => now;

        public void Advance(int seconds) => now += seconds * TimeSpan.TicksPerSecond;
    }
}

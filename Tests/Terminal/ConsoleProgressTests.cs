using EmotionMLNet.Formatting;
using EmotionMLNet.Terminal;

namespace EmotionMLNet.Tests.Terminal;

public sealed class ConsoleProgressTests
{
    [Fact]
    public void In_a_file_there_is_a_plain_line_every_few_seconds_and_none_for_short_work()
    {
        var time = new ManualTime();
        var writer = new StringWriter { NewLine = "\n" };
        using (var progress = new ConsoleProgress("Reading images", "images", writer, terminal: false, time))
        {
            for (int i = 1; i <= 24; i++)
            {
                time.Advance(TimeSpan.FromSeconds(0.5));
                progress.Report(new WorkProgress(i * 100, 2400));
            }
        }
        Assert.Equal(
            "Reading images: 1,000 of 2,400 images, 200/s, 42 %, 7 s left\nReading images: 2,000 of 2,400 images, 200/s, 83 %, 2 "
                + "s left\nReading images: 2,400 of 2,400 images, 200/s, 12 s\n",
            writer.ToString()
        );

        var quiet = new StringWriter();
        using (var progress = new ConsoleProgress("Reading images", "images", quiet, terminal: false, time))
            progress.Report(new WorkProgress(5, 5));
        Assert.Equal("", quiet.ToString());
    }

    [Fact]
    public void On_a_terminal_one_line_is_redrawn()
    {
        var time = new ManualTime();
        var writer = new StringWriter { NewLine = "\n" };
        using (var progress = new ConsoleProgress("Reading", "images", writer, terminal: true, time))
        {
            time.Advance(TimeSpan.FromSeconds(1));
            progress.Report(new WorkProgress(50, 100));
            progress.Report(new WorkProgress(40, 100)); // overtaken by another thread
            time.Advance(TimeSpan.FromSeconds(1));
            progress.Report(new WorkProgress(100, 100));
        }
        string[] lines = writer.ToString().Split('\r');
        Assert.Equal("[##########----------] Reading: 50 of 100 images, 50/s, 1 s left", lines[1]);
        Assert.Equal(4, lines.Length);
        Assert.StartsWith("Reading: 100 of 100 images, 50/s, 2 s", lines[3], StringComparison.Ordinal);
        Assert.EndsWith("\n", lines[3], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4.4, "4 s")]
    [InlineData(185, "3:05 min")]
    [InlineData(7385, "2:03:05 h")]
    public void Durations_read_naturally(double seconds, string text) => Assert.Equal(text, DurationText.Format(seconds));

    private sealed class ManualTime : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => now;

        public void Advance(TimeSpan by) => now += by.Ticks;
    }
}

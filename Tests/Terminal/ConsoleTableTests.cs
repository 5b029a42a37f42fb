using EmotionMLNet.Tests.Support;
using EmotionMLNet.Trainer.Rendering;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.Runs.Listeners;

public sealed class ConsoleTableTests
{
    private static readonly EpochResult Usual = new(3, 1.2345, 0.501, 1.1234, 0.6543, 0.6012, 0.05, 410.4, 70.2, true);

    [Fact]
    public void A_usual_line_stands_under_its_header()
    {
        string[] header = ConsoleTable.Header.Split('\n');
        string row = ConsoleTable.Row(30, Usual);
        Assert.Equal("       3/30  1.2345  50.1%  1.1234  65.4%  60.1%     410    0.05    31:35 best", row);
        foreach ((string name, string value) in new[] { ("epoch", "3/30"), ("img/s", "410"), ("lr", "0.05"), ("left", "31:35") })
            Assert.Equal(
                header[1].IndexOf(name, StringComparison.Ordinal) + name.Length,
                row.IndexOf(value, StringComparison.Ordinal) + value.Length
            );
    }

    [Theory]
    [
        InlineData(1234.5),
        InlineData(0),
        InlineData(9.99996),
        InlineData(99.99996),
        InlineData(999.996),
        InlineData(9999.96),
        InlineData(999999.9),
        InlineData(1e30),
        InlineData(double.NaN),
        InlineData(1e-12)
    ]
    public void No_figure_makes_a_line_wider_than_80_columns(double value)
    {
        foreach (int epochs in new[] { 1, 30, 10000, 99999 })
            foreach (double rate in new[] { 1e-7, 1e-10, 0, 0.000999, 0.0099999, 0.123456, 12.5, 999999, 1e20, double.NaN })
            {
                var result = new EpochResult(epochs, value, 1, value, 1, 1, rate, value, 123456, true);
                string row = ConsoleTable.Row(epochs, result, ahead: 99999);
                Assert.InRange(row.Length, 1, ConsoleTable.Columns - 1);
                string[] cells = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                Assert.True(cells.Length is 10 or 11, $"columns run together: '{row}'"); // a time of days is two
            }
        Assert.All(ConsoleTable.Header.Split('\n'), line => Assert.InRange(line.Length, 1, ConsoleTable.Columns - 1));
    }

    [Fact]
    public void A_rate_keeps_its_digits_and_a_long_time_its_days()
    {
        Assert.Contains(" 1.0e-7 ", ConsoleTable.Row(9, Usual with { LearningRate = 1e-7 }), StringComparison.Ordinal);
        Assert.Contains(" 0.00123 ", ConsoleTable.Row(9, Usual with { LearningRate = 0.00123 }), StringComparison.Ordinal);
        Assert.Contains(" 99:00:00", ConsoleTable.Row(9, Usual with { Seconds = 3600 }, ahead: 99), StringComparison.Ordinal);
        Assert.Contains(" 12d 12h", ConsoleTable.Row(9, Usual with { Seconds = 3600 }, ahead: 300), StringComparison.Ordinal);
    }

    [Fact]
    public void The_start_has_no_figures_of_training() =>
        Assert.Equal(
            "       0/30       -      -  1.1234  65.4%  60.1%       -       -        - best",
            ConsoleTable.Row(30, new EpochResult(0, double.NaN, double.NaN, 1.1234, 0.6543, 0.6012, double.NaN, double.NaN, 2, true))
        );

    [Fact]
    public void The_line_of_a_running_epoch_has_total_rate_and_time_left_and_no_rate_before_it_is_known()
    {
        Assert.Equal(
            "[#####---------------] 3/30  7200/28709 images  400/s, 0:53 left in this epoch",
            ConsoleTable.Line(3, 30, 7200, 28709, 7136, TimeSpan.FromSeconds(17.84))
        );
        Assert.DoesNotContain("/s", ConsoleTable.Line(3, 30, 64, 28709, 0, TimeSpan.Zero), StringComparison.Ordinal);
        // 64000 a second.
        Assert.DoesNotContain("/s", ConsoleTable.Line(3, 30, 128, 28709, 64, TimeSpan.FromMilliseconds(1)), StringComparison.Ordinal);
        foreach (int total in new[] { 1, 28709, 123_456_789, int.MaxValue })
            foreach (double seconds in new[] { 0, 1, 1e6 })
                Assert.InRange(
                    ConsoleTable.Line(10000, 10000, total / 2, total, Math.Min(7, total / 2), TimeSpan.FromSeconds(seconds)).Length,
                    1,
                    ConsoleTable.Columns - 1
                );
    }

    [Fact]
    public void Only_best_epochs_on_a_terminal_are_coloured()
    {
        foreach (bool colour in new[] { false, true })
        {
            using var said = new StringWriter();
            using TrainingRun run = TinyData.Run(
                TinyData.Options with
                {
                    Optimisation = TinyData.Options.Optimisation with { Epochs = 1 },
                },
                null,
                new ConsoleTable(said, interactive: false, colour, TimeProvider.System)
            );
            run.Train(CancellationToken.None);
            Assert.Equal(colour, said.ToString().Contains("\u001b[32m", StringComparison.Ordinal));
            Assert.DoesNotContain('\r', said.ToString().ReplaceLineEndings("\n"));
        }
    }
}

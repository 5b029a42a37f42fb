using EmotionMLNet.Networks;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.Budget;

namespace EmotionMLNet.Tests.Runs.Budget;

/// <summary>Runs of a given time, by a clock that a test drives: 6 steps an epoch, each some looks at the clock long.</summary>
public sealed class TimeBudgetTests : IDisposable
{
    private static readonly TrainingOptions Options = TinyData.Options with
    {
        Optimisation = TinyData.Options.Optimisation with
        {
            Schedule = ScheduleKind.Cosine,
            WarmUp = 0.5f,
            Time = TimeSpan.FromSeconds(600),
        },
    };

    private static readonly TrainingOptions Progressive = Options with
    {
        Network = Options.Network with { Architecture = "emotion-cnn", Widths = [4, 6] },
        Progressive = new ProgressiveOptions { Side = 0.75f, Epochs = 0.6f },
    };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_run_ends_in_time_with_its_schedule_and_uses_most_of_the_time()
    {
        var clock = new TickingClock();
        using TrainingRun run = Run(Options, clock);
        string why = run.Train(CancellationToken.None);
        Assert.InRange(clock.Now, 480, 600);
        Ended(run, why);
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(4)]
    [InlineData(8)]
    public void When_the_machine_gets_faster_or_slower_the_run_still_ends_in_time_and_its_schedule_with_it(double tick)
    {
        var clock = new TickingClock();
        int planned = 0;
        var watcher = new Watcher
        {
            OnBatch = (run, epoch, images) =>
            {
                if (epoch == 1) planned = run.Options.Optimisation.Epochs;
                if (epoch == 5 && images > 16) clock.Tick = tick;
            },
        };
        using TrainingRun run = Run(Options, clock, watcher);
        string why = run.Train(CancellationToken.None);
        Assert.InRange(clock.Now, 0, 600 + 6 * tick); // nobody knows beforehand that validation, six looks at the clock, is slower as well
        Ended(run, why);
        if (tick < 1) Assert.True(run.Progress.History.Count > planned, $"{run.Progress.History.Count} epochs, {planned} planned");
        else Assert.True(run.Progress.History.Count < planned, $"{run.Progress.History.Count} epochs, {planned} planned");
    }

    [Theory]
    [InlineData(0.5f, 900)]
    [InlineData(0.6f, 1234)]
    [InlineData(1, 900)]
    [InlineData(0, 900)]
    [InlineData(0.5f, 12)]
    public void Small_pictures_have_a_pace_of_their_own_and_no_epoch_more_would_fit(float share, int seconds)
    {
        var clock = new TickingClock { Tick = 0 };
        var progressive = new ProgressiveOptions { Side = 0.5f, Epochs = share };
        var budget = new TimeBudget(
            TimeSpan.FromSeconds(seconds),
            clock,
            batches: 10,
            images: 80,
            (done, epochs) => Math.Max(done, progressive.SmallEpochs(epochs)),
            [],
            spent: 0
        );
        budget.Time(isSmall: true, _ => clock.Advance(1));
        budget.Time(isSmall: false, _ => clock.Advance(2));
        Assert.Equal((10.0, 20.0), (budget.EpochSeconds(isSmall: true), budget.EpochSeconds(isSmall: false)));

        int epochs = budget.Plan(validationSteps: 0);
        double left = 0.98 * (seconds - clock.Now);
        Assert.True(epochs == 1 || Takes(epochs) <= left, $"{epochs} epochs take {Takes(epochs)} of {left} seconds");
        Assert.True(Takes(epochs + 1) > left, $"{epochs + 1} epochs take {Takes(epochs + 1)} of {left} seconds");

        double Takes(int epochs) => 20 * epochs - 10 * progressive.SmallEpochs(epochs);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_run_with_small_pictures_first_ends_in_time_whatever_whole_ones_take(double tick)
    {
        var clock = new TickingClock();
        List<bool> small = [];
        var watcher = new Watcher
        {
            OnBatch = (run, epoch, _) =>
            {
                bool isSmall = epoch <= run.Small!.Value.Epochs;
                clock.Tick = isSmall ? 1 : tick;
                if (small.Count < epoch) small.Add(isSmall);
            },
        };
        using TrainingRun run = Run(Progressive, clock, folder["small"], watcher);
        string why = run.Train(CancellationToken.None);
        Assert.InRange(clock.Now, 480, 600 + 6 * tick);
        Ended(run, why);
        Assert.Equal(small.OrderDescending(), small);
        Assert.Contains(true, small);
        Assert.Contains(false, small);
        // The settings tell what was done, though the share was of a plan that changed.
        Assert.Equal(small.Count(s => s), run.Options.Progressive.SmallEpochs(small.Count));
        Assert.Equal(SettingsFile.Write(run.Options), File.ReadAllText(Path.Combine(folder["small"], SettingsFile.FileName)));
    }

    [Fact]
    public void A_moment_of_standstill_in_the_middle_does_not_end_the_run()
    {
        var clock = new TickingClock();
        var watcher = new Watcher { OnBatch = (_, epoch, images) => clock.Tick = epoch == 3 && images == 8 ? 100 : 1 };
        using TrainingRun run = Run(Options, clock, watcher);
        Ended(run, run.Train(CancellationToken.None));
        Assert.InRange(clock.Now, 400, 603);
    }

    [Fact]
    public void Less_time_than_an_epoch_gives_a_part_of_one()
    {
        var clock = new TickingClock { Tick = 10 };
        using TrainingRun run = Run(Options with { Optimisation = Options.Optimisation with { Time = TimeSpan.FromSeconds(120) } }, clock);
        Ended(run, run.Train(CancellationToken.None));
        Assert.Single(run.Progress.History);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Without_a_correction_the_run_has_the_bits_of_one_with_that_number_of_epochs_and_the_settings_say_which(bool progressive)
    {
        TrainingOptions options = progressive ? Progressive : Options;
        // The looks at the clock beside the steps make most plans a little wrong; of forty times some fit at once.
        for (int seconds = 40; seconds < 80; seconds++)
        {
            int steps = 0;
            string to = folder[$"timed-{seconds}"];
            using TrainingRun timed = Run(
                options with
                {
                    Optimisation = options.Optimisation with { Time = TimeSpan.FromSeconds(seconds) },
                },
                new TickingClock(),
                to,
                new Watcher { OnBatch = (_, _, _) => steps++ }
            );
            timed.Train(CancellationToken.None);
            int epochs = timed.Progress.History.Count;
            bool asPlanned = timed.Progress.Course!.Length == epochs && steps == 6 * epochs;
            if (!asPlanned || epochs < 2) continue;
            Assert.Contains($"\"epochs\": {epochs},", File.ReadAllText(Path.Combine(to, SettingsFile.FileName)), StringComparison.Ordinal);

            using TrainingRun plain = TinyData.Run(timed.Options with { Optimisation = timed.Options.Optimisation with { Time = null } });
            plain.Train(CancellationToken.None);
            Assert.Equal(TinyData.Weights(plain.Network), TinyData.Weights(timed.Network));
            return;
        }
        Assert.Fail("Every plan was corrected.");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_that_was_cut_off_keeps_its_plan_and_the_time_that_it_has_had(bool progressive)
    {
        TrainingOptions options = progressive ? Progressive : Options;
        var first = new TickingClock();
        using (
            TrainingRun cut = Run(
                options,
                first,
                folder["parts"],
                new Watcher
                {
                    OnBatch = (_, epoch, _) =>
                    {
                        if (epoch == 4)
                            throw new InvalidOperationException("cut off");
                    },
                }
            )
        )
            Assert.Throws<InvalidOperationException>(() => cut.Train(CancellationToken.None));

        var second = new TickingClock();
        using TrainingRun resumed = Run(options, second, folder["parts"]);
        resumed.Resume();
        if (progressive) Assert.Equal(options.Progressive.SmallEpochs(resumed.Options.Optimisation.Epochs), resumed.Small!.Value.Epochs);
        Assert.Equal(resumed.Progress.Course!.Epochs, resumed.Options.Optimisation.Epochs);
        Assert.InRange(resumed.Progress.Seconds, 1, first.Now);
        string why = resumed.Train(CancellationToken.None);
        Ended(resumed, why);
        Assert.InRange(resumed.Progress.Seconds, 480, 603);
        Assert.InRange(second.Now, 300, 600 - resumed.Progress.History.Take(3).Sum(e => e.Seconds) + 3);
    }

    private static TrainingRun Run(TrainingOptions options, TickingClock clock, params ITrainingListener[] listeners) =>
        Run(options, clock, null!, listeners);

    private static TrainingRun Run(TrainingOptions options, TickingClock clock, string folder, params ITrainingListener[] listeners)
    {
        if (folder is not null) Directory.CreateDirectory(folder);
        Dataset data = TinyData.Make() with
        {
            Sets = [TinyData.Set(Split.Train, 45, seed: 1), TinyData.Set(Split.Validation, 180, seed: 2)],
        }; // held to be about as long as the looks at the clock beside the steps
        Network network = RunFactory.CreateNetwork(options, TinyData.Preprocessing, TinyData.Labels.Count, new SilentReporter());
        return new TrainingRun(options, network, TinyData.Preprocessing, data, folder, listeners, clock);
    }

    // The rate of the last step is that of a cosine's end.
    private static void Ended(TrainingRun run, string why)
    {
        Assert.Contains("time", why, StringComparison.Ordinal);
        Assert.Equal(run.Progress.Course!.Length, run.Progress.Course.Position, 1e-9);
        Assert.Equal(run.Options.Optimisation.Epochs, run.Progress.History.Count);
        if (run.Progress.Course.Length > 2)
            Assert.InRange(run.Progress.History[^1].LearningRate / run.Options.Optimisation.LearningRate, 0, 0.2);
    }
}

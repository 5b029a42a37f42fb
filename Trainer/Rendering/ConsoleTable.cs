using System.Globalization;
using EmotionMLNet.Formatting;
using EmotionMLNet.Terminal;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.Budget;

namespace EmotionMLNet.Trainer.Rendering;

/// <summary>
/// A line an epoch on stderr, and on a terminal a line that shows how far the running epoch is. Every line fits 80 columns, whatever the
/// figures.
/// </summary>
/// <param name="output">Stderr.</param>
/// <param name="interactive">Whether lines can be redrawn.</param>
/// <param name="colour">Whether the best epochs may be coloured.</param>
/// <param name="time">Clock for rates.</param>
internal sealed class ConsoleTable(TextWriter output, bool interactive, bool colour, TimeProvider time) : ITrainingListener
{
    public const int Columns = 80;

    /// <summary>Two lines: what is measured on which pictures, and the names of the columns.</summary>
    public const string Header = """
                       training     validation
              epoch    loss    acc    loss    acc     F1   img/s      lr     left
        """;

    /// <summary>The same for a face detector: average precision, and recall at one false positive in ten pictures.</summary>
    public const string FacesHeader = """
                       training     validation
              epoch    loss           loss     AP recall  crops/s      lr     left
        """;

    private const string Best = "best";

    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(250);

    // A rate over less is that of a lucky moment.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(1);

    private long epochStart, lastDrawn;
    private int running, first, width;

    /// <summary>Writes to stderr, live on a terminal that can.</summary>
    public static ConsoleTable ForStderr(TimeProvider time)
    {
        bool terminal = TerminalColour.IsTerminal(Console.IsErrorRedirected);
        return new(Console.Error, terminal && Environment.GetEnvironmentVariable("CI") is null, terminal && TerminalColour.IsWanted, time);
    }

    public void OnStarted(TrainingRun run)
    {
        output.WriteLine(run.Options.Faces is null ? Header : FacesHeader);
        foreach (EpochResult result in run.Progress.Shown) output.WriteLine(Row(run, result));
        epochStart = lastDrawn = time.GetTimestamp();
    }

    public void OnPlanned(TrainingRun run, TimeBudget budget)
    {
        Clear();
        int epochs = run.Options.Optimisation.Epochs, small = Math.Min(run.Small?.Epochs ?? 0, epochs);
        string each =
            small == 0 ? Short(budget.EpochSeconds(isSmall: false))
            : small == epochs ? Short(budget.EpochSeconds(isSmall: true))
            : $"{Short(budget.EpochSeconds(isSmall: true))} with small pictures until epoch {small}, then "
                + $"{Short(budget.EpochSeconds(isSmall: false))},";
        output.WriteLine($"time: {Plural.Format(epochs, "epoch")} at {each} in {Clock(run.Options.Optimisation.Time!.Value.TotalSeconds)}");
    }

    public void OnStageBegun(TrainingRun run, FineTuning stage)
    {
        Clear();
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"learning: {stage.Blocks - stage.Frozen} of {stage.Blocks} blocks, {stage.LearningParameters:N0} of "
                    + $"{run.Network.ParameterCount:N0} parameters"
            )
        );
    }

    public void OnBatchDone(TrainingRun run, int epoch, int images)
    {
        // From the first batch's end: nobody saw it begin.
        if (epoch != running) (running, epochStart, first) = (epoch, time.GetTimestamp(), images);
        if (!interactive || time.GetElapsedTime(lastDrawn) < Redraw) return;
        lastDrawn = time.GetTimestamp();
        string line = Line(
            epoch,
            run.Options.Optimisation.Epochs,
            images,
            run.TrainingImages,
            images - first,
            time.GetElapsedTime(epochStart)
        );
        output.Write("\r" + line.PadRight(width));
        width = line.Length;
    }

    public void OnEpochDone(TrainingRun run, EpochResult result)
    {
        Clear();
        output.WriteLine(Row(run, result));
    }

    public void OnFinished(TrainingRun run, string why)
    {
        Clear();
        output.WriteLine($"stopped: {why}");
    }

    /// <summary>How far an epoch is, below <see cref="Columns"/> characters.</summary>
    /// <param name="epoch">Number of the epoch, from 1.</param>
    /// <param name="epochs">Number of epochs of the run.</param>
    /// <param name="done">Images of the epoch that are done.</param>
    /// <param name="total">Images of the epoch.</param>
    /// <param name="timed">How many of those done were timed.</param>
    /// <param name="taken">The time that they took.</param>
    internal static string Line(int epoch, int epochs, int done, int total, int timed, TimeSpan taken)
    {
        const int Cells = 20;
        bool settled = timed > 0 && taken >= Settled;
        double rate = settled ? timed / taken.TotalSeconds : double.NaN;
        string speed = settled ? $"{Number(rate)}/s, {Clock((total - done) / rate)} left in this epoch" : "";
        int full = (int)((long)Cells * done / Math.Max(1, total));
        string counts = string.Create(CultureInfo.InvariantCulture, $"{FormatCount(epoch, epochs)}  {done}/{total} images  {speed}")
                .TrimEnd(),
            bar = $"[{new string('#', full)}{new string('-', Cells - full)}] ";
        string line = bar.Length + counts.Length < Columns ? bar + counts : counts;
        return line.Length < Columns ? line : line[..(Columns - 1)];
    }

    private string Row(TrainingRun run, EpochResult r)
    {
        string row = Row(run.Options.Optimisation.Epochs, r, run.EstimateEpochsAhead(r));
        return colour && r.Improved ? TerminalColour.Good(row) : row;
    }

    /// <summary>One line of the table, of a run whose epochs are all alike.</summary>
    public static string Row(int epochs, EpochResult r) => Row(epochs, r, epochs - r.Epoch);

    /// <param name="epochs">Number of epochs of the run.</param>
    /// <param name="r">The epoch.</param>
    /// <param name="ahead">How many epochs like it are still to come.</param>
    internal static string Row(int epochs, EpochResult r, double ahead)
    {
        string left = r.Epoch == 0 ? "-" : Clock(ahead * r.Seconds);
        return $"{FormatCount(r.Epoch, epochs), 11}  {Figure(r.TrainLoss), 6} "
            + $"{(r.AveragePrecision is null ? Share(r.TrainAccuracy) : ""), 6}  {Figure(r.ValidationLoss), 6} "
            + $"{Share(r.AveragePrecision ?? r.ValidationAccuracy), 6} {Share(r.Recall ?? r.MacroF1), 6}  "
            + $"{Number(r.ImagesPerSecond), 6} {Rate(r.LearningRate), 7} "
            + $"{left, 8}{(r.Improved ? $" {Best}" : "")}";
    }

    private static string FormatCount(int epoch, int epochs) => string.Create(CultureInfo.InvariantCulture, $"{epoch}/{epochs}");

    // Six characters at most: 0.1234, 12.345, 123.45, 1234.5, 12345, 1e+06.
    private static string Figure(double value) =>
        Written(
            value,
            Math.Abs(value) switch
            {
                < 9.99995 => "0.0000",
                < 99.9995 => "0.000",
                < 999.995 => "0.00",
                < 9999.95 => "0.0",
                < 999999.5 => "0",
                _ => "0e+0",
            }
        );

    private static string Share(double value) => Written(value, "0.0%");

    private static string Number(double value) => Written(value, value switch { < 9.95 => "0.0", < 999999.5 => "0", _ => "0e+0" });

    // Seven at most: 0.00123, 0.05, 1.2e-4, 12.5.
    private static string Rate(double value) =>
        Written(
            value,
            value switch
            {
                0 => "0",
                < 0.0009999 => "0.0e-0",
                < 99.999 => "0.#####",
                < 999999.5 => "0",
                _ => "0e+0",
            }
        );

    private static string Written(double value, string format) =>
        double.IsNaN(value) ? "-" : value.ToString(format, CultureInfo.InvariantCulture);

    // Eight characters at most: 0:07, 59:59, 99:59:59, 12d 7h, 99999d.
    // An epoch of less than a second is not 0:00.
    private static string Short(double seconds) =>
        seconds < 10 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s") : Clock(seconds);

    private static string Clock(double seconds)
    {
        var span = TimeSpan.FromSeconds(Math.Clamp(double.IsNaN(seconds) ? 0 : seconds, 0, 8.6e9));
        if (span.TotalHours < 1) return span.ToString(@"m\:ss", CultureInfo.InvariantCulture);
        if (span.TotalHours < 100)
            return string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}:{span.Minutes:D2}:{span.Seconds:D2}");
        return span.TotalDays < 1000
            ? string.Create(CultureInfo.InvariantCulture, $"{span.Days}d {span.Hours}h")
            : string.Create(CultureInfo.InvariantCulture, $"{span.Days}d");
    }

    private void Clear()
    {
        if (width > 0) output.Write("\r" + new string(' ', width) + "\r");
        width = 0;
    }
}

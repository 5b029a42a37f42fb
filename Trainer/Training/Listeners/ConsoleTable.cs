using System.Globalization;
using EmotionMLNet.Trainer.Training.Budget;

namespace EmotionMLNet.Trainer.Training.Listeners;

/// <summary>A line an epoch on stderr, and on a terminal a line that shows how far the running epoch is.</summary>
internal sealed class ConsoleTable(TextWriter output, bool interactive, TimeProvider time) : ITrainingListener
{
    public const string Header = "epoch   train loss    acc   val loss    acc  macro F1   images/s        lr     left";

    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(250);

    private long epochStart, lastDrawn;
    private int running, width;

    /// <summary>Writes to stderr, live on a terminal that can.</summary>
    public static ConsoleTable ForStderr(TimeProvider time)
        => new(Console.Error, !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb" && Environment.GetEnvironmentVariable("CI") is null, time);

    public void Started(TrainingRun run)
    {
        output.WriteLine(Header);
        foreach (EpochResult result in run.Progress.History) output.WriteLine(Row(run, result));
        epochStart = lastDrawn = time.GetTimestamp();
    }

    public void Planned(TrainingRun run, TimeBudget budget)
    {
        Clear();
        int epochs = run.Options.Epochs, small = Math.Min(run.Small?.Epochs ?? 0, epochs);
        string each = small == 0 ? Clock(budget.EpochSeconds(isSmall: false))
            : small == epochs ? Clock(budget.EpochSeconds(isSmall: true))
            : $"{Clock(budget.EpochSeconds(isSmall: true))} with small pictures until epoch {small}, then {Clock(budget.EpochSeconds(isSmall: false))},";
        output.WriteLine($"time: {epochs} {(epochs == 1 ? "epoch" : "epochs")} at {each} in {Clock(run.Options.Time!.Value.TotalSeconds)}");
    }

    public void StageBegun(TrainingRun run, FineTuning stage)
    {
        Clear();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"learning: {stage.Blocks - stage.Frozen} of {stage.Blocks} blocks, {stage.LearningParameters:N0} of {run.Network.ParameterCount:N0} parameters"));
    }

    public void BatchDone(TrainingRun run, int epoch, int images)
    {
        if (epoch != running) (running, epochStart) = (epoch, time.GetTimestamp());
        if (!interactive || time.GetElapsedTime(lastDrawn) < Redraw) return;
        lastDrawn = time.GetTimestamp();
        double rate = images / Math.Max(1e-3, time.GetElapsedTime(epochStart).TotalSeconds);
        string line = string.Create(CultureInfo.InvariantCulture, $"{epoch,3}/{run.Options.Epochs,-3} {images}/{run.TrainingImages} images, {rate:0} a second, epoch ends in {Clock((run.TrainingImages - images) / rate)}");
        output.Write("\r" + line.PadRight(width));
        width = line.Length;
    }

    public void EpochDone(TrainingRun run, EpochResult result)
    {
        Clear();
        output.WriteLine(Row(run, result));
    }

    public void Finished(TrainingRun run, string why)
    {
        Clear();
        output.WriteLine($"stopped: {why}");
    }

    private static string Row(TrainingRun run, EpochResult r) => Row(run.Options.Epochs, r, run.Ahead(r));

    /// <summary>One line of the table, of a run whose epochs are all alike.</summary>
    public static string Row(int epochs, EpochResult r) => Row(epochs, r, epochs - r.Epoch);

    private static string Row(int epochs, EpochResult r, double ahead)
    {
        double left = ahead * r.Seconds;
        return string.Create(CultureInfo.InvariantCulture,
            $"{r.Epoch,3}/{epochs,-3}   {r.TrainLoss,7:0.0000}  {r.TrainAccuracy,6:0.0%}   {r.ValidationLoss,7:0.0000} {r.ValidationAccuracy,6:0.0%}    {r.MacroF1,6:0.0%}    {r.ImagesPerSecond,7:0}  {r.LearningRate,9:0.######}  {Clock(left),7}{(r.Improved ? "  best" : "")}");
    }

    private static string Clock(double seconds)
    {
        var span = TimeSpan.FromSeconds(Math.Max(0, seconds));
        return span.TotalHours >= 1 ? span.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture) : span.ToString(@"m\:ss", CultureInfo.InvariantCulture);
    }

    private void Clear()
    {
        if (width > 0) output.Write("\r" + new string(' ', width) + "\r");
        width = 0;
    }
}

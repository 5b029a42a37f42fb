using System.Globalization;
using EmotionMLNet.Trainer.Training;

namespace EmotionMLNet.Trainer.Compare;

/// <summary>Ends a run with the epoch in which its time is up. Counted is the time of its epochs, so that an interrupted and resumed run gets no more than another.</summary>
/// <param name="budget">Of one run.</param>
/// <param name="end">Cancelled when the time is up.</param>
internal sealed class TimeBudget(TimeSpan budget, CancellationTokenSource end) : ITrainingListener
{
    /// <summary>Whether the epochs so far have used it up.</summary>
    public static bool IsUsedUp(TimeSpan budget, IEnumerable<EpochResult> history) => history.Sum(e => e.Seconds) >= budget.TotalSeconds;

    public void Started(TrainingRun run) => Check(run);

    public void EpochDone(TrainingRun run, EpochResult result) => Check(run);

    /// <summary>"90s", "15m", "2h", "1h30m", or "hh:mm:ss".</summary>
    /// <exception cref="UserException">The text is none of them.</exception>
    public static TimeSpan Parse(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan clock)) return clock;
        double seconds = 0;
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsAsciiDigit(text[i]) || text[i] == '.') continue;
            double unit = char.ToLowerInvariant(text[i]) switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => double.NaN };
            bool isNumber = double.TryParse(text.AsSpan(start, i - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count);
            seconds += isNumber ? count * unit : double.NaN;
            start = i + 1;
        }
        return start == text.Length && seconds is > 0 and < 1e7 ? TimeSpan.FromSeconds(seconds) : throw new UserException($"--budget {text}: give a time, 90s, 15m, 2h or 1h30m.");
    }

    private void Check(TrainingRun run)
    {
        if (run.Progress.History.Count > 0 && IsUsedUp(budget, run.Progress.History)) end.Cancel();
    }
}

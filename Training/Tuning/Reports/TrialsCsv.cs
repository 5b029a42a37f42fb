using System.Globalization;
using System.Text;
using System.Text.Json;
using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Training.Tuning.Reports;

/// <summary>A line a trial: the column names are a contract, and behind them come the tuned settings by their paths.</summary>
/// <remarks>
/// Rungs count from 1, trials from 0; a cell is empty where there is nothing. Loss and accuracy are those of the rung in the line, or of
/// the last epoch where the trial has come to none. Started and ended are seconds of the search's clock, seconds those in which a worker
/// had the trial.
/// </remarks>
internal static class TrialsCsv
{
    private static readonly string[] Columns =
    [
        "number", "kind", "arm", "status", "origin", "rung", "epochs", "loss", "accuracy", "seconds", "started", "ended", "worker",
        "reason",
    ];

    public static string Write(TuningResult result)
    {
        string[] settings = [.. result.Options.Arms.SelectMany(a => a.Space.Leaves).Select(l => l.Key).Distinct()];
        var text = new StringBuilder(CsvLine.Format([.. Columns, .. settings]));
        foreach (TrialStanding t in TrialStanding.ReadAll(result))
        {
            SearchTrial trial = t.Trial;
            var values = t.Values.ToDictionary(v => v.Key, v => v.Value, StringComparer.Ordinal);
            (TrialSpan? first, TrialSpan? last) = trial.Spans is { Count: > 0 } spans ? (spans[0], spans[^1]) : (null, null);
            text.Append(
                CsvLine.Format([
                    Number(trial.Id),
                    SettingsFile.NameOf(trial.Proposal.Kind),
                    PrintableText.Line(t.Arm.Name),
                    SettingsFile.NameOf(trial.Status),
                    PrintableText.Line(trial.Proposal.Origin),
                    Number(t.Rung + 1),
                    Number(trial.Epochs.Count),
                    Number(t.Loss),
                    Number(t.Accuracy),
                    Number(first is null ? null : trial.Spans.Sum(s => (s.To ?? s.From) - s.From)),
                    Number(first?.From),
                    Number(last?.To),
                    PrintableText.Line(last?.Worker ?? ""),
                    PrintableText.Line(trial.Reason ?? ""),
                    .. settings.Select(s => values.TryGetValue(s, out Parameter? value) ? Cell(value) : ""),
                ])
            );
        }
        return text.ToString();
    }

    private static string Number(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture) ?? "";

    // A text without its quotes; other values as JSON has them.
    private static string Cell(Parameter value) =>
        value.ToJson() is { } json && json.GetValueKind() == JsonValueKind.String ? PrintableText.Line((string)json!) : value.ToString();
}

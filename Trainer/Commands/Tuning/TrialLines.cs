using System.Globalization;
using System.Text.Json.Nodes;
using EmotionMLNet.Formatting;
using EmotionMLNet.Terminal;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Trainer.Commands.Tuning;

/// <summary>
/// A line a trial on stderr: how far it came, its figure, what it took, the best so far, the time that is left, and what it tries. Lines
/// are cut at the width of a terminal.
/// </summary>
/// <param name="options">The search.</param>
/// <param name="layout">How it is laid out.</param>
/// <param name="columns">Of the terminal; 0 cuts nothing.</param>
internal sealed class TrialLines(SearchOptions options, SearchLayout layout, int columns)
{
    /// <summary>The names of the columns.</summary>
    public const string Header = " trial  epochs    figure     took      best     left  tries";

    private static readonly Dictionary<string, string> Short = new(StringComparer.Ordinal)
    {
        ["optimisation.learningRate"] = "lr",
        ["optimisation.weightDecay"] = "wd",
        ["optimisation.momentum"] = "mom",
        ["optimisation.batchSize"] = "batch",
        ["loss.labelSmoothing"] = "smooth",
        ["augmentation.strength"] = "aug",
        ["augmentation.mixup"] = "mixup",
        ["network.dropout"] = "drop",
        ["fineTuning.layerDecay"] = "decay",
        ["fineTuning.head.dropout"] = "drop",
        ["optimisation.optimiser"] = "",
        ["optimisation.schedule"] = "",
    };

    /// <summary>The line of a trial.</summary>
    public string Format(SearchState state, SearchTrial trial)
    {
        SearchArm arm = options.ArmOf(trial.Proposal.Arm);
        string figure = trial.Status switch
        {
            TrialStatus.Failed => "failed",
            TrialStatus.Rejected => "rejected",
            TrialStatus.Stopped => "stopped",
            TrialStatus.Released => "released",
            _ when SearchHistory.LossAt(trial, arm, layout, trial.Rung) is { } loss => Figure(loss),
            _ when trial.Epochs is [.., var last] => Figure(last.Loss),
            _ => "–",
        };
        int epochs = trial.Epochs.Select(e => e.Epoch).DefaultIfEmpty(0).Max();
        double share = layout.RungOf(arm, trial.Rung).Share;
        string took = trial.Spans is [.., { To: { } to, From: var from }] ? Clock(to - from) : "–";
        string name = trial.Proposal.Kind == TrialKind.Confirmation ? $"{trial.Proposal.Origin} s{trial.Proposal.Seed}" : $"{trial.Id}";
        string what =
            trial.Reason
            ?? (
                trial.Proposal.Kind == TrialKind.Confirmation
                    ? "confirmation"
                    : (options.Arms.Count > 1 ? $"{arm.Name}: " : "") + Tries(trial, arm)
            );
        string of = share < 1 ? string.Create(CultureInfo.InvariantCulture, $" x{share:0.##}") : "";
        string line = $"{name,6}  {epochs + of,6}  {figure,8}  {took,7}  {Best(state),8}  {Left(state),7}  {PrintableText.Line(what)}";
        return columns > 0 && line.Length >= columns ? line[..(columns - 2)] + "…" : line;
    }

    /// <summary>What a trial tries, in a few words.</summary>
    public static string Tries(SearchTrial trial, SearchArm arm)
    {
        if (trial.Proposal.Origin == "default") return "the defaults";
        var words = new List<string>();
        Parameter point = arm.Space.SampleFromFeatureSpace(trial.Proposal.Point);
        foreach (string key in arm.Space.Leaves.Select(l => l.Key).Distinct())
            if (point.TryGetValue(key, out Parameter? value))
            {
                string name = Short.GetValueOrDefault(key, key.Split('.')[^1]);
                words.Add(name.Length == 0 ? Text(value) : $"{name} {Text(value)}");
            }
        return string.Join(' ', words);
    }

    // 0.03, 2.5e-4, sgd.
    private static string Text(Parameter value)
    {
        string json = value.ToString();
        if (!double.TryParse(json, CultureInfo.InvariantCulture, out double number)) return json.Trim('"');
        return number == 0 || Math.Abs(number) >= 0.01
            ? number.ToString("0.###", CultureInfo.InvariantCulture)
            : number.ToString("0.##e+0", CultureInfo.InvariantCulture);
    }

    private string Figure(double loss) => options.Metric == SelectionMetric.Loss
        ? loss.ToString("0.000", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{100 * (1 - loss):0.0} %");

    private string Best(SearchState state)
    {
        double best = state.Contenders
            .Where(t => t.Status == TrialStatus.Finished)
            .Select(t => SearchHistory.LossAt(t, options.ArmOf(t.Proposal.Arm), layout, layout.Top) ?? double.NaN)
            .Where(double.IsFinite)
            .DefaultIfEmpty(double.NaN)
            .Min();
        return double.IsNaN(best) ? "–" : Figure(best);
    }

    private string Left(SearchState state) => options.Budget is { } budget ? Clock(Math.Max(0, budget.TotalSeconds - state.Now)) : "–";

    private static string Clock(double seconds) => DurationText.Format(seconds);
}

using System.Globalization;
using EmotionMLNet.Formatting;
using EmotionMLNet.Terminal;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Trainer.Commands.Tuning;

/// <summary>Shows a search on the terminal while it runs: its lines, and a bar over all of it.</summary>
/// <param name="options">The search.</param>
/// <param name="job">The bar.</param>
internal sealed class TuneProgress(SearchOptions options, JobProgress job) : ISearchListener
{
    private const double SearchShare = 0.72;

    private TrialLines? lines;

    // Of the budget, seconds that are the search's and its confirmation's.
    private double limit = options.Budget?.TotalSeconds ?? 0;

    /// <summary>How long the long training at the end takes, beside all before it.</summary>
    public double FinalWeight { get; private set; } = options.Final is { } final ? final / (options.Budget ?? final) : 0;

    public void OnBegun(SearchState state, SearchTrial trial, string worker)
    {
        Lay(state);
        job.Report(Share(state));
    }

    public void OnEpochDone(SearchState state, SearchTrial trial, TrialEpoch epoch) => job.Report(Share(state));

    public void OnEnded(SearchState state, SearchTrial trial)
    {
        Lay(state);
        Console.Error.WriteLine(lines!.Format(state, trial));
        job.Report(Share(state));
    }

    public void OnRecorded(SearchState state, string name, string value)
    {
        if (name == SearchLayout.Fact) Lay(state);
        else if (name == SearchStrategy.EndedFact)
            Console.Error.WriteLine($"search over: {SearchStrategy.ReadReason(value)}; confirmation with fresh seeds");
    }

    private void Lay(SearchState state)
    {
        if (lines is not null) return;
        SearchLayout layout = SearchLayout.Read(state.Facts[SearchLayout.Fact]);
        lines = new(options, layout, Console.IsErrorRedirected ? 0 : TerminalSize.Columns());
        string rungs = string.Join(", ", layout.Rungs.Select(r => r.Share < 1
            ? string.Create(CultureInfo.InvariantCulture, $"{r.Epochs} on {r.Share:0.###} of the pictures")
            : r.Epochs.ToString(CultureInfo.InvariantCulture)));
        Console.Error.WriteLine($"epochs of a trial: {rungs}");
        if (layout.Note is { } note) Console.Error.WriteLine($"note: {note}");
        if (layout.FinalSeconds > 0)
        {
            string time = DurationText.Format(layout.FinalSeconds);
            Console.Error.WriteLine($"note: so the last {time} go to one training of the recommended settings over all pictures");
            limit -= layout.FinalSeconds;
            FinalWeight = layout.FinalSeconds / limit;
            job.Extend(FinalWeight);
        }
        Console.Error.WriteLine(TrialLines.Header);
    }

    private double Share(SearchState state)
    {
        if (options.Budget is not null) return state.Now / limit;
        int trained = state.Trials.Count(t => t.Proposal.Kind == TrialKind.Search), confirmed = state.Trials.Count - trained;
        return SearchShare * trained / options.Trials!.Value + (1 - SearchShare) * confirmed / (2 * options.Seeds + 1);
    }
}

using System.Collections.Concurrent;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Jobs;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Randomness;
using EmotionMLNet.Training.Reporting;

namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>The pictures of a search: decoded once for all trials of a process, and shares of them for the lowest rungs.</summary>
/// <param name="reporter">Hears what is found when pictures are decoded.</param>
internal sealed class TrialData(IReporter reporter)
{
    private static readonly Split[] Used = [Split.Train, Split.Validation];

    private readonly DatasetCache cache = new();
    private readonly ConcurrentDictionary<(string Fingerprint, double Share), ImageSet> shares = new();

    /// <summary>All that a training of a trial needs.</summary>
    /// <param name="options">Of the trial.</param>
    /// <param name="share">Share of the training pictures, above 0, at most 1.</param>
    /// <param name="cancellation">Ends the decoding with an exception.</param>
    public PreparedTraining Prepare(TrainingOptions options, double share, CancellationToken cancellation)
    {
        var whole = PreparedTraining.Prepare(options, Used, new Findings(reporter), cancellation, images: null, cache);
        return share == 1 ? whole : whole with { Data = Take(whole.Data, share) };
    }

    // A smaller share is part of a larger one: in each class the pictures come in one order, drawn once.
    private Dataset Take(Dataset data, double share)
    {
        ImageSet part = shares.GetOrAdd((data.Fingerprint + data.Changes.Fingerprint, share), _ => Draw(data[Split.Train]!, share));
        return data with
        {
            Sets = [.. data.Sets.Select(s => s.Split == Split.Train ? part : s)],
            Fingerprint = FormattableString.Invariant($"{data.Fingerprint}/{share:R}"),
        };
    }

    private static ImageSet Draw(ImageSet train, double share)
    {
        int[] order = [.. Enumerable.Range(0, train.Count).OrderBy(i => RandomStream.Key(0x7368_6172, (ulong)i))];
        int[] taken =
        [
            .. order
                .GroupBy(i => train.Classes[i])
                .SelectMany(g => g.ToArray() is var all ? all.Take((int)Math.Ceiling(share * all.Length)) : []),
        ];
        Array.Sort(taken);
        return train.Subset(taken);
    }

    // A search says what it does, trial by trial; what each training says of its start would drown it. What is found in the data is said.
    private sealed class Findings(IReporter reporter) : IReporter
    {
        public void Report(TrainingMessage message)
        {
            if (message.Kind != MessageKind.Information) reporter.Report(message);
        }

        public IWork Begin(string title, string unit) => reporter.Begin(title, unit);
    }
}

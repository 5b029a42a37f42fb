using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Data.TrainingSet;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Weights;

namespace EmotionMLNet.Training.Jobs;

/// <summary>All that is made from settings and files before the first step.</summary>
/// <param name="Options">Resolved.</param>
/// <param name="Network">Drawn, or with the weights that the settings name.</param>
/// <param name="Preprocessing">The model's that training starts from, else the architecture's.</param>
/// <param name="Data">The splits that were asked for.</param>
/// <param name="Start">The trained weights that the network has; null where they are drawn.</param>
internal sealed record PreparedTraining(
    TrainingOptions Options,
    Network Network,
    ImagePreprocessing Preprocessing,
    Dataset Data,
    StartWeights? Start
)
{
    /// <summary>Decodes the pictures and makes the network.</summary>
    /// <param name="options">Free of problems.</param>
    /// <param name="splits">Those that are read; no other is looked at.</param>
    /// <param name="reporter">Receives messages about what was found.</param>
    /// <param name="cancellation">Ends the decoding with an exception.</param>
    /// <param name="images">
    /// Lists what to train on, as the network wants pictures; null is what the options name.
    /// </param>
    /// <param name="cache">Keeps what was decoded for the next training that wants the same; null decodes anew.</param>
    public static PreparedTraining Prepare(
        TrainingOptions options,
        Split[] splits,
        IReporter reporter,
        CancellationToken cancellation,
        Func<ImagePreprocessing, SourceListing>? images = null,
        DatasetCache? cache = null
    )
    {
        ModelZip? start = options.FineTuning.Start is { } file ? WarmStart.Load(file, options) : null;
        if (start is not null)
        {
            if (WarmStart.Conflict(options, start.Manifest.Preprocessing) is { } conflict) throw new TrainingException(conflict);
            options = options with { Network = options.Network with { Architecture = start.Manifest.Architecture } };
        }
        ImagePreprocessing preprocessing = start?.Manifest.Preprocessing ?? RunFactory.CreatePreprocessing(options);
        options = RunFactory.Resolve(options, preprocessing);
        Dataset decoded = cache is null ? Decode() : cache.GetOrLoad(options, preprocessing, splits, Decode);
        Dataset data = Inherit(start, options, decoded, reporter);
        Network network = start is null
            ? RunFactory.CreateNetwork(options, preprocessing, data.Labels.Count, reporter)
            : WarmStart.From(
                start,
                data.Labels,
                newHead: options.FineTuning.From is null,
                options.FineTuning.Head,
                options.Seed,
                reporter
            );
        return new PreparedTraining(options, network, preprocessing, data, StartOf(options, start, network, data));

        Dataset Decode() => Load(options, images?.Invoke(preprocessing), preprocessing, splits, reporter, cancellation);
    }

    /// <summary>Whether the whole backbone is frozen, so that a head alone learns, from features.</summary>
    public bool IsHeadAlone => Options.FineTuning.Freeze.IsAll;

    /// <summary>What a run learns from.</summary>
    /// <param name="cache">Folder of the features of frozen backbones; null keeps them in memory.</param>
    /// <exception cref="TrainingException">Settings do not fit the network or the data.</exception>
    public BatchSource Source(string? cache) =>
        IsHeadAlone
            ? new FeatureBatches(Options, Network, Preprocessing, Data, _ => cache)
            : new ImageBatches(Options, Network, Preprocessing, Data);

    // Whose last layer published weights have is not known: only a model says what its labels are.
    private static StartWeights? StartOf(TrainingOptions options, ModelZip? start, Network network, Dataset data)
    {
        if (start is not null)
            return new StartWeights(
                Path.GetFileName(options.FineTuning.Start!),
                ReferenceEquals(network, start.Network),
                start.Manifest.DataFingerprint == data.Fingerprint
            )
            {
                Licence = start.Manifest.Licence,
            };
        return options.FineTuning.Weights is { } weights
            ? new StartWeights(Path.GetFileName(weights), IsWhole: false, KnowsSplit: false)
            {
                Licence = PretrainedWeights.FindName(weights)?.Licence,
            }
            : null;
    }

    // Extra annotation does not go away because a model is trained further.
    private static Dataset Inherit(ModelZip? start, TrainingOptions options, Dataset data, IReporter reporter)
    {
        if (start is null || start.Manifest.TrainingNotes.Count == 0) return data;
        string[] notes =
        [
            .. start.Manifest.TrainingNotes.Select(n =>
                $"the weights that training began with, {Path.GetFileName(options.FineTuning.Start)}: {n}"
            ),
        ];
        foreach (string note in notes) reporter.Inform($"training data: {note}");
        return data with { Changes = data.Changes with { Notes = [.. data.Changes.Notes, .. notes] } };
    }

    private static Dataset Load(
        TrainingOptions options,
        SourceListing? images,
        ImagePreprocessing preprocessing,
        Split[] splits,
        IReporter reporter,
        CancellationToken cancellation
    )
    {
        Dataset data;
        DataReport report;
        using (IWork progress = reporter.Begin("decoding", "images")) // which ends its line before notes are written
            (data, report) = images is null
                ? DataLoader.Load(options.DividedData, preprocessing, splits, progress, cancellation)
                : DataLoader.Load(
                    DataSource.Choose(images, options.Data),
                    options.DividedData,
                    preprocessing,
                    splits,
                    progress,
                    cancellation
                );
        foreach (string note in report.Notes) reporter.Note(note);
        if (report.HasFindings) reporter.Note($"findings: {report.Findings()}");
        data = TrainingSetCuration.Apply(data, report, new TrainingSetOptions
        {
            DropLeaks = options.TrainingSet.DropLeaks,
            Exclude = options.TrainingSet.Exclude,
            SoftLabels = options.TrainingSet.SoftLabels,
            SoftWeight = options.TrainingSet.SoftWeight,
            Auxiliary = options.TrainingSet.Auxiliary,
            Balance = options.TrainingSet.Balance,
        });
        foreach (string note in data.Changes.Notes) reporter.Inform($"training data: {note}");
        return data;
    }
}

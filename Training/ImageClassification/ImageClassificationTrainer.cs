using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Layers;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Randomness;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Schedules;
using EmotionMLNet.Training.Transfer;

namespace EmotionMLNet.Training.ImageClassification;

/// <summary>
/// Transfer learning as ML.NET's ImageClassificationTrainer does it, with its options, defaults and callback: the backbone is frozen, its
/// bottleneck features are computed once, and a softmax layer is trained on them by plain stochastic gradient descent: options for the
/// training loop that all else here uses too.
/// </summary>
/// <remarks>
/// Where it differs, on purpose: LearningRate counts beside a scheduler; fewer images than a batch train instead of ending in NaN; nothing
/// is kept from one Fit to the next; epochs are reshuffled by the seed; features are standardised, and the layer is folded back afterwards;
/// figures are means over images. The result saves as a zip with an ONNX network, which ML.NET's own cannot.
/// </remarks>
/// <example>
/// <code>
/// Action&lt;ImageClassificationMetrics&gt; show = m => Console.WriteLine(m.Train);
/// ImageClassificationTrainerOptions options = new() { Arch = "resnet18.onnx", Epoch = 50, MetricsCallback = show };
/// var trainer = new ImageClassificationTrainer(options);
/// ImageClassificationModel model = trainer.Fit("faces"); // one sub-folder a label
/// model.Save("model.zip");
/// </code>
/// </example>
public sealed class ImageClassificationTrainer
{
    private readonly ImageClassificationTrainerOptions options;

    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ImageClassificationTrainer(ImageClassificationTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Epoch, 1);
        if (!(options.LearningRate > 0))
            throw new ArgumentException($"LearningRate {options.LearningRate} is not positive.", nameof(options));
        if (options.ValidationSetFraction is not (null or (> 0 and < 1)))
            throw new ArgumentException($"ValidationSetFraction {options.ValidationSetFraction} is not between 0 and 1.", nameof(options));
        this.options = options;
    }

    /// <summary>Trains on a folder with one sub-folder a label.</summary>
    /// <exception cref="ArgumentException">Fewer than two labels, or a set without pictures.</exception>
    /// <exception cref="IOException">The backbone or a picture cannot be read.</exception>
    /// <exception cref="TrainingFailedException">The loss became no number, of a rate that is too high for instance.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while features were computed, before anything was learned.</exception>
    public ImageClassificationModel Fit(string folder, CancellationToken cancellationToken = default) =>
        Fit(
            [
                .. Directory
                    .GetDirectories(folder)
                    .Order(StringComparer.Ordinal)
                    .SelectMany(d => Directory.GetFiles(d).Order(StringComparer.Ordinal).Select(f => (f, Path.GetFileName(d)))),
            ],
            null,
            cancellationToken
        );

    /// <summary>Trains on pictures and their labels.</summary>
    /// <param name="train">Paths and labels.</param>
    /// <param name="validation">Held out; null divides <paramref name="train"/> by ValidationSetFraction.</param>
    /// <param name="cancellationToken">Ends the training with what its whole epochs have learned.</param>
    /// <exception cref="ArgumentException">Fewer than two labels, or a set without pictures.</exception>
    /// <exception cref="IOException">The backbone or a picture cannot be read.</exception>
    /// <exception cref="TrainingFailedException">The loss became no number, of a rate that is too high for instance.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while features were computed, before anything was learned.</exception>
    public ImageClassificationModel Fit(
        IReadOnlyList<(string Path, string Label)> train,
        IReadOnlyList<(string Path, string Label)>? validation = null,
        CancellationToken cancellationToken = default
    )
    {
        string[] labels = [.. train.Select(t => t.Label).Distinct().Order(StringComparer.Ordinal)];
        if (labels.Length < 2) throw new ArgumentException($"Two labels at least are wanted, got {labels.Length}.", nameof(train));
        ModelZip start = WarmStart.Load(options.Arch, new TrainingOptions());
        Network network = WarmStart.From(start, labels, newHead: true, head: null, options.Seed, new SilentReporter());
        if (network.Nodes[^1].Layer is not Linear { Bias: not null } || network.Head != OutputHead.Softmax)
            throw new ArgumentException($"{options.Arch} does not end in a linear layer and softmax.", nameof(train));
        (train, validation) = Divide(train, validation);
        var skipped = new List<(string, string)>();
        ImageSet learned = Read(start, train, labels, Split.Train, skipped),
            held = Read(start, validation, labels, Split.Validation, skipped);
        if (learned.Count == 0) throw new ArgumentException("No picture of the training set could be decoded.", nameof(train));
        Network trained = TrainHead(start, network, learned, held, cancellationToken);
        return new ImageClassificationModel(new ModelZip(trained, start.Manifest with
        {
            CreatedBy = "EmotionMLNet ImageClassificationTrainer",
            CreatedAt = null,
            Labels = labels,
            Head = trained.Head,
            DataFingerprint = null,
            Metrics = new Dictionary<string, double>(),
            Settings = null,
        }), skipped);
    }

    // Shuffled once, the first part is held out.
    private (IReadOnlyList<(string, string)> Train, IReadOnlyList<(string, string)> Validation) Divide(
        IReadOnlyList<(string, string)> train,
        IReadOnlyList<(string, string)>? validation
    )
    {
        if (validation is not null || options.ValidationSetFraction is not { } fraction) return (train, validation ?? []);
        (string, string)[] order = [.. train];
        new RandomStream(RandomStream.Key((ulong)options.Seed, 0)).Shuffle(order.AsSpan());
        int count = (int)(order.Length * fraction);
        return (order[count..], order[..count]);
    }

    private static ImageSet Read(
        ModelZip start,
        IReadOnlyList<(string Path, string Label)> samples,
        string[] labels,
        Split split,
        List<(string, string)> skipped
    )
    {
        var pixels = new List<byte[]>();
        var classes = new List<int>();
        var sources = new List<string>();
        foreach ((string path, string label) in samples)
        {
            int c = Array.IndexOf(labels, label);
            if (c < 0)
                throw new ArgumentException(
                    $"The label '{label}' of the validation set is not among those of the training set.",
                    nameof(samples)
                );
            try
            {
                var picture = new byte[start.Manifest.Preprocessing.Length];
                start.Manifest.Preprocessing.ReadPixels(RegularFile.ReadAllBytes(path), picture);
                pixels.Add(picture);
                classes.Add(c);
                sources.Add(path);
            }
            catch (ImageFormatException e)
            {
                skipped.Add((path, e.Message));
            }
        }
        return new ImageSet(split, split.ToString(), labels, [.. classes], [.. pixels], [.. sources]);
    }

    // The options as those of the one training loop.
    private Network TrainHead(ModelZip start, Network network, ImageSet train, ImageSet validation, CancellationToken cancellationToken)
    {
        // Without pictures held out, epochs are compared by those that are trained on, as ML.NET's early stopping then does.
        bool holdsOut = validation.Count > 0;
        Dataset data = new(train.Labels, [train, (holdsOut ? validation : train) with { Split = Split.Validation }], "");
        var training = new TrainingOptions
        {
            Optimisation = new()
            {
                Epochs = options.Epoch,
                BatchSize = options.BatchSize,
                LearningRate = options.LearningRate,
                Optimiser = OptimiserKind.Sgd,
                Momentum = 0,
            },
            FineTuning = new() { Freeze = Freezing.All },
            Seed = options.Seed,
        };
        string workspace = options.WorkspacePath ?? Directory.CreateTempSubdirectory("emotionmlnet-").FullName;
        try
        {
            using var source = new FeatureBatches(
                training,
                network,
                start.Manifest.Preprocessing,
                data,
                split => Cache(workspace, holdsOut ? split : Split.Train)
            )
            {
                PictureDone = (split, count) =>
                {
                    if (holdsOut || split == Split.Train)
                        Report(new ImageClassificationMetrics(new BottleneckMetrics(DatasetOf(split), count), null));
                },
            };
            Forget(workspace);
            foreach (ref float weight in source.Network.Nodes[^1].Layer.Parameters[0].Values.AsSpan())
                weight *= 0.1f; // deviation 0.001, as ML.NET draws them
            ISchedule schedule = new StepwiseSchedule(options, source.Batches);
            IStopRule stop =
                options.EarlyStoppingCriteria is { } criteria && (holdsOut || options.TestOnTrainSet)
                    ? criteria
                    : new PatienceRule(training.Optimisation.Metric, patience: null, minDelta: 0);
            using var run = new TrainingRun(
                training,
                source,
                folder: null,
                [new EpochReport(this, source, holdsOut)],
                TimeProvider.System,
                start: null,
                schedule,
                stop
            );
            run.Train(cancellationToken);
            return run.ValidatedNetwork;
        }
        finally
        {
            if (options.WorkspacePath is null) Directory.Delete(workspace, recursive: true);
        }
    }

    private static string Cache(string workspace, Split split) =>
        Path.Combine(workspace, split == Split.Train ? "bottlenecks-train" : "bottlenecks-validation");

    private static ImageClassificationDataset DatasetOf(Split split) =>
        split == Split.Train ? ImageClassificationDataset.Train : ImageClassificationDataset.Validation;

    // Features of former trainings, where they are not to be used again.
    private void Forget(string workspace)
    {
        if (!options.ReuseTrainSetBottleneckCachedValues) Delete(Cache(workspace, Split.Train));
        if (!options.ReuseValidationSetBottleneckCachedValues) Delete(Cache(workspace, Split.Validation));

        static void Delete(string folder)
        {
            if (!Directory.Exists(folder)) return;
            foreach (string old in Directory.GetFiles(folder, $"*{BottleneckCache.Extension}")) File.Delete(old);
        }
    }

    private void Report(ImageClassificationMetrics metrics) => options.MetricsCallback?.Invoke(metrics);

    /// <summary>The figures of an epoch, for the callback.</summary>
    private sealed class EpochReport(ImageClassificationTrainer trainer, FeatureBatches source, bool holdsOut) : ITrainingListener
    {
        public void OnEpochDone(TrainingRun run, EpochResult result)
        {
            if (trainer.options.TestOnTrainSet) Tell(Split.Train);
            if (holdsOut) Tell(Split.Validation);

            void Tell(Split split)
            {
                ClassificationReport figures = source.Measure(split);
                trainer.Report(
                    new ImageClassificationMetrics(
                        null,
                        new TrainMetrics(
                            DatasetOf(split),
                            source.Batches,
                            result.Epoch - 1,
                            (float)figures.Accuracy,
                            (float)figures.LogLoss,
                            (float)result.LearningRate
                        )
                    )
                );
            }
        }
    }

    /// <summary>ML.NET's schedulers go by steps, not by epochs.</summary>
    private sealed class StepwiseSchedule(ImageClassificationTrainerOptions options, int batches) : ISchedule
    {
        public double ComputeFactor(double epoch, double epochs)
        {
            if (options.LearningRateScheduler is not { } scheduler) return 1;
            int step = (int)(epoch * batches); // epoch is at the middle of a step
            return scheduler.Rate(options.LearningRate, step, batches, options.BatchSize) / options.LearningRate;
        }
    }
}

using System.Globalization;
using EmotionMLNet.Formatting;
using EmotionMLNet.Inference;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Losses;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Randomness;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Transfer;

namespace EmotionMLNet.Training.Runs;

/// <summary>
/// Bottleneck features for a head, in ML.NET's way: the whole backbone is frozen, its features of every picture are computed once, and a
/// head learns from them: the layer that makes the classes, or the two of <see cref="HeadOptions.Units"/>. Seconds instead of hours; what
/// the backbone does not see already cannot be learned. Nothing is augmented.
/// </summary>
/// <remarks>
/// A convolution of 1x1 that makes the classes, as in SqueezeNet, reads a map: then the features are that map, and the head is all from
/// there on.
/// </remarks>
internal sealed class FeatureBatches : ClassificationBatches
{
    private const double LargestFeatures = 2e9; // of a file of the cache

    private const int ValidationBatch = 256;

    private readonly int first, features;
    private readonly Network backbone, judged;
    private readonly Func<Split, string?> cache;
    private readonly EpochOrder sampling;
    private readonly int[] order;
    private int orderEpoch = -1;
    private float[][] learned = [], held = [];
    private Standardisation? standardisation;
    private string? fingerprint;

    /// <param name="options">Free of problems; epochs, batch, optimiser, schedule and loss are those of the head.</param>
    /// <param name="whole">The backbone and a head, which tells the construction of the one that learns.</param>
    /// <param name="preprocessing">The preprocessing that made the data's pixels.</param>
    /// <param name="data">Train and validation splits.</param>
    /// <param name="cache">Folder of features, by split; null keeps them in memory.</param>
    /// <exception cref="TrainingException">
    /// The head is not one that can be trained on features, or there are no training images.
    /// </exception>
    public FeatureBatches(
        TrainingOptions options,
        Network whole,
        ImagePreprocessing preprocessing,
        Dataset data,
        Func<Split, string?> cache
    )
        : base(options, whole, preprocessing, data)
    {
        this.cache = cache;
        first = HeadReplacement.FindFirst(whole, options.FineTuning.Head is { Units: > 0 } ? 2 : 1);
        features = whole.Nodes[first].Inputs[0];
        CheckHead();
        backbone = NetworkPrefix.Extract(whole, features);
        CheckSize();
        Network = Head();
        Network.Initialise(options.Seed);
        judged = Head();
        Loss = RunFactory.CreateLoss(options, whole, Train);
        sampling = new EpochOrder(Train, options.TrainingSet.Balance);
        order = new int[Train.Count];
    }

    /// <summary>
    /// The head on its own, reading features, with its own first weights; behind a dropout of its own where the one in front of it is part
    /// of the backbone.
    /// </summary>
    public override Network Network { get; }

    public override ILoss Loss { get; }

    public override string Fingerprint => fingerprint ??= BottleneckCache.ComputeFingerprint(backbone, Preprocessing);

    public override bool IsPrepared => standardisation is not null;

    /// <summary>Receives, for each picture whose features are known, the number of the split's that are; or null.</summary>
    public Action<Split, int>? PictureDone { get; init; }

    public override void Prepare(IReporter reporter, CancellationToken cancellation)
    {
        if (IsPrepared) return;
        int computed = 0;
        using (IWork work = reporter.Begin("bottleneck features", "images"))
        {
            var plan = new Lazy<InferencePlan>(() => InferencePlan.Compile(backbone));
            learned = Compute(Train, Split.Train);
            held = Compute(Validation, Split.Validation);

            float[][] Compute(ImageSet images, Split split)
            {
                var bottlenecks = new FeatureExtractor(
                    plan,
                    Preprocessing,
                    new BottleneckCache(cache(split), Fingerprint, backbone.OutputShape.Channels),
                    Team
                );
                float[][] all = bottlenecks.Compute(images, work, n => PictureDone?.Invoke(split, n), cancellation);
                computed += bottlenecks.Computed;
                return all;
            }
        }
        standardisation = new Standardisation(learned, Whole.ShapeOf(features).Channels);
        reporter.Inform(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Plural.Format(computed, "picture")} through the frozen backbone, the others' features from the cache"
            )
        );
    }

    public override void Load(int epoch, int batch, Tensor input, Tensor targets)
    {
        if (orderEpoch != epoch) sampling.Draw(order, RandomStream.Key((ulong)Options.Seed, (ulong)epoch));
        orderEpoch = epoch;
        int count = Math.Min(BatchSize, order.Length - batch * BatchSize);
        (input.Batch, targets.Batch) = (count, count);
        for (int n = 0; n < count; n++)
        {
            int image = order[batch * BatchSize + n];
            standardisation!.Apply(learned[image], input.Image(n));
            Train.CopyTarget(image, targets.Image(n));
        }
    }

    public override ulong LayerKey(int epoch, int batch) =>
        RandomStream.Key(RandomStream.Key((ulong)Options.Seed, (ulong)epoch), (ulong)batch);

    /// <inheritdoc/>
    /// <remarks>
    /// Measured on standardised features; <paramref name="validated"/> reads them as they are, which is the same function.
    /// </remarks>
    public override ValidationFigures Validate(IEnumerable<float[]> weights, Network validated)
    {
        foreach ((float[] from, (_, Parameter to)) in weights.Zip(judged.Parameters)) from.CopyTo(to.Values, 0);
        Layer[] trained = [.. judged.Nodes.TakeLast(Whole.Nodes.Count - first).Select(n => n.Layer)],
            kept = [.. validated.Nodes.Skip(first).Select(n => n.Layer)];
        standardisation!.Fold(trained[0], kept[0]);
        for (int i = 1; i < kept.Length; i++) kept[i].With(trained[i]);
        return Judge(ComputeProbabilities(judged, held, standardisation));
    }

    public override ValidationFigures ValidateStart(IEnumerable<float[]> weights, Network validated) =>
        Judge(ComputeProbabilities(Head(), held, standardisation: null));

    /// <summary>Measures the head that was validated last.</summary>
    /// <param name="split">Training or validation.</param>
    public ClassificationReport Measure(Split split)
    {
        (ImageSet images, float[][] features) = split == Split.Train ? (Train, learned) : (Validation, held);
        return ClassificationReport.Compute(images.Labels, ComputeProbabilities(judged, features, standardisation), images.Classes);
    }

    private void CheckHead()
    {
        if (Whole.Nodes[first].Layer is not (Linear { Bias: not null } or Conv2D { Bias: not null, Kernel: (1, 1), Padding: (0, 0) }))
            throw new TrainingException(
                $"{{fineTuning.freeze}} all trains a linear last layer or a convolution of 1x1, with a bias, and this network has "
                    + $"{Whole.Nodes[first].Layer}: freeze a number of blocks instead."
            );
        if (features == Network.Input) throw new TrainingException("{fineTuning.freeze} all: there is nothing before the last layer.");
        for (int i = first + 1; i < Whole.Nodes.Count; i++)
            if (Whole.Nodes[i].Inputs is not [var input] || input != i - 1)
                throw new TrainingException(
                    $"{{fineTuning.freeze}} all: '{Whole.Nodes[i].Name}' reads more than the head: freeze a number of blocks instead."
                );
    }

    private void CheckSize()
    {
        int pictures = Train.Count + (Data[Split.Validation]?.Count ?? 0);
        double bytes = (double)sizeof(float) * backbone.OutputShape.Length * pictures;
        if (bytes <= LargestFeatures) return;
        throw new TrainingException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{{fineTuning.freeze}} all: the features of {pictures:N0} pictures are maps of {Whole.ShapeOf(features)} and "
                    + $"take {bytes / 1e9:0} GB: freeze a number of blocks instead."
            )
        );
    }

    // With the weights that the whole network has now.
    private Network Head()
    {
        var builder = new NetworkBuilder(Whole.ShapeOf(features));
        float dropout =
            Options.FineTuning.Head is { Units: null } asked ? asked.Dropout
            : Options.FineTuning.Head is null ? Options.Network.Dropout ?? 0
            : 0;
        if (dropout > 0) builder.Add("dropout", new Dropout(dropout));
        foreach (Node node in Whole.Nodes.Skip(first)) builder.Add(node.Name, node.Layer.Clone());
        return builder.Build(Whole.Head);
    }

    // Null: the head reads features as they are.
    private float[] ComputeProbabilities(Network head, float[][] features, Standardisation? standardisation)
    {
        var session = new InferenceSession(InferencePlan.Compile(head), Math.Min(ValidationBatch, features.Length), Team);
        var probabilities = new List<float>();
        for (int start = 0; start < features.Length; start += ValidationBatch)
        {
            session.Input.Batch = Math.Min(ValidationBatch, features.Length - start);
            for (int n = 0; n < session.Input.Batch; n++)
            {
                if (standardisation is null) features[start + n].CopyTo(session.Input.Image(n));
                else standardisation.Apply(features[start + n], session.Input.Image(n));
            }
            session.Run();
            probabilities.AddRange(session.Probabilities.Span);
        }
        return [.. probabilities];
    }
}

using EmotionMLNet.Architectures;
using EmotionMLNet.Formatting;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Losses;
using EmotionMLNet.Training.Optimisers;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Schedules;
using EmotionMLNet.Training.Transfer;
using EmotionMLNet.Training.Weights;
using EmotionMLNet.Weights;

namespace EmotionMLNet.Training.Runs;

/// <summary>Makes what a run is put together from, out of its options.</summary>
internal static class RunFactory
{
    /// <summary>The architecture's preprocessing with the changes that were asked for.</summary>
    public static ImagePreprocessing CreatePreprocessing(TrainingOptions options)
    {
        ImagePreprocessing standard = Catalogue.Find(options.Network.Architecture)!.Preprocessing;
        int channels = options.Network.Channels ?? standard.Channels;
        return standard with
        {
            Width = options.Network.Width ?? standard.Width,
            Height = options.Network.Height ?? standard.Height,
            Channels = channels,
            Resize = options.Network.Resize ?? standard.Resize,
            Mean = Fit(standard.Mean, channels),
            StandardDeviation = Fit(standard.StandardDeviation, channels),
        };
    }

    /// <summary>
    /// The options with every "the architecture's own" and "all cores" replaced by what it means here: written beside the model, they
    /// describe the run on any machine, and a run resumes with the threads that it began with.
    /// </summary>
    public static TrainingOptions Resolve(TrainingOptions options, ImagePreprocessing preprocessing)
    {
        // A model's own widths are in its zip.
        Architecture? own = options.FineTuning.Start is null ? Catalogue.Find(options.Network.Architecture) : null;
        return options with
        {
            Threads = options.ThreadCount,
            Network = options.Network with
            {
                Width = preprocessing.Width,
                Height = preprocessing.Height,
                Channels = preprocessing.Channels,
                Resize = preprocessing.Resize,
                Widths = options.Network.Widths ?? own?.Widths,
                Dropout = options.Network.Dropout ?? own?.Dropout,
                StochasticDepth = options.Network.StochasticDepth ?? own?.StochasticDepth,
            },
        };
    }

    /// <exception cref="TrainingException">The input size does not suit the architecture.</exception>
    public static Network CreateNetwork(TrainingOptions options, ImagePreprocessing preprocessing, int classes, IReporter reporter)
    {
        var shape = new Shape(preprocessing.Height, preprocessing.Width, preprocessing.Channels);
        try
        {
            Network network = Catalogue.Find(options.Network.Architecture)!.Build(new ArchitectureOptions
            {
                Input = shape,
                Classes = classes,
                Widths = options.Network.Widths ?? [],
                WidthMultiplier = options.Network.WidthMultiplier,
                Dropout = options.Network.Dropout,
                Blocks = options.Network.BlockOptions,
            });
            network.Initialise(options.Seed);
            if (options.FineTuning.Weights is { } weights) Load(network, WeightStore.Default.Resolve(weights), reporter);
            return options.FineTuning.Head is null
                ? network
                : HeadReplacement.Replace(network, network.OutputShape.Channels, network.Head, options.FineTuning.Head, options.Seed);
        }
        catch (ArgumentException e)
        {
            throw new TrainingException($"{options.Network.Architecture} cannot be built for {shape}: {e.Message}");
        }
    }

    private static void Load(Network network, string path, IReporter reporter)
    {
        try
        {
            WeightReport report = WeightLoader.Load(network, WeightFile.Read(path));
            reporter.Inform($"weights: {report.Loaded.Count} of {network.Parameters.Count()} arrays from {path}");
            foreach (string line in report.Lines()) reporter.Inform($"  {line}");
        }
        catch (WeightFormatException e)
        {
            throw new TrainingFailedException(e.Message);
        }
    }

    public static IOptimiser CreateOptimiser(TrainingOptions options, IReadOnlyList<Parameter> parameters, ThreadTeam? team = null) =>
        options.Optimisation.Optimiser switch
        {
            OptimiserKind.Sgd => new Sgd(
                parameters,
                options.Optimisation.Momentum,
                nesterov: options.Optimisation.Momentum > 0,
                options.Optimisation.WeightDecay,
                team
            ),
            OptimiserKind.Adam => new Adam(parameters, options.Optimisation.WeightDecay, team: team),
            OptimiserKind.AdamW => new Adam(parameters, options.Optimisation.WeightDecay, decoupled: true, team: team),
            _ => new RAdam(parameters, options.Optimisation.WeightDecay, team: team),
        };

    public static ISchedule CreateSchedule(TrainingOptions options)
    {
        ISchedule schedule = options.Optimisation.Schedule switch
        {
            ScheduleKind.Constant => new ConstantSchedule(),
            ScheduleKind.Step => new StepSchedule(options.Optimisation.GammaEvery, options.Optimisation.Gamma),
            ScheduleKind.Exponential => new ExponentialSchedule(options.Optimisation.Gamma),
            ScheduleKind.Cosine => new CosineSchedule(),
            ScheduleKind.OneCycle => new OneCycleSchedule(),
            _ => new PlateauSchedule(options.Optimisation.Gamma, options.Optimisation.GammaEvery),
        };
        return options.Optimisation.WarmUp > 0 ? new WarmUp(options.Optimisation.WarmUp, schedule) : schedule;
    }

    public static ILoss CreateLoss(TrainingOptions options, Network network, ImageSet train) =>
        LossFactory.Make(
            options.Loss.Kind,
            network.Head,
            network.Classes,
            options.Loss.LabelSmoothing,
            ComputeClassWeights(options.Loss.ClassWeights, train)
        );

    /// <summary>One weight a class, or null where all count alike.</summary>
    /// <exception cref="TrainingException">An unknown class is named.</exception>
    public static float[]? ComputeClassWeights(ClassWeighting weighting, ImageSet train)
    {
        IReadOnlyList<string> labels = train.Labels;
        if (weighting.IsBalanced)
        {
            // N / (K n_c), scikit-learn's "balanced"; a class without images gets no say in anything.
            return [.. labels.Select((_, c) => (float)train.Count / labels.Count / Math.Max(1, train.Classes.Count(k => k == c)))];
        }
        if (weighting.Weights.Count == 0) return null;
        if (weighting.Weights.Keys.FirstOrDefault(l => !labels.Contains(l)) is { } unknown)
            throw new TrainingException($"{{loss.classWeights}}: there is no class {unknown}: give weights of {CellText.List(labels)}.");
        return [.. labels.Select(l => weighting.Weights.GetValueOrDefault(l, 1))];
    }

    private static IReadOnlyList<float> Fit(IReadOnlyList<float> values, int channels)
        => values.Count == channels ? values : [.. Enumerable.Repeat(values.Average(), channels)];
}

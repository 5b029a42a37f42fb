using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Formatting;
using EmotionMLNet.Architectures;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Losses;
using EmotionMLNet.Training.Optimisers;
using EmotionMLNet.Training.Schedules;
using EmotionMLNet.Training.Transfer;
using EmotionMLNet.Training.Weights;
using EmotionMLNet.Weights;

namespace EmotionMLNet.Training.Runs;

/// <summary>Makes what a run is put together from, out of its options.</summary>
internal static class TrainingParts
{
    /// <summary>The architecture's preprocessing with the changes that were asked for.</summary>
    public static ImagePreprocessing Preprocessing(TrainingOptions options)
    {
        ImagePreprocessing standard = Catalogue.Find(options.Architecture)!.Preprocessing;
        int channels = options.Channels == 0 ? standard.Channels : options.Channels;
        return standard with
        {
            Width = options.Width == 0 ? standard.Width : options.Width,
            Height = options.Height == 0 ? standard.Height : options.Height,
            Channels = channels,
            Resize = options.Resize,
            Mean = Fit(standard.Mean, channels),
            StandardDeviation = Fit(standard.StandardDeviation, channels),
        };
    }

    /// <summary>The options with every "the architecture's own" and "all cores" replaced by what it means here: written beside the model, they
    /// describe the run on any machine, and a run resumes with the threads that it began with.</summary>
    public static TrainingOptions Resolve(TrainingOptions options, ImagePreprocessing preprocessing)
    {
        Architecture? architecture = options.Start is null ? Catalogue.Find(options.Architecture) : null; // a model's own widths are in its zip
        return options with
        {
            Width = preprocessing.Width,
            Height = preprocessing.Height,
            Channels = preprocessing.Channels,
            Resize = preprocessing.Resize,
            Widths = options.Widths.Count > 0 || architecture is null ? options.Widths : architecture.Widths,
            Dropout = options.Dropout < 0 && architecture is not null ? architecture.Dropout : options.Dropout,
            Blocks = architecture is null ? options.Blocks : options.Blocks with { StochasticDepth = options.Blocks.StochasticDepth ?? architecture.StochasticDepth },
            Threads = options.Threads == 0 ? Environment.ProcessorCount : options.Threads,
        };
    }

    /// <exception cref="TrainingException">The input size does not suit the architecture.</exception>
    public static Network Network(TrainingOptions options, ImagePreprocessing preprocessing, int classes, IReporter reporter)
    {
        var shape = new Shape(preprocessing.Height, preprocessing.Width, preprocessing.Channels);
        try
        {
            Network network = Catalogue.Find(options.Architecture)!.Build(new ArchitectureOptions
            {
                Input = shape,
                Classes = classes,
                Widths = options.Widths,
                WidthMultiplier = options.WidthMultiplier,
                Dropout = options.Dropout < 0 ? null : options.Dropout,
                Blocks = options.Blocks,
            });
            network.Initialise(options.Seed);
            if (options.Weights is { } weights) Load(network, WeightStore.Default.Resolve(weights), reporter);
            return options.Head is null ? network : NewHead.Exchange(network, network.OutputShape.Channels, network.Head, options.Head, options.Seed);
        }
        catch (ArgumentException e)
        {
            throw new TrainingException($"{options.Architecture} cannot be built for {shape}: {e.Message}");
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

    public static IOptimiser Optimiser(TrainingOptions options, IReadOnlyList<Parameter> parameters, ThreadTeam? team = null) => options.Optimiser switch
    {
        OptimiserKind.Sgd => new Sgd(parameters, options.Momentum, nesterov: options.Momentum > 0, options.WeightDecay, team),
        OptimiserKind.Adam => new Adam(parameters, options.WeightDecay, team: team),
        OptimiserKind.AdamW => new Adam(parameters, options.WeightDecay, decoupled: true, team: team),
        _ => new RAdam(parameters, options.WeightDecay, team: team),
    };

    public static ISchedule Schedule(TrainingOptions options)
    {
        ISchedule schedule = options.Schedule switch
        {
            ScheduleKind.Constant => new ConstantSchedule(),
            ScheduleKind.Step => new StepSchedule(options.GammaEvery, options.Gamma),
            ScheduleKind.Exponential => new ExponentialSchedule(options.Gamma),
            ScheduleKind.Cosine => new CosineSchedule(),
            ScheduleKind.OneCycle => new OneCycleSchedule(),
            _ => new PlateauSchedule(options.Gamma, options.GammaEvery),
        };
        return options.WarmUp > 0 ? new WarmUp(options.WarmUp, schedule) : schedule;
    }

    public static ILoss Loss(TrainingOptions options, Network network, ImageSet train)
        => LossText.Make(options.Loss, network.Head, network.Classes, options.LabelSmoothing, ClassWeights(options.ClassWeights, train));

    /// <summary>One weight a class, or null for "none".</summary>
    /// <exception cref="TrainingException">The text is not understood or names an unknown class.</exception>
    public static float[]? ClassWeights(string text, ImageSet train)
    {
        if (text == "none") return null;
        IReadOnlyList<string> labels = train.Labels;
        if (text == "auto")
        {
            // N / (K n_c), scikit-learn's "balanced"; a class without images gets no say in anything.
            return [.. labels.Select((_, c) => (float)train.Count / labels.Count / Math.Max(1, train.Classes.Count(k => k == c)))];
        }
        var weights = new float[labels.Count];
        Array.Fill(weights, 1);
        foreach (string part in NamedValues.Parts(text))
        {
            int at = part.LastIndexOf('=');
            int c = at < 0 ? -1 : labels.ToList().IndexOf(part[..at]);
            if (c < 0) throw new TrainingException($"--class-weights '{part}' is not LABEL=WEIGHT: give none, auto, or weights of {CellText.List(labels)}.");
            if (Numbers.Read(part[(at + 1)..], out weights[c]) is { } problem) throw new TrainingException($"--class-weights {part}: {problem}.");
            if (!(weights[c] > 0)) throw new TrainingException($"--class-weights {part}: give a positive weight.");
        }
        return weights;
    }

    private static IReadOnlyList<float> Fit(IReadOnlyList<float> values, int channels)
        => values.Count == channels ? values : [.. Enumerable.Repeat(values.Average(), channels)];
}

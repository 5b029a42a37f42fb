using EmotionMLNet.Faces;
using EmotionMLNet.Training;
using EmotionMLNet.Training.ImageClassification;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.MLNet.Training;

/// <summary>The options of the estimator as those of the one training loop, and names between the two.</summary>
internal static class TrainerSettings
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["data.validationFraction"] = nameof(ExpressionNetworkOptions.ValidationSetFraction),
        ["data.detector"] = nameof(ExpressionNetworkOptions.Detector),
        ["data.labels"] = nameof(ExpressionNetworkOptions.LabelColumnName),
        ["network.architecture"] = nameof(ExpressionNetworkOptions.Arch),
        ["optimisation.epochs"] = nameof(ExpressionNetworkOptions.Epoch),
        ["optimisation.batchSize"] = nameof(ExpressionNetworkOptions.BatchSize),
        ["optimisation.learningRate"] = nameof(ExpressionNetworkOptions.LearningRate),
        ["optimisation.time"] = nameof(ExpressionNetworkOptions.Time),
        ["optimisation.patience"] = nameof(ExpressionNetworkOptions.EarlyStoppingCriteria),
        ["optimisation.minDelta"] = nameof(ExpressionNetworkOptions.EarlyStoppingCriteria),
        ["loss.classWeights"] = nameof(ExpressionNetworkOptions.ClassWeights),
        ["fineTuning.from"] = nameof(ExpressionNetworkOptions.From),
        ["fineTuning.backbone"] = nameof(ExpressionNetworkOptions.Backbone),
        ["fineTuning.weights"] = nameof(ExpressionNetworkOptions.Weights),
        ["fineTuning.freeze"] = nameof(ExpressionNetworkOptions.Freeze),
    };

    /// <summary>A setting as a user of the estimator knows it.</summary>
    public static string Name(string path) =>
        Names.TryGetValue(path, out string? name) ? name
        : "Settings." + string.Join('.', path.Split('.').Select(p => char.ToUpperInvariant(p[0]) + p[1..]));

    /// <summary>A message with settings under those names.</summary>
    public static string Renamed(string template) => MessageTemplate.Replace(template, Name);

    /// <summary>All settings of a training.</summary>
    /// <param name="options">As the caller gave them.</param>
    /// <param name="labels">Class names in the order of the keys.</param>
    /// <exception cref="ArgumentException">Options cannot be used as they are; the message has a line for each.</exception>
    public static TrainingOptions Resolve(ExpressionNetworkOptions options, IReadOnlyList<string>? labels)
    {
        Missing(options.From, nameof(options.From));
        Missing(options.Backbone, nameof(options.Backbone));
        Missing(options.Weights, nameof(options.Weights));
        Missing(options.Detector, nameof(options.Detector));
        TrainingOptions made = Shorten(Chosen(options, Begin(options)), options);
        made = made with { Data = made.Data with { Labels = labels ?? made.Data.Labels, TestFraction = 0 } };
        string[] problems = [.. made.FindProblems().Select(p => p.Describe(Name))];
        return problems.Length == 0 ? made : throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));
    }

    private static void Missing(string? path, string name)
    {
        if (path is not null && !File.Exists(path)) throw new ArgumentException($"{name} {path}: there is no such file.", name);
    }

    // What is recommended for the network, wherever it comes from.
    private static TrainingOptions Begin(ExpressionNetworkOptions options)
    {
        if (options.Settings is { } given)
            return options.Arch == new ExpressionNetworkOptions().Arch
                ? given
                : given with { Network = given.Network with { Architecture = options.Arch } };
        if ((options.From ?? options.Backbone) is { } start) return ExpressionTrainer.RecommendFurther(start);
        TrainingOptions recommended = ExpressionTrainer.Recommend(options.Arch);
        return options.Weights is null ? recommended : TrainingDefaults.ForTrainedWeights(recommended);
    }

    private static TrainingOptions Chosen(ExpressionNetworkOptions options, TrainingOptions begin)
    {
        OptimisationOptions optimisation = begin.Optimisation;
        EarlyStopping? stop = options.EarlyStoppingCriteria;
        TrainingOptions made = begin with
        {
            Seed = options.Seed,
            Threads = options.Threads ?? begin.Threads,
            Augmentation = options.Augmentation ?? begin.Augmentation,
            Loss = options.ClassWeights is { } weights ? begin.Loss with { ClassWeights = weights } : begin.Loss,
            Data = begin.Data with
            {
                ValidationFraction = options.ValidationSetFraction ?? 0,
                Faces = options.Detector is null ? begin.Data.Faces : FaceSearch.Largest,
                Detector = options.Detector ?? begin.Data.Detector,
            },
            Optimisation = optimisation with
            {
                Epochs = options.Epoch ?? optimisation.Epochs,
                BatchSize = options.BatchSize ?? optimisation.BatchSize,
                LearningRate = options.LearningRate ?? optimisation.LearningRate,
                IsFineTuningRate = optimisation.IsFineTuningRate && options.LearningRate is null,
                Time = options.Time ?? optimisation.Time,
                Patience = stop?.Patience,
                MinDelta = stop?.MinDelta ?? 0,
                Metric = stop?.Metric == EarlyStoppingMetric.Loss ? SelectionMetric.Loss : optimisation.Metric,
            },
        };
        bool isGiven = options.From is not null || options.Backbone is not null || options.Weights is not null
            || options.Freeze != Freezing.None;
        return !isGiven ? made : made with
        {
            FineTuning = made.FineTuning with
            {
                From = options.From,
                Backbone = options.Backbone,
                Weights = options.Weights,
                Freeze = options.Freeze,
            },
        };
    }

    // A warm-up that was made for more epochs must not forbid fewer; a head alone takes its own rate and no average.
    private static TrainingOptions Shorten(TrainingOptions made, ExpressionNetworkOptions options)
    {
        if (options.Settings is null && made.FineTuning.Freeze.IsAll)
        {
            made = TrainingDefaults.ForHead(made);
            if (options.LearningRate is null)
                made = made with
                {
                    Optimisation = made.Optimisation with
                    {
                        LearningRate = TrainingDefaults.For(made.Network.Architecture, data: "").Optimisation.LearningRate,
                        IsFineTuningRate = false,
                    },
                };
        }
        return TrainingDefaults.FitWarmUp(made);
    }
}

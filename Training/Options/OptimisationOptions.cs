using System.Text.Json.Serialization;

namespace EmotionMLNet.Training.Options;

/// <summary>Kinds of optimiser.</summary>
public enum OptimiserKind
{
    /// <summary>Stochastic gradient descent, with Nesterov's look-ahead where there is momentum.</summary>
    Sgd,

    /// <summary>Kingma and Ba 2015, arXiv:1412.6980.</summary>
    Adam,

    /// <summary>Adam with decoupled weight decay: Loshchilov and Hutter 2019, arXiv:1711.05101.</summary>
    [JsonStringEnumMemberName("adamw")]
    AdamW,

    /// <summary>Rectified Adam: Liu et al. 2020, arXiv:1908.03265.</summary>
    [JsonStringEnumMemberName("radam")]
    RAdam,
}

/// <summary>Kinds of learning-rate schedule.</summary>
public enum ScheduleKind
{
    /// <summary>The same rate throughout.</summary>
    Constant,

    /// <summary>Times <see cref="OptimisationOptions.Gamma"/> every <see cref="OptimisationOptions.GammaEvery"/> epochs.</summary>
    Step,

    /// <summary>Times <see cref="OptimisationOptions.Gamma"/> every epoch, in steps.</summary>
    Exponential,

    /// <summary>Half a cosine from the rate to 0: Loshchilov and Hutter 2017, arXiv:1608.03983.</summary>
    Cosine,

    /// <summary>Up and down once: Smith and Topin 2018, arXiv:1708.07120.</summary>
    OneCycle,

    /// <summary>
    /// Times <see cref="OptimisationOptions.Gamma"/> after <see cref="OptimisationOptions.GammaEvery"/> epochs without improvement.
    /// </summary>
    Plateau,
}

/// <summary>What the best epoch is chosen by, always on validation.</summary>
public enum SelectionMetric
{
    /// <summary>Share of pictures that are labelled right.</summary>
    Accuracy,

    /// <summary>Mean of the F1 of all classes.</summary>
    MacroF1,

    /// <summary>Log loss; smaller is better.</summary>
    Loss,

    /// <summary>Average precision of faces.</summary>
    AveragePrecision,
}

/// <summary>How long a network learns, and how its weights are changed.</summary>
public sealed record OptimisationOptions
{
    /// <summary>Passes over the training images; with <see cref="Time"/> as many as fit into it, whatever is asked for here.</summary>
    public int Epochs { get; init; } = 30;

    /// <summary>How long the run may take once its pictures are decoded; null means as long as its epochs need.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>Images of a step, at least 2.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>The peak that the schedule scales, above 0.</summary>
    public float LearningRate { get; init; } = 1e-3f;

    /// <summary>How gradients change weights.</summary>
    public OptimiserKind Optimiser { get; init; } = OptimiserKind.Adam;

    /// <summary>Momentum of SGD, 0 up to below 1.</summary>
    public float Momentum { get; init; } = 0.9f;

    /// <summary>L2 decay of weights, at least 0; it spares biases and norms.</summary>
    public float WeightDecay { get; init; }

    /// <summary>How the learning rate changes.</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Constant;

    /// <summary>Epochs of linear rise at the start; may be a fraction.</summary>
    public float WarmUp { get; init; }

    /// <summary>Factor of the step, exponential and plateau schedules, between 0 and 1.</summary>
    public float Gamma { get; init; } = 0.5f;

    /// <summary>Epochs between steps, or of patience on a plateau, at least 1.</summary>
    public int GammaEvery { get; init; } = 5;

    /// <summary>Largest L2 norm of all gradients together, above 0; null means no limit.</summary>
    public float? ClipNorm { get; init; }

    /// <summary>
    /// ρ of sharpness-aware minimisation (Foret et al. 2021, arXiv:2010.01412): how far away, in the L2 norm over all weights, the gradient
    /// is taken; 0 takes it where the weights are.
    /// </summary>
    public float Sharpness { get; init; }

    /// <summary>Decay of the moving average of weights, 0 up to below 1; 0 follows them at once.</summary>
    public float WeightAverage { get; init; }

    /// <summary>What the best epoch is chosen by, on validation.</summary>
    public SelectionMetric Metric { get; init; } = SelectionMetric.Accuracy;

    /// <summary>Epochs without improvement after which training stops, at least 1; null means never.</summary>
    public int? Patience { get; init; }

    /// <summary>What counts as an improvement, at least 0.</summary>
    public float MinDelta { get; init; }

    /// <summary>Whether the learning rate is the default for a start from trained weights, because nobody gave one.</summary>
    internal bool IsFineTuningRate { get; init; }

    /// <summary>Everything that is wrong, each with its remedy.</summary>
    internal IEnumerable<SettingProblem> FindProblems()
    {
        if (Epochs < 1) yield return new("epochs", Epochs, "give 1 or more");
        if (Time <= TimeSpan.Zero) yield return new("time", Time, "give a positive time, 90s, 15m or 2h");
        if (BatchSize < 2) yield return new("batchSize", BatchSize, "give 2 or more, batch norm needs company");
        if (!(LearningRate > 0 && float.IsFinite(LearningRate))) yield return new("learningRate", LearningRate, "give a positive number");
        if (!(Momentum is >= 0 and < 1)) yield return new("momentum", Momentum, "give 0 up to below 1");
        if (!(WeightDecay >= 0)) yield return new("weightDecay", WeightDecay, "give 0 or more");
        if (!(WarmUp >= 0 && (WarmUp < Epochs || Epochs < 1)))
            yield return new("warmUp", WarmUp, "give 0 up to below the number of epochs");
        if (!(Gamma is > 0 and < 1)) yield return new("gamma", Gamma, "give a factor between 0 and 1");
        if (GammaEvery < 1) yield return new("gammaEvery", GammaEvery, "give 1 or more epochs");
        if (ClipNorm is { } clip && !(clip > 0)) yield return new("clipNorm", clip, "give a norm above 0, or nothing for no limit");
        if (!(Sharpness >= 0 && float.IsFinite(Sharpness))) yield return new("sharpness", Sharpness, "give 0 (off) or more, 0.05 is usual");
        if (!(WeightAverage is >= 0 and < 1)) yield return new("weightAverage", WeightAverage, "give 0 (off) up to below 1");
        if (Patience < 1) yield return new("patience", Patience, "give 1 or more epochs, or nothing to never stop early");
        if (!(MinDelta >= 0)) yield return new("minDelta", MinDelta, "give 0 or more");
    }
}

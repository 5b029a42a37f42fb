using EmotionMLNet.MLNetZip;
using EmotionMLNet.Onnx;

namespace EmotionMLNet.Training.Options;

/// <summary>
/// Every setting of a run. The defaults here are general; <see cref="TrainingDefaults"/> has those of each architecture. A settings file
/// has the same names in camel case.
/// </summary>
public sealed record TrainingOptions
{
    private const int MostThreads = 1024;

    /// <summary>Where the pictures are, and how they are divided.</summary>
    public DataOptions Data { get; init; } = new();

    /// <summary>What is changed of the training split.</summary>
    public TrainingSetOptions TrainingSet { get; init; } = new();

    /// <summary>Which network, on pictures of which size.</summary>
    public NetworkOptions Network { get; init; } = new();

    /// <summary>How long it learns, and how its weights are changed.</summary>
    public OptimisationOptions Optimisation { get; init; } = new();

    /// <summary>Random changes of training pictures.</summary>
    public AugmentationOptions Augmentation { get; init; } = AugmentationOptions.None;

    /// <summary>Smaller pictures in the first epochs.</summary>
    public ProgressiveOptions Progressive { get; init; } = new();

    /// <summary>What is made small.</summary>
    public LossOptions Loss { get; init; } = new();

    /// <summary>Models to learn from besides the labels.</summary>
    public DistillationOptions Distillation { get; init; } = new();

    /// <summary>Trained weights to begin with.</summary>
    public FineTuningOptions FineTuning { get; init; } = new();

    /// <summary>What is made of the best epoch.</summary>
    public OutputOptions Output { get; init; } = new();

    /// <summary>A face detector is trained, and how; null trains on labels.</summary>
    public FaceOptions? Faces { get; init; }

    /// <summary>The seed of everything random.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Threads, 1 to 1024; null means all cores. Part of what makes a run repeat to the bit.</summary>
    public int? Threads { get; init; }

    /// <summary>The data with their division: its seed is that of the run where it has none. Runs of several seeds share it.</summary>
    internal DataOptions DividedData => Data with { SplitSeed = Data.SplitSeed ?? Seed };

    /// <summary>The division as a manifest records it.</summary>
    internal DataDivision Division => new()
    {
        Seed = DividedData.SplitSeed!.Value,
        ValidationFraction = Data.ValidationFraction,
        TestFraction = Data.TestFraction,
        SimilarTogether = Data.SimilarTogether,
    };

    /// <summary>Threads as a number.</summary>
    internal int ThreadCount => Threads ?? Environment.ProcessorCount;

    /// <summary>Finds everything that is wrong, each with its remedy, before anything is begun.</summary>
    public IEnumerable<SettingProblem> FindProblems()
    {
        IEnumerable<SettingProblem> own =
        [
            .. Under("data", Data.FindProblems()),
            .. Under("trainingSet", TrainingSet.FindProblems()),
            .. Under(
                "network",
                Faces is not null ? []
                    : IsBuilt ? Network.ConstructionProblems().Concat(Network.FindProblems())
                    : Network.FindProblems()
            ),
            .. Under("optimisation", Optimisation.FindProblems()),
            .. Under("augmentation", Augmentation.FindProblems()),
            .. Under("progressive", Progressive.FindProblems()),
            .. Under("loss", Loss.FindProblems()),
            .. Under("distillation", Distillation.FindProblems()),
            .. Under("fineTuning", FineTuning.FindProblems()),
            .. Under("faces", Faces?.FindProblems() ?? []),
        ];
        foreach (SettingProblem problem in own) yield return problem;
        if (Threads is < 1 or > MostThreads) yield return new("threads", Threads, $"give 1 to {MostThreads}, or nothing for all cores");
        if (Optimisation.Metric == SelectionMetric.AveragePrecision != Faces is not null)
            yield return new(
                "optimisation.metric",
                Optimisation.Metric,
                Faces is null ? "average precision is of faces: choose accuracy, macro-f1 or loss" : "faces have average-precision alone"
            );
        if (Faces is not null && Output.ZipWeights == OnnxWeights.Quantised)
            yield return new("output.zipWeights", "int8", "detectors have float32 or float16: give one of these");
        if (FineTuning.Freeze.IsAll)
            foreach (SettingProblem problem in FrozenProblems()) yield return problem;
    }

    // A model that is there brings its network with it.
    private bool IsBuilt => FineTuning.Start is not { } start || !File.Exists(start);

    // What a network that is frozen but for its last layer cannot do: its features are computed once, of whole pictures.
    private IEnumerable<SettingProblem> FrozenProblems()
    {
        const string leave = "leave this away, or {fineTuning.freeze} all";
        if (Output.ZipWeights != OnnxWeights.Full)
            yield return new(
                "output.zipWeights",
                null,
                "a head alone is not measured with the whole network: leave this away, and compress the model afterwards"
            );
        if (Distillation.Teachers.Count > 0)
            yield return new("distillation.teachers", null, $"they look at augmented pictures, and features are computed once: {leave}");
        if (Progressive.Side < 1) yield return new("progressive", null, $"it is for networks, and features are computed once: {leave}");
        if (TrainingSet.Auxiliary is not null)
            yield return new("trainingSet.auxiliary", null, $"it teaches the features, and they are computed once: {leave}");
    }

    private static IEnumerable<SettingProblem> Under(string parent, IEnumerable<SettingProblem> problems) =>
        problems.Select(p => p.Under(parent));
}

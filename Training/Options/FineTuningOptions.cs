using EmotionMLNet.Training.Weights;

namespace EmotionMLNet.Training.Options;

/// <summary>Trained weights that training begins with, and which of them learn how fast.</summary>
public sealed record FineTuningOptions
{
    /// <summary>A model zip or ONNX file to train further, or null.</summary>
    public string? From { get; init; }

    /// <summary>
    /// A model zip or ONNX file whose last layer is always drawn anew, an ONNX file that ends in features and is given a last layer, or the
    /// name of a published one ("resnet18-mlnet"); or null.
    /// </summary>
    public string? Backbone { get; init; }

    /// <summary>
    /// A file of weights, or the name of published ones, for the network of the catalogue; or null. Published ones that are a network of
    /// their own are a <see cref="Backbone"/>.
    /// </summary>
    public string? Weights { get; init; }

    /// <summary>What takes the place of the last layer; null means one like it, drawn anew where labels differ.</summary>
    public HeadOptions? Head { get; init; }

    /// <summary>What keeps its weights.</summary>
    public Freezing Freeze { get; init; }

    /// <summary>
    /// Begin with the head alone and release one more block every so many epochs, at least 1; null trains all that is not frozen from the
    /// start.
    /// </summary>
    public int? UnfreezeEvery { get; init; }

    /// <summary>Factor of the learning rate from one block to the one before it, above 0 up to 1.</summary>
    public float LayerDecay { get; init; } = 1;

    /// <summary>Batch norms keep the statistics that they came with.</summary>
    public bool FreezeNorm { get; init; }

    /// <summary>
    /// The file of <see cref="From"/>, <see cref="Backbone"/> or <see cref="Weights"/> that the network comes from, not the catalogue;
    /// a name where published ones are not here.
    /// </summary>
    internal string? Start =>
        (From ?? Backbone ?? (WeightStore.IsGraph(Weights) ? Weights : null)) is not { } start ? null
        : PretrainedWeights.FindName(start) is { Graph: not null } known
        && !File.Exists(start)
        && WeightStore.Default.PathOf(known) is var path
        && File.Exists(path)
            ? path
        : start;

    /// <summary>Whether training begins with trained weights.</summary>
    internal bool HasWeights => Start is not null || Weights is not null;

    /// <summary>Everything that is wrong, each with its remedy.</summary>
    internal IEnumerable<SettingProblem> FindProblems()
    {
        const string give = "give {fineTuning.from}, {fineTuning.backbone} or {fineTuning.weights}";
        if (From is not null && !File.Exists(From)) yield return new("from", From, "there is no such file");
        if (Backbone is not null && !File.Exists(Backbone) && BackboneProblem(Backbone) is { } problem) yield return problem;
        if (From is not null && Backbone is not null)
            yield return new(
                "from",
                null,
                "it trains a whole model further, and {fineTuning.backbone} draws its last layer anew: give one of them"
            );
        if (Head is not null && !HasWeights)
            yield return new("head", Head, $"it replaces the last layer of weights that are there already: {give}");
        foreach (SettingProblem wrong in Head?.FindProblems() ?? []) yield return wrong.Under("head");
        if (UnfreezeEvery < 1)
            yield return new("unfreezeEvery", UnfreezeEvery, "give 1 or more epochs, or nothing to train all from the start");
        if (!(LayerDecay is > 0 and <= 1)) yield return new("layerDecay", LayerDecay, "give a factor above 0, up to 1");
        if (Weights is not null && (From ?? Backbone) is not null)
            yield return new(
                "weights",
                null,
                "they are for a network of the catalogue: leave them away, or {fineTuning.from} and {fineTuning.backbone}"
            );
        if (!HasWeights && (Freeze != Freezing.None || UnfreezeEvery is not null || FreezeNorm))
            yield return new(
                Freeze != Freezing.None ? "freeze"
                    : UnfreezeEvery is not null ? "unfreezeEvery"
                    : "freezeNorm",
                null,
                $"it is for weights that are there already: {give}"
            );
        if (Freeze.IsAll && UnfreezeEvery is not null)
            yield return new("freeze", Freeze, "it never releases anything: leave {fineTuning.unfreezeEvery} away, or {fineTuning.freeze}");
    }

    private static SettingProblem? BackboneProblem(string name) => PretrainedWeights.FindName(name) switch
    {
        null => new("backbone", name, "there is no such file"),
        { Graph: null } => new("backbone", name, "those are weights for a network of the catalogue: give them as {fineTuning.weights}"),
        var graph when !File.Exists(WeightStore.Default.PathOf(graph)) => new(
            "backbone",
            name,
            $"it is not here: fetch it by {{weights.pull}} {graph.Name}, or {WeightStore.Default.ByHand(graph)}"
        ),
        _ => null,
    };
}

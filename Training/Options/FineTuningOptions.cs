namespace EmotionMLNet.Training.Options;

/// <summary>Trained weights that training begins with, and which of them learn how fast.</summary>
public sealed record FineTuningOptions
{
    /// <summary>A model zip or ONNX file to train further, or null.</summary>
    public string? From { get; init; }

    /// <summary>A model zip or ONNX file whose last layer is always drawn anew, or null.</summary>
    public string? Backbone { get; init; }

    /// <summary>A file of weights, or the name of published ones, for the network of the catalogue; or null.</summary>
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

    /// <summary><see cref="From"/> or <see cref="Backbone"/>: the network then comes from there, not from the catalogue.</summary>
    internal string? Start => From ?? Backbone;

    /// <summary>Whether training begins with trained weights.</summary>
    internal bool HasWeights => Start is not null || Weights is not null;

    /// <summary>Everything that is wrong, each with its remedy.</summary>
    internal IEnumerable<SettingProblem> FindProblems()
    {
        const string give = "give {fineTuning.from}, {fineTuning.backbone} or {fineTuning.weights}";
        if (From is not null && !File.Exists(From)) yield return new("from", From, "there is no such file");
        if (Backbone is not null && !File.Exists(Backbone)) yield return new("backbone", Backbone, "there is no such file");
        if (From is not null && Backbone is not null)
            yield return new(
                "from",
                null,
                "it trains a whole model further, and {fineTuning.backbone} draws its last layer anew: give one of them"
            );
        if (Head is not null && !HasWeights)
            yield return new("head", Head, $"it replaces the last layer of weights that are there already: {give}");
        foreach (SettingProblem problem in Head?.FindProblems() ?? []) yield return problem.Under("head");
        if (UnfreezeEvery < 1)
            yield return new("unfreezeEvery", UnfreezeEvery, "give 1 or more epochs, or nothing to train all from the start");
        if (!(LayerDecay is > 0 and <= 1)) yield return new("layerDecay", LayerDecay, "give a factor above 0, up to 1");
        if (Weights is not null && Start is not null)
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
}

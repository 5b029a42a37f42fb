using EmotionMLNet.Formatting;
using System.Text.Json.Serialization;
using EmotionMLNet.Architectures;
using EmotionMLNet.Onnx;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Augmentation;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Transfer;
using EmotionMLNet.Training.Runs.Distillation;
using EmotionMLNet.Training.Runs.Progressive;

namespace EmotionMLNet.Training.Runs;

/// <summary>Kinds of optimiser.</summary>
internal enum OptimiserKind
{
    Sgd,
    Adam,

    [JsonStringEnumMemberName("adamw")]
    AdamW,

    [JsonStringEnumMemberName("radam")]
    RAdam,
}

/// <summary>Kinds of learning-rate schedule.</summary>
internal enum ScheduleKind
{
    Constant,
    Step,
    Exponential,
    Cosine,
    OneCycle,
    Plateau,
}

/// <summary>What the best epoch is chosen by, always on validation.</summary>
internal enum SelectionMetric
{
    Accuracy,
    MacroF1,
    Loss,
}

/// <summary>Every setting of a run. The defaults here are general; <see cref="TrainingDefaults"/> has those of each architecture.</summary>
internal sealed record TrainingOptions
{
    /// <summary>Folder or CSV file.</summary>
    public required string Data { get; init; }

    /// <summary>Catalogue name.</summary>
    public required string Architecture { get; init; }

    /// <summary>With <see cref="Time"/> as many as fit into it, whatever was asked for.</summary>
    public int Epochs { get; init; } = 30;

    /// <summary>How long the run may take, its pictures decoded; null means as long as its epochs need.</summary>
    public TimeSpan? Time { get; init; }

    public int BatchSize { get; init; } = 64;

    /// <summary>The peak that the schedule scales.</summary>
    public float LearningRate { get; init; } = 1e-3f;

    /// <summary>Whether that is the default for a start from trained weights, because nobody gave one.</summary>
    [JsonIgnore]
    public bool IsFineTuningRate { get; init; }

    public OptimiserKind Optimiser { get; init; } = OptimiserKind.Adam;

    /// <summary>Of SGD; always with Nesterov's look-ahead.</summary>
    public float Momentum { get; init; } = 0.9f;

    /// <summary>Spares biases and norms.</summary>
    public float WeightDecay { get; init; }

    public ScheduleKind Schedule { get; init; } = ScheduleKind.Constant;

    /// <summary>Epochs of linear rise at the start; may be a fraction.</summary>
    public float WarmUp { get; init; }

    /// <summary>Factor of the step, exponential and plateau schedules.</summary>
    public float Gamma { get; init; } = 0.5f;

    /// <summary>Epochs between steps, or of patience, of the step and plateau schedules.</summary>
    public int GammaEvery { get; init; } = 5;

    /// <summary>Largest L2 norm of all gradients together; 0 means no limit.</summary>
    public float ClipNorm { get; init; }

    /// <summary>ρ of sharpness-aware minimisation: how far away, in the L2 norm over all weights, the gradient is taken; 0 is off.</summary>
    public float Sharpness { get; init; }

    /// <summary>Decay of the moving average of weights; 0 means none.</summary>
    public float WeightAverage { get; init; }

    public float LabelSmoothing { get; init; }

    /// <summary>"none", "auto" (inverse frequency, mean 1), or "label=weight,...".</summary>
    public string ClassWeights { get; init; } = "none";

    /// <summary>"cross-entropy", "gce=Q" or "bootstrap=BETA"; see <see cref="Losses.LossText"/>.</summary>
    public string Loss { get; init; } = Losses.LossText.CrossEntropy;

    /// <summary>How far sampling evens out the classes: 0 not at all, 1 wholly; see <see cref="Data.EpochOrder"/>.</summary>
    public float Balance { get; init; }

    /// <summary>A table of votes that become training targets, or null; see <see cref="EmotionMLNet.Training.Data.TrainingSet.SoftLabels"/>.</summary>
    public string? SoftLabels { get; init; }

    /// <summary>Share of the votes in a target; the rest is the label's.</summary>
    public float SoftWeight { get; init; } = 1;

    /// <summary>A table of votes that become a second task, or null; see <see cref="Auxiliary.AuxiliaryHead"/>.</summary>
    public string? Auxiliary { get; init; }

    /// <summary>What the second task's loss counts; that of the labels counts 1.</summary>
    public float AuxiliaryWeight { get; init; } = 1;

    /// <summary>A table of training images to leave out, or null.</summary>
    public string? Exclude { get; init; }

    /// <summary>Leave training images out that have a twin in validation or under another label, and blank ones.</summary>
    public bool DropLeaks { get; init; }

    public AugmentationOptions Augmentation { get; init; } = AugmentationOptions.None;

    /// <summary>Models to learn from besides the labels.</summary>
    public DistillationOptions Distillation { get; init; } = new();

    /// <summary>Smaller pictures in the first epochs.</summary>
    public ProgressiveOptions Progressive { get; init; } = new();

    /// <summary>Network input; 0 means the architecture's own.</summary>
    public int Width { get; init; }

    public int Height { get; init; }

    public int Channels { get; init; }

    public ResizeMode Resize { get; init; } = ResizeMode.Stretch;

    /// <summary>Filters a stage; empty means the architecture's own.</summary>
    public IReadOnlyList<int> Widths { get; init; } = [];

    /// <summary>Scales the channels of the published backbones.</summary>
    public float WidthMultiplier { get; init; } = 1;

    /// <summary>Before the last layer; negative means the architecture's own.</summary>
    public float Dropout { get; init; } = -1;

    /// <summary>Shortcuts, squeeze-and-excitation, depth and stochastic depth, where the architecture offers them.</summary>
    public BlockOptions Blocks { get; init; } = new();

    public SelectionMetric Metric { get; init; } = SelectionMetric.Accuracy;

    /// <summary>Stop after so many epochs without improvement; 0 means never.</summary>
    public int Patience { get; init; }

    /// <summary>What counts as an improvement.</summary>
    public float MinDelta { get; init; }

    public int Seed { get; init; } = 1;

    /// <summary>Of the division where the source gives no split; null means <see cref="Seed"/>. Runs of several seeds share it.</summary>
    public int? SplitSeed { get; init; }

    /// <summary>Share of the images (or of train, where only that is given) that becomes validation where the source has none.</summary>
    public double ValidationFraction { get; init; } = 0.2;

    /// <summary>Share of the images that becomes the test where the source gives no split at all.</summary>
    public double TestFraction { get; init; } = 0.1;

    /// <summary>Where images are dealt, those that look the same stay in one split, not only identical files.</summary>
    public bool SimilarTogether { get; init; }

    /// <summary>0 means all cores. Part of what makes a run repeat to the bit.</summary>
    public int Threads { get; init; }

    /// <summary>Findings of the pre-flight end the run.</summary>
    public bool Strict { get; init; }

    /// <summary>A model zip or ONNX file to train further, or null.</summary>
    public string? From { get; init; }

    /// <summary>A model zip or ONNX file whose last layer is always drawn anew, or null.</summary>
    public string? Backbone { get; init; }

    /// <summary>A file of weights, or the name of published ones, for the network of the catalogue; or null.</summary>
    public string? Weights { get; init; }

    /// <summary><see cref="From"/> or <see cref="Backbone"/>: the network then comes from there, not from the catalogue.</summary>
    [JsonIgnore]
    public string? Start => From ?? Backbone;

    /// <summary>Blocks that keep their weights, from the input: "none", a number, or "all": everything but the last layer, which is then trained on bottleneck features.</summary>
    public string Freeze { get; init; } = "none";

    /// <summary>What takes the place of a saved network's last layer; null means one like it, drawn anew where labels differ.</summary>
    public HeadOptions? Head { get; init; }

    /// <summary>Begin with the head alone and release one more block every so many epochs; 0 trains all that are not frozen from the start.</summary>
    public int UnfreezeEvery { get; init; }

    /// <summary>Factor of the learning rate from one block to the one before it; 1 trains all alike.</summary>
    public float LayerDecay { get; init; } = 1;

    /// <summary>Batch norms keep the statistics that they came with.</summary>
    public bool FreezeNorm { get; init; }

    /// <summary>At the end, fit a temperature on validation and fold it into the saved weights.</summary>
    public bool Calibrate { get; init; } = true;

    /// <summary>How the model zip holds the weights; validation measures them as the zip will have them.</summary>
    public OnnxWeights ZipWeights { get; init; }

    /// <summary>Classes and their order, as <see cref="LabelList"/> reads them, or null.</summary>
    public string? Labels { get; init; }

    /// <summary>What the weights may be used for, recorded in the zip; null: nobody has said.</summary>
    public string? Licence { get; init; }

    /// <summary>Everything that is wrong, each with its remedy.</summary>
    public IEnumerable<string> Problems()
    {
        if ((Start is null || !File.Exists(Start)) && Catalogue.Find(Architecture) is null)
            yield return $"--arch {Architecture}: there is no such architecture; choose from {string.Join(", ", Catalogue.All.Select(a => a.Name))}";
        if (Epochs < 1) yield return $"--epochs {Epochs}: give 1 or more";
        if (Time <= TimeSpan.Zero) yield return $"--time {Time}: give a positive time, 90s, 15m or 2h";
        if (Time is not null && Freeze == "all") yield return "--time is for networks, --freeze all takes seconds: leave one of them away";
        if (BatchSize < 2) yield return $"--batch {BatchSize}: give 2 or more, batch norm needs company";
        if (!(LearningRate > 0 && float.IsFinite(LearningRate))) yield return $"--lr {LearningRate}: give a positive number";
        if (!(Momentum is >= 0 and < 1)) yield return $"--momentum {Momentum}: give 0 up to below 1";
        if (!(WeightDecay >= 0)) yield return $"--weight-decay {WeightDecay}: give 0 or more";
        if (!(WarmUp >= 0 && (WarmUp < Epochs || Epochs < 1))) yield return $"--warmup {WarmUp}: give 0 up to below the number of epochs";
        if (!(Gamma is > 0 and < 1)) yield return $"--gamma {Gamma}: give a factor between 0 and 1";
        if (GammaEvery < 1) yield return $"--gamma-every {GammaEvery}: give 1 or more epochs";
        if (!(ClipNorm >= 0)) yield return $"--clip {ClipNorm}: give 0 (off) or more";
        if (!(Sharpness >= 0 && float.IsFinite(Sharpness))) yield return $"--sam {Sharpness}: give 0 (off) or more, 0.05 is usual";
        if (Sharpness > 0 && Freeze == "all") yield return "--sam is for networks, --freeze all trains a linear layer: leave one of them away";
        if (!(WeightAverage is >= 0 and < 1)) yield return $"--ema {WeightAverage}: give 0 (off) up to below 1";
        if (!(LabelSmoothing is >= 0 and < 1)) yield return $"--label-smoothing {LabelSmoothing}: give 0 up to below 1";
        if (!(Dropout is -1 or (>= 0 and < 1))) yield return $"--dropout {Dropout}: give 0 up to below 1";
        if (Width < 0 || Height < 0 || Width > 4096 || Height > 4096) yield return $"--width {Width} --height {Height}: give 1 to 4096";
        if (Channels is not (0 or 1 or 3)) yield return $"--channels {Channels}: give 1 (grey) or 3 (colour)";
        if (Widths.Any(w => w is < 1 or > 8192)) yield return $"--widths {string.Join(',', Widths)}: give 1 to 8192 filters a stage";
        if (!(WidthMultiplier is > 0 and <= 8)) yield return $"--width-multiplier {WidthMultiplier}: give a factor above 0, up to 8";
        if (WidthMultiplier != 1 && Catalogue.Find(Architecture) is { } fixedWidths && !fixedWidths.ScalesWidths) yield return $"--width-multiplier: {Architecture} has --widths instead";
        if (Catalogue.Find(Architecture) is { } known)
            foreach (string problem in Blocks.Problems(known, Widths.Count > 0 ? Widths.Count : known.Widths.Count)) yield return problem;
        foreach (string problem in TrainingData.Of(this with { Labels = null }).Problems()) yield return problem; // labels have their own line below
        if (Patience < 0) yield return $"--patience {Patience}: give 0 (never stop early) or more";
        if (!(MinDelta >= 0)) yield return $"--min-delta {MinDelta}: give 0 or more";
        if (Threads is < 0 or > 1024) yield return $"--threads {Threads}: give 0 (all cores) or more";
        if (From is not null && !File.Exists(From)) yield return $"--from {From}: there is no such file";
        if (Backbone is not null && !File.Exists(Backbone)) yield return $"--backbone {Backbone}: there is no such file";
        if (From is not null && Backbone is not null) yield return "--from trains a whole model further, --backbone draws its last layer anew: give one of them";
        if (Freeze is not ("none" or "all") && !(int.TryParse(Freeze, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int blocks) && blocks > 0))
            yield return $"--freeze {Freeze}: give none, all, or a number of blocks";
        if (Head is not null && Start is null && Weights is null) yield return "--head replaces the last layer of weights that are there already: give --from, --backbone or --weights";
        foreach (string problem in Head?.Problems() ?? []) yield return problem;
        if (UnfreezeEvery < 0) yield return $"--unfreeze-every {UnfreezeEvery}: give 0 (all from the start) or a number of epochs";
        if (!(LayerDecay is > 0 and <= 1)) yield return $"--layer-decay {LayerDecay}: give a factor above 0, up to 1";
        if (Weights is not null && Start is not null) yield return "--weights are for a network of the catalogue: leave it away, or --from and --backbone";
        if (Start is null && Weights is null && (Freeze != "none" || UnfreezeEvery > 0 || FreezeNorm)) yield return "--freeze, --unfreeze-every and --freeze-norm are for weights that are there already: give --from, --backbone or --weights";
        if (Freeze == "all" && UnfreezeEvery > 0) yield return "--freeze all never releases anything: leave --unfreeze-every away, or --freeze";
        if (ZipWeights != OnnxWeights.Full && Freeze == "all") yield return "--zip-weights: --freeze all does not measure the whole network; leave it away and compress afterwards: export --weights float16 --out ZIP --data DIR";
        if (Labels is not null && LabelList.Problem(Labels) is { } noLabels) yield return $"--labels {noLabels}";
        foreach (string problem in Distillation.Problems(Freeze)) yield return problem;
        foreach (string problem in Progressive.Problems(Freeze)) yield return problem;
        if (Losses.LossText.Problem(Loss) is { } noLoss) yield return $"--loss {Loss}: {noLoss}";
        if (NamedValues.DecimalComma(ClassWeights) is { } comma) yield return $"--class-weights {comma}";
        if (!(Balance is >= 0 and <= 1)) yield return $"--balance {Balance}: give 0 (classes as they are) to 1 (all alike)";
        if (SoftLabels is not null && !File.Exists(SoftLabels)) yield return $"--soft-labels {SoftLabels}: there is no such file";
        if (!(SoftWeight is > 0 and <= 1)) yield return $"--soft-weight {SoftWeight}: give a share above 0, up to 1";
        if (Auxiliary is not null && !File.Exists(Auxiliary)) yield return $"--auxiliary {Auxiliary}: there is no such file";
        if (Auxiliary is not null && Freeze == "all") yield return "--auxiliary teaches the features, --freeze all computes them once: leave one of them away";
        if (!(AuxiliaryWeight > 0 && float.IsFinite(AuxiliaryWeight))) yield return $"--auxiliary-weight {AuxiliaryWeight}: give a weight above 0, 1 is what the labels have";
        if (Exclude is not null && !File.Exists(Exclude)) yield return $"--exclude {Exclude}: there is no such file";
        foreach (string problem in Augmentation.Problems()) yield return $"--augment: {problem}";
    }
}

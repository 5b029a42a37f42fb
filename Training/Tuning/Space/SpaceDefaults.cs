using EmotionMLNet.Architectures;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Tuning.Space;

/// <summary>The recommended search spaces, a family of networks each; their sources are in the table of the design brief.</summary>
/// <remarks>
/// Ranges are those which published searches have (JAHS-Bench-201, LCBench, AutoGluon, QuickTune), narrowed to what small images need. At
/// most eight settings vary at once; the menu has more, for those who say which they want.
/// </remarks>
internal static class SpaceDefaults
{
    private const string Optimiser = "optimisation.optimiser";
    private const string Rate = "optimisation.learningRate";
    private const string Decay = "optimisation.weightDecay";
    private const string Momentum = "optimisation.momentum";
    private const string Schedule = "optimisation.schedule";
    private const string Smoothing = "loss.labelSmoothing";
    private const string Dropout = "network.dropout";
    private const string Mixup = "augmentation.mixup";
    private const string Freeze = "fineTuning.freeze";
    private const string HeadDropout = "fineTuning.head.dropout";

    // Mixup is off in a third of the points: whether it helps at all depends on the data.
    private const double OffShare = 1.0 / 3;

    /// <summary>The space of what is trained.</summary>
    /// <param name="defaults">The recommended settings, which the search begins with.</param>
    /// <param name="blocks">Blocks of trained weights, of which half may be frozen; 0 where that is not known.</param>
    public static SearchSpace For(TrainingOptions defaults, int blocks = 0) => Make(defaults, blocks, whole: false);

    /// <summary>The same with all that can be tuned: <see cref="SearchSpace.Keep"/> takes from here.</summary>
    /// <param name="defaults">The recommended settings, which the search begins with.</param>
    /// <param name="blocks">Blocks of trained weights, of which half may be frozen; 0 where that is not known.</param>
    public static SearchSpace Menu(TrainingOptions defaults, int blocks = 0) => Make(defaults, blocks, whole: true);

    private static SearchSpace Make(TrainingOptions defaults, int blocks, bool whole)
    {
        Architecture? architecture = Catalogue.Find(defaults.Network.Architecture);
        if (defaults.FineTuning.HasWeights) return ForStart(defaults, blocks, whole);
        return architecture is { ScalesWidths: true }
            ? ForPublished(defaults, architecture, whole)
            : ForSmall(defaults, architecture, whole);
    }

    private static SearchSpace ForSmall(TrainingOptions defaults, Architecture? architecture, bool whole)
    {
        SearchSpace space = Begin(defaults, (5e-3f, 0.3f), (2e-4f, 1e-2f), (1e-5f, 5e-3f), (1e-3f, 0.3f));
        space.AddFixed(Schedule, Parameter.FromEnum(ScheduleKind.Cosine));
        AddMomentum(space, defaults);
        AddRegularisation(space, defaults, 0.2f, 2, 0.8f);
        AddDropout(space, defaults, architecture);
        if (!whole) return space;
        AddBatch(space, defaults);
        if (architecture is { Widths.Count: > 0 })
        {
            IReadOnlyList<int> widths = defaults.Network.Widths ?? architecture.Widths;
            Parameter[] choices = [.. new[] { 0.5, 0.75, 1, 1.25, 1.5 }.Select(f => Parameter.FromList(widths.Select(w => Times(w, f))))];
            space.Add("network.widths", new ChoiceOption([.. choices.Distinct()], Parameter.FromList(widths.Select(Parameter.FromInt))));
        }
        space.Add(
            "optimisation.sharpness",
            Choose(Parameter.FromSingle(defaults.Optimisation.Sharpness), Parameter.FromInt(0), Parameter.FromSingle(0.05f))
        );
        if (architecture?.Changes.HasFlag(BlockChanges.Kind) == true)
            space.Add(
                "network.blocks",
                Choose(
                    Parameter.FromEnum(defaults.Network.Blocks),
                    Parameter.FromEnum(BlockKind.Plain),
                    Parameter.FromEnum(BlockKind.Residual)
                )
            );
        if (architecture?.Changes.HasFlag(BlockChanges.Squeeze) == true)
            space.Add(
                "network.squeezeReduction",
                Choose(
                    defaults.Network.SqueezeReduction is { } given ? Parameter.FromInt(given) : Parameter.Null,
                    Parameter.Null,
                    Parameter.FromInt(16)
                )
            );
        return space;
    }

    private static SearchSpace ForPublished(TrainingOptions defaults, Architecture architecture, bool whole)
    {
        SearchSpace space = Begin(defaults, (5e-3f, 0.3f), (1e-4f, 5e-3f), (1e-5f, 5e-3f), (1e-3f, 0.3f));
        Parameter cosine = Parameter.FromEnum(ScheduleKind.Cosine), cycle = Parameter.FromEnum(ScheduleKind.OneCycle);
        space.Add(Schedule, new ChoiceOption([cosine, cycle], defaults.Optimisation.Schedule == ScheduleKind.OneCycle ? cycle : cosine));
        AddRegularisation(space, defaults, 0.2f, 2, 0.8f);
        AddDropout(space, defaults, architecture);
        if (!whole) return space;
        AddMomentum(space, defaults);
        AddBatch(space, defaults);
        space.Add("network.widthMultiplier", new UniformSingleOption(0.5f, 1.5f, false, defaults.Network.WidthMultiplier));
        return space;
    }

    // A model that is trained further keeps its last layer; otherwise the new one is tuned, in place of what matters less.
    private static SearchSpace ForStart(TrainingOptions defaults, int blocks, bool whole)
    {
        bool keepsHead = defaults.FineTuning.From is not null;
        if (defaults.FineTuning.Freeze.IsAll) return ForHead(defaults, keepsHead, whole);
        SearchSpace space = Begin(defaults, (3e-4f, 5e-2f), (1e-5f, 2e-3f), (1e-6f, 1e-3f), (1e-4f, 0.1f));
        space.AddFixed(Schedule, Parameter.FromEnum(ScheduleKind.Cosine));
        Parameter[] half = blocks > 1 ? [Parameter.FromString($"{Freezing.First(blocks / 2)}")] : [];
        ChoiceOption freeze = Choose(
            Parameter.FromString($"{defaults.FineTuning.Freeze}"),
            [Parameter.FromString($"{Freezing.None}"), .. half]
        );
        if (freeze.Choices.Count > 1) space.Add(Freeze, freeze);
        space.Add("fineTuning.layerDecay", new UniformSingleOption(0.65f, 1, false, defaults.FineTuning.LayerDecay));
        AddRegularisation(space, defaults, keepsHead || whole ? 0.15f : null, 1.5f, keepsHead || whole ? 0.4f : null);
        if (!keepsHead) AddHead(space, defaults);
        if (!whole) return space;
        AddMomentum(space, defaults);
        AddBatch(space, defaults);
        return space;
    }

    // Features are computed once, of whole pictures: no change of them reaches the head, which is drawn anew or learns at that rate.
    private static SearchSpace ForHead(TrainingOptions defaults, bool keepsHead, bool whole)
    {
        SearchSpace space = Begin(defaults, (5e-3f, 0.3f), (2e-4f, 1e-2f), (1e-6f, 1e-3f), (1e-4f, 0.1f));
        space.AddFixed(Schedule, Parameter.FromEnum(ScheduleKind.Cosine));
        space.Add(Smoothing, new UniformSingleOption(0, 0.15f, false, defaults.Loss.LabelSmoothing));
        if (!keepsHead) AddHead(space, defaults);
        if (whole) AddBatch(space, defaults);
        return space;
    }

    private static void AddHead(SearchSpace space, TrainingOptions defaults)
    {
        HeadOptions head = (defaults.FineTuning.Head ?? new()) with { Dropout = 0 };
        space.Add(
            TunedSettings.Head,
            Choose(Parameter.FromString($"{head}"), Parameter.FromString("linear"), Parameter.FromString("dense=256"))
        );
        space.Add(HeadDropout, new UniformSingleOption(0, 0.5f, false, defaults.FineTuning.Head?.Dropout ?? 0));
    }

    // Rates and decays of SGD and of Adam's kind differ by orders of magnitude. Only AdamW's decay is not part of the gradient.
    private static SearchSpace Begin(
        TrainingOptions defaults,
        (float Min, float Max) sgdRate,
        (float Min, float Max) adamRate,
        (float Min, float Max) gradientDecay,
        (float Min, float Max) adamWDecay
    )
    {
        OptimisationOptions usual = defaults.Optimisation;
        Parameter sgd = Parameter.FromEnum(OptimiserKind.Sgd), adamW = Parameter.FromEnum(OptimiserKind.AdamW);
        ChoiceOption optimiser = Choose(Parameter.FromEnum(usual.Optimiser), sgd, adamW);
        Parameter[] adams = [.. optimiser.Choices.Where(c => !c.Equals(sgd))];
        Condition inGradient = new(Optimiser, [.. optimiser.Choices.Where(c => !c.Equals(adamW))]);
        return new()
        {
            { Optimiser, optimiser },
            { Rate, Log(sgdRate, usual.LearningRate, usual.Optimiser == OptimiserKind.Sgd) with { When = [new(Optimiser, sgd)] } },
            { Rate, Log(adamRate, usual.LearningRate, usual.Optimiser != OptimiserKind.Sgd) with { When = [new(Optimiser, adams)] } },
            { Decay, Log(gradientDecay, usual.WeightDecay, usual.Optimiser != OptimiserKind.AdamW) with { When = [inGradient] } },
            { Decay, Log(adamWDecay, usual.WeightDecay, usual.Optimiser == OptimiserKind.AdamW) with { When = [new(Optimiser, adamW)] } },
        };
    }

    private static void AddMomentum(SearchSpace space, TrainingOptions defaults) =>
        space.Add(
            Momentum,
            new UniformSingleOption(0.8f, 0.98f, false, defaults.Optimisation.Momentum)
            {
                LogOfComplement = true,
                When = [new(Optimiser, Parameter.FromEnum(OptimiserKind.Sgd))],
            }
        );

    private static void AddRegularisation(
        SearchSpace space,
        TrainingOptions defaults,
        float? smoothing,
        float strength,
        float? mixup
    )
    {
        if (smoothing is { } most) space.Add(Smoothing, new UniformSingleOption(0, most, false, defaults.Loss.LabelSmoothing));
        AugmentationOptions usual = defaults.Augmentation;
        if (usual.Warps || usual.Brightness > 0 || usual.Contrast > 0 || usual.Sharpness > 0)
            space.Add(TunedSettings.Strength, new UniformSingleOption(0, strength, false, 1));
        if (mixup is { } largest)
            space.Add(Mixup, new UniformSingleOption(0.05f, largest, true, usual.Mixup) { ZeroShare = OffShare });
    }

    private static void AddDropout(SearchSpace space, TrainingOptions defaults, Architecture? architecture) =>
        space.Add(Dropout, new UniformSingleOption(0, 0.5f, false, defaults.Network.Dropout ?? architecture?.Dropout ?? 0));

    private static void AddBatch(SearchSpace space, TrainingOptions defaults) =>
        space.Add("optimisation.batchSize", new UniformIntOption(16, 128, true, defaults.Optimisation.BatchSize) { Step = 2 });

    // The default of the optimiser that is not the recommended one: the middle of its range.
    private static UniformSingleOption Log((float Min, float Max) range, float usual, bool isUsual) =>
        new(range.Min, range.Max, true, isUsual ? usual : MathF.Sqrt(range.Min * range.Max));

    // The recommended value is always among the choices.
    private static ChoiceOption Choose(Parameter usual, params Parameter[] choices) =>
        new(choices.Contains(usual) ? choices : [usual, .. choices], usual);

    private static Parameter Times(int width, double factor) => Parameter.FromInt(Math.Max(1, (int)Math.Round(width * factor)));
}

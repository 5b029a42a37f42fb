using System.CommandLine;
using EmotionMLNet.Architectures;
using EmotionMLNet.Formatting;
using EmotionMLNet.Onnx;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Terminal;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>
/// The command-line form of every training setting. What is not given is left to the settings file and the architecture's defaults.
/// </summary>
internal static class TrainSettings
{
    /// <summary>Ways to hold weights by their names on the command line.</summary>
    public static readonly Dictionary<string, OnnxWeights> WeightFormats = new()
    {
        ["float32"] = OnnxWeights.Full,
        ["float16"] = OnnxWeights.Half,
        ["int8"] = OnnxWeights.Quantised,
    };

    private static readonly Dictionary<string, OptimiserKind> Optimisers = new()
    {
        ["sgd"] = OptimiserKind.Sgd,
        ["adam"] = OptimiserKind.Adam,
        ["adamw"] = OptimiserKind.AdamW,
        ["radam"] = OptimiserKind.RAdam,
    };

    private static readonly Dictionary<string, ScheduleKind> Schedules = new()
    {
        ["constant"] = ScheduleKind.Constant,
        ["step"] = ScheduleKind.Step,
        ["exponential"] = ScheduleKind.Exponential,
        ["cosine"] = ScheduleKind.Cosine,
        ["one-cycle"] = ScheduleKind.OneCycle,
        ["plateau"] = ScheduleKind.Plateau,
    };

    private static readonly Dictionary<string, SelectionMetric> Metrics = new()
    {
        ["accuracy"] = SelectionMetric.Accuracy,
        ["macro-f1"] = SelectionMetric.MacroF1,
        ["loss"] = SelectionMetric.Loss,
        ["average-precision"] = SelectionMetric.AveragePrecision,
    };

    private static readonly Dictionary<string, ResizeMode> Resizes = new()
    {
        ["stretch"] = ResizeMode.Stretch,
        ["crop"] = ResizeMode.CentreCrop,
        ["pad"] = ResizeMode.Pad,
    };

    private static readonly Dictionary<string, FaceSearch> FaceSearches = new()
    {
        ["off"] = FaceSearch.Off,
        ["largest"] = FaceSearch.Largest,
    };

    private static readonly Dictionary<string, BlockKind> Blocks = new() { ["plain"] = BlockKind.Plain, ["residual"] = BlockKind.Residual };

    private static readonly SettingSection<TrainingOptions> Run = new("", o => o, (_, o) => o);
    private static readonly SettingSection<DataOptions> Data = new("data", o => o.Data, (o, s) => o with { Data = s });
    private static readonly SettingSection<TrainingSetOptions> TrainingSet = new(
        "trainingSet",
        o => o.TrainingSet,
        (o, s) => o with { TrainingSet = s }
    );
    private static readonly SettingSection<NetworkOptions> Network = new("network", o => o.Network, (o, s) => o with { Network = s });
    private static readonly SettingSection<OptimisationOptions> Optimisation = new(
        "optimisation",
        o => o.Optimisation,
        (o, s) => o with { Optimisation = s }
    );
    private static readonly SettingSection<AugmentationOptions> Augmentation = new(
        "augmentation",
        o => o.Augmentation,
        (o, s) => o with { Augmentation = s }
    );
    private static readonly SettingSection<ProgressiveOptions> Progressive = new(
        "progressive",
        o => o.Progressive,
        (o, s) => o with { Progressive = s }
    );
    private static readonly SettingSection<LossOptions> Loss = new("loss", o => o.Loss, (o, s) => o with { Loss = s });
    private static readonly SettingSection<DistillationOptions> Distillation = new(
        "distillation",
        o => o.Distillation,
        (o, s) => o with { Distillation = s }
    );
    private static readonly SettingSection<FineTuningOptions> FineTuning = new(
        "fineTuning",
        o => o.FineTuning,
        (o, s) => o with { FineTuning = s }
    );
    private static readonly SettingSection<OutputOptions> Output = new("output", o => o.Output, (o, s) => o with { Output = s });

    private static readonly (string Title, TrainSetting[] Settings)[] Groups =
    [
        ("Length, learning rate, optimiser",
        [
            Optimisation.Number<int>("epochs", "Passes over the training images.", (s, v) => s with { Epochs = v }, s => s.Epochs),
            Optimisation.Text("time", "DURATION",
                "How long the run may take: 90s, 15m, 2h. The number of epochs is chosen, and the schedule laid out, to fit.",
                (s, v) => s with { Time = Duration.Parse(v) }),
            Optimisation.Number<int>("batchSize", "Images a step.", (s, v) => s with { BatchSize = v }, s => s.BatchSize),
            Optimisation.Number<float>(
                "learningRate",
                "Peak learning rate; by default the architecture's, a tenth of it from trained weights.",
                (s, v) => s with { LearningRate = v, IsFineTuningRate = false },
                s => s.LearningRate
            ),
            Optimisation.Choice(
                "optimiser",
                "How gradients change weights.",
                Optimisers,
                (s, v) => s with { Optimiser = v },
                s => s.Optimiser
            ),
            Optimisation.Number<float>(
                "momentum",
                "Of SGD, with Nesterov's look-ahead.",
                (s, v) => s with { Momentum = v },
                s => s.Momentum
            ),
            Optimisation.Number<float>(
                "weightDecay",
                "L2 decay of weights; spares biases and norms.",
                (s, v) => s with { WeightDecay = v },
                s => s.WeightDecay
            ),
            Optimisation.Choice(
                "schedule",
                "How the learning rate changes.",
                Schedules,
                (s, v) => s with { Schedule = v },
                s => s.Schedule
            ),
            Optimisation.Number<float>(
                "warmUp",
                "Epochs of linear rise at the start; by default at most a fifth of all.",
                (s, v) => s with { WarmUp = v },
                s => s.WarmUp
            ),
            Optimisation.Number<float>(
                "gamma",
                "Factor of the step, exponential and plateau schedules.",
                (s, v) => s with { Gamma = v },
                s => s.Gamma
            ),
            Optimisation.Number<int>(
                "gammaEvery",
                "Epochs between steps, or of patience on a plateau.",
                (s, v) => s with { GammaEvery = v },
                s => s.GammaEvery
            ),
            Optimisation.Number<float>(
                "clipNorm",
                "Largest L2 norm of all gradients together; 0 is off.",
                (s, v) => s with { ClipNorm = v == 0 ? null : v },
                s => s.ClipNorm ?? 0
            ),
            Optimisation.Number<float>(
                "sharpness",
                "Sharpness-aware minimisation: how far from the weights the gradient is taken, 0.05 is usual; more than "
                    + "doubles the time of a step; 0 is off.",
                (s, v) => s with { Sharpness = v },
                s => s.Sharpness
            ),
            Optimisation.Number<float>(
                "weightAverage",
                "Decay of the moving average of weights; 0 is off.",
                (s, v) => s with { WeightAverage = v },
                s => s.WeightAverage
            ),
            Optimisation.Choice(
                "metric",
                "What the best epoch is chosen by, on validation.",
                Metrics,
                (s, v) => s with { Metric = v },
                s => s.Metric
            ),
            Optimisation.Number<int>(
                "patience",
                "Stop after so many epochs without improvement; 0 is never.",
                (s, v) => s with { Patience = OrNone(v) },
                s => s.Patience ?? 0
            ),
            Optimisation.Number<float>("minDelta", "What counts as an improvement.", (s, v) => s with { MinDelta = v }, s => s.MinDelta),
        ]),
        ("Labels and loss",
        [
            Data.Text(
                "labels",
                "LIST",
                $"Classes and their order: {LabelList.Forms}. Images of others are left out.",
                (s, v) => s with { Labels = LabelList.Read(v) }
            ),
            Loss.Text("kind", "LOSS", $"{LossFunction.Forms}.", (s, v) => s with { Kind = LossFunction.Parse(v) }, s => s.Kind),
            Loss.Number<float>(
                "labelSmoothing",
                "Share of each target spread over all classes.",
                (s, v) => s with { LabelSmoothing = v },
                s => s.LabelSmoothing
            ),
            Loss.Text("classWeights", "WEIGHTS", "none, auto (inverse frequency), or LABEL=WEIGHT,...",
                (s, v) => s with { ClassWeights = ClassWeighting.Parse(v) }, s => s.ClassWeights),
            TrainingSet.Number<float>("balance", "Sampling of classes: 0 as they are, 0.5 by the square root of their size, 1 all alike.",
                (s, v) => s with { Balance = v }, s => s.Balance),
            TrainingSet.Text(
                "softLabels",
                "FILE.csv",
                "A CSV of votes an image (FER+'s, or path and a column a label) that become training targets.",
                (s, v) => s with { SoftLabels = v }
            ),
            TrainingSet.Number<float>(
                "softWeight",
                "Share of the votes in a target; the rest is the label's.",
                (s, v) => s with { SoftWeight = v },
                s => s.SoftWeight
            ),
            TrainingSet.Text(
                "auxiliary",
                "FILE.csv",
                "A CSV of votes an image (FER+'s, or path and a column an answer) that the network learns as a second task; "
                    + "the saved one has the labels alone.",
                (s, v) => s with { Auxiliary = v }
            ),
            TrainingSet.Number<float>("auxiliaryWeight", "What the second task's loss counts beside that of the labels.",
                (s, v) => s with { AuxiliaryWeight = v }, s => s.AuxiliaryWeight),
        ]),
        (
            "Images",
            [
                Augmentation.Text("", "LIST", $"{AugmentationText.Help}.", (_, v) => AugmentationText.Parse(v)),
                Progressive.Text(
                    "",
                    "LIST",
                    $"Smaller pictures in the first epochs, for less work: {ProgressiveOptions.Help}.",
                    (_, v) => ProgressiveOptions.Parse(v)
                ),
                Network.Number<int>("width", "Network input width in pixels.", (s, v) => s with { Width = v }),
                Network.Number<int>("height", "Network input height in pixels.", (s, v) => s with { Height = v }),
                Network.Number<int>("channels", "1 grey, 3 colour.", (s, v) => s with { Channels = v }),
                Network.Choice(
                    "resize",
                    "What happens to the aspect ratio.",
                    Resizes,
                    (s, v) => s with { Resize = v },
                    s => s.Resize ?? ResizeMode.Stretch
                ),
                Data.Choice(
                    "faces",
                    "largest cuts each picture to its largest face, as 'predict' will; off records that pictures are whole scenes.",
                    FaceSearches,
                    (s, v) => s with { Faces = v }
                ),
                Data.Text(
                    "detector",
                    "FILE",
                    "The face detector; by default faces.zip beside the program.",
                    (s, v) => s with { Detector = v }
                ),
                Data.Number<float>(
                    "faceJitter",
                    "Largest change of the square that is cut, as a share of its side: each face is learned in several cuts.",
                    (s, v) => s with { FaceJitter = v },
                    s => s.FaceJitter
                ),
                TrainingSet.Text(
                    "exclude",
                    "FILE.csv",
                    "A CSV with a column path: training images to leave out.",
                    (s, v) => s with { Exclude = v }
                ),
                TrainingSet.Flag(
                    "dropLeaks",
                    "Leave training images out that stand in validation too or under two labels, and blank ones.",
                    (s, v) => s with { DropLeaks = v }
                ),
            ]
        ),
        (
            "Division where the data has none",
            [
                Data.Number<double>(
                    "validationFraction",
                    "Share that becomes validation where the data has none.",
                    (s, v) => s with { ValidationFraction = v },
                    s => s.ValidationFraction
                ),
                Data.Number<double>(
                    "testFraction",
                    "Share that is set aside as the test where the data has no split.",
                    (s, v) => s with { TestFraction = v },
                    s => s.TestFraction
                ),
                Data.Flag(
                    "similarTogether",
                    "Pictures that look the same stay in one split where the data has none.",
                    (s, v) => s with { SimilarTogether = v }
                ),
                Data.Number<long>(
                    "splitSeed",
                    "Of the division where the data has no split; by default the seed.",
                    (s, v) => s with { SplitSeed = v }
                ),
            ]
        ),
        (
            "Network",
            [
                Network.Text("widths", "LIST", "Filters a stage: 32,64,128.", (s, v) => s with { Widths = WholeNumbers(v) }),
                Network.Text(
                    "depths",
                    "LIST",
                    "Convolutions of each stage of emotion-cnn: 2,2,3,3.",
                    (s, v) => s with { Depths = WholeNumbers(v) }
                ),
                Network.Choice(
                    "blocks",
                    "How emotion-cnn joins the convolutions of a stage.",
                    Blocks,
                    (s, v) => s with { Blocks = v },
                    s => s.Blocks
                ),
                Network.Number<int>(
                    "squeezeReduction",
                    "Squeeze-and-excitation in emotion-cnn, with so many times fewer channels inside; 0 is off.",
                    (s, v) => s with { SqueezeReduction = OrNone(v) },
                    s => s.SqueezeReduction ?? 0
                ),
                Network.Number<float>("dropout", "Rate before the last layer.", (s, v) => s with { Dropout = v }),
                Network.Number<float>(
                    "stochasticDepth",
                    "Probability that training drops the last residual branch for an image, less for those before it.",
                    (s, v) => s with { StochasticDepth = v },
                    s => s.StochasticDepth
                ),
                Network.Number<float>(
                    "widthMultiplier",
                    "Scales the channels of the published backbones.",
                    (s, v) => s with { WidthMultiplier = v },
                    s => s.WidthMultiplier
                ),
            ]
        ),
        ("From trained weights",
        [
            FineTuning.Text(
                "from",
                "MODEL.zip",
                "A model zip or ONNX file to train further, on the same or other classes.",
                (s, v) => s with { From = v }
            ),
            FineTuning.Text(
                "backbone",
                "FILE",
                "A model zip or any ONNX image classifier, whose last layer is replaced by a new one for your classes; an ONNX graph "
                    + "that ends in features, which is given one; or a graph of 'weights list' by name.",
                (s, v) => s with { Backbone = v }
            ),
            FineTuning.Text(
                "weights",
                "FILE|NAME",
                "Start the network from these weights: a .pth, .safetensors or .onnx file, or a name of 'weights list'.",
                (s, v) => s with { Weights = v }
            ),
            FineTuning.Text(
                "head",
                "HEAD",
                $"What takes the place of the last layer of --from, --backbone or --weights: {HeadOptions.Help}.",
                (s, v) => s with { Head = HeadOptions.Parse(v) }
            ),
            FineTuning.Text(
                "freeze",
                "N|all",
                "Blocks that keep their weights, from the input: none, a number, or all (only a new last layer is trained, "
                    + "on features that are computed once).",
                (s, v) => s with { Freeze = Freezing.Parse(v) },
                s => s.Freeze
            ),
            FineTuning.Number<int>("unfreezeEvery", "Begin with the head and release one more block every so many epochs; 0 is off.",
                (s, v) => s with { UnfreezeEvery = OrNone(v) }, s => s.UnfreezeEvery ?? 0),
            FineTuning.Number<float>(
                "layerDecay",
                "Factor of the learning rate from each block to the one before it.",
                (s, v) => s with { LayerDecay = v },
                s => s.LayerDecay
            ),
            FineTuning.Flag("freezeNorm", "Batch norms keep the statistics that they came with.", (s, v) => s with { FreezeNorm = v }),
        ]),
        (
            "Learning from other models",
            [
                Distillation.Text(
                    "teachers",
                    "A.zip,B.zip",
                    "Model zips to learn from besides the labels (knowledge distillation): A.zip,B.zip.",
                    (s, v) => s with { Teachers = v.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) }
                ),
                Distillation.Text(
                    "teacherViews",
                    "VIEWS",
                    $"What teachers look at: {DistillationOptions.ViewsHelp}.",
                    (s, v) => s with { TeacherViews = DistillationOptions.ParseViews(v) },
                    s => s.TeacherViews?.ToString() ?? DistillationOptions.Shown
                ),
                Distillation.Number<float>(
                    "teacherWeight",
                    "Share of the teachers in the loss; the labels have the rest.",
                    (s, v) => s with { TeacherWeight = v },
                    s => s.TeacherWeight
                ),
                Distillation.Number<float>(
                    "teacherTemperature",
                    "Above 1, more is made of what the teachers hold for less likely.",
                    (s, v) => s with { TeacherTemperature = v },
                    s => s.TeacherTemperature
                ),
            ]
        ),
        (
            "Result and machine",
            [
                Output.Flag(
                    "calibrate",
                    "At the end, fit a temperature on validation so that confidence tells how often the label is right; true unless "
                        + "you say false.",
                    (s, v) => s with { Calibrate = v },
                    s => s.Calibrate
                ),
                Output.Choice(
                    "zipWeights",
                    "How the model zip holds the weights; validation measures them so.",
                    WeightFormats,
                    (s, v) => s with { ZipWeights = v },
                    s => s.ZipWeights
                ),
                Output.Text("licence", "TEXT", "What the weights may be used for; recorded in the zip.", (s, v) => s with { Licence = v }),
                Run.Number<int>("seed", "Of everything random.", (s, v) => s with { Seed = v }, s => s.Seed),
                Run.Number<int>(
                    "threads",
                    "Threads; 0 is all cores. The bits of the weights depend on the number, which settings.json keeps.",
                    (s, v) => s with { Threads = OrNone(v) },
                    s => s.Threads ?? 0
                ),
                Data.Flag("strict", "Findings of the pre-flight end the run with exit code 3.", (s, v) => s with { Strict = v }),
            ]
        ),
    ];

    private static readonly TrainSetting[] Settings = [.. Groups.SelectMany(g => g.Settings)];

    /// <summary>Read before all others: the defaults are those of the model's architecture.</summary>
    public static readonly Option<string> From = (Option<string>)Find("fineTuning.from");

    /// <summary>The option of the backbone, as <see cref="From"/>.</summary>
    public static readonly Option<string> Backbone = (Option<string>)Find("fineTuning.backbone");

    /// <summary>The option of published weights: those that are a graph are read before the other settings are known.</summary>
    public static readonly Option<string> Weights = (Option<string>)Find("fineTuning.weights");

    /// <summary>Where it is not given, it follows the number of epochs.</summary>
    public static readonly Option WarmUp = Find("optimisation.warmUp");

    /// <summary>Where nobody gives it, it depends on what training starts from.</summary>
    public static readonly Option LearningRate = Find("optimisation.learningRate");

    /// <summary>--weight-average.</summary>
    public static readonly Option WeightAverage = Find("optimisation.weightAverage");

    /// <summary>The one setting that a resumed run may change.</summary>
    public static readonly Option Threads = Find("threads");

    /// <summary>Options of all settings.</summary>
    public static IEnumerable<Option> Options => Settings.Select(s => s.Option);

    /// <summary>Paths of all settings that have an option.</summary>
    public static IEnumerable<string> Paths => Settings.Select(s => s.Path);

    /// <summary>Lays what the command line says over other settings.</summary>
    /// <exception cref="UserException">A value is not understood.</exception>
    public static TrainingOptions Apply(TrainingOptions options, ParseResult parsed)
    {
        foreach (TrainSetting setting in Settings)
            if (IsGiven(parsed, setting.Option)) options = setting.Apply(options, parsed);
        return options;
    }

    /// <summary>
    /// The same of the input size alone: an ONNX file may leave it to us, and is read before the other settings are known.
    /// </summary>
    public static TrainingOptions ApplySize(TrainingOptions options, ParseResult parsed)
    {
        foreach (TrainSetting setting in Settings.Where(s => s.Path is "network.width" or "network.height"))
            if (IsGiven(parsed, setting.Option)) options = setting.Apply(options, parsed);
        return options;
    }

    /// <summary>Paths of the settings that stand on the command line.</summary>
    public static IEnumerable<string> FindGiven(ParseResult parsed) => Settings.Where(s => IsGiven(parsed, s.Option)).Select(s => s.Path);

    /// <summary>Whether an option stands on the command line.</summary>
    public static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>Adds the settings to a verb in groups, each with its default.</summary>
    /// <param name="verb">Takes them.</param>
    /// <param name="left">Names of those that it has in another form.</param>
    public static void AddTo(Verb verb, params IReadOnlyCollection<string> left)
    {
        TrainingOptions defaults = TrainingDefaults.For("emotion-cnn", "");
        foreach ((string title, TrainSetting[] settings) in Groups)
        {
            TrainSetting[] taken = [.. settings.Where(s => !left.Contains(s.Option.Name))];
            verb.Add(title, [.. taken.Select(s => s.Option)]);
            foreach (TrainSetting setting in taken)
                if (setting.Default(defaults) is { Length: > 0 } shown) verb.Help.SetDefault(setting.Option, shown);
        }
        verb.Help.Notes =
        [
            .. verb.Help.Notes,
            "Defaults are those of emotion-cnn; other networks have their own, and settings.json in the run folder has what a run used.",
        ];
    }

    private static Option Find(string path) => Settings.First(s => s.Path == path).Option;

    private static int[] WholeNumbers(string text) =>
        [
            .. text.Split(',', StringSplitOptions.TrimEntries)
                .Select(n => Numbers.Read(n, out int v) is { } problem ? throw new FormatException(problem) : v),
        ];

    // On the command line 0 is what a settings file says by null.
    private static int? OrNone(int value) => value == 0 ? null : value;
}

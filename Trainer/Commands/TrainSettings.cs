using EmotionMLNet.Trainer.Rendering;
using EmotionMLNet.Training.Comparison.Reports;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training;
using EmotionMLNet.Formatting;
using EmotionMLNet.Terminal;
using System.CommandLine;
using EmotionMLNet.Architectures;
using EmotionMLNet.Onnx;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Augmentation;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.Budget;
using EmotionMLNet.Training.Losses;
using EmotionMLNet.Training.Runs.Distillation;
using EmotionMLNet.Training.Runs.Progressive;
using EmotionMLNet.Training.Transfer;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>The command-line form of every training setting. What is not given is left to the settings file and the architecture's defaults.</summary>
internal static class TrainSettings
{
    /// <summary>Read before all others: the defaults are those of the model's architecture.</summary>
    public static readonly Option<string> From = new("--from") { HelpName = "MODEL.zip", Description = "A model zip or ONNX file to train further, on the same or other classes." };

    /// <summary>As <see cref="From"/>.</summary>
    public static readonly Option<string> Backbone = new("--backbone") { HelpName = "FILE", Description = "A model zip or any ONNX image classifier, whose last layer is replaced by a new one for your classes." };

    /// <summary>An ONNX file may leave the size to us.</summary>
    public static readonly Option<int> Width = new NumberOption<int>("--width") { Description = "Network input width in pixels." };

    /// <summary>As <see cref="Width"/>.</summary>
    public static readonly Option<int> Height = new NumberOption<int>("--height") { Description = "Network input height in pixels." };

    /// <summary>Where it is not given, it follows the number of epochs.</summary>
    public static readonly Option<float> WarmUp = new NumberOption<float>("--warmup") { Description = "Epochs of linear rise at the start; by default at most a fifth of all." };

    /// <summary>Where nobody gives it, it depends on what training starts from.</summary>
    public static readonly Option<float> LearningRate = new NumberOption<float>("--lr") { Description = "Peak learning rate; by default the architecture's, a tenth of it from trained weights." };

    /// <summary>The one setting that a resumed run may change.</summary>
    public static readonly Option<int> Threads = new NumberOption<int>("--threads") { Description = "Threads; 0 is all cores. The bits of the weights depend on the number, which settings.json keeps." };

    /// <summary>Ways to hold weights by their names on the command line.</summary>
    public static readonly Dictionary<string, OnnxWeights> WeightFormats = new() { ["float32"] = OnnxWeights.Full, ["float16"] = OnnxWeights.Half, ["int8"] = OnnxWeights.Quantised };

    private static readonly (string Title, TrainSetting[] Settings)[] Groups =
    [
        ("Length, learning rate, optimiser",
        [
            Number<int>("--epochs", "Passes over the training images.", (o, v) => o with { Epochs = v }, o => o.Epochs),
            Text("--time", "DURATION", "How long the run may take: 90s, 15m, 2h. The number of epochs is chosen, and the schedule laid out, to fit.", (o, v) => o with { Time = Duration.Parse(v, "--time") }),
            Number<int>("--batch", "Images a step.", (o, v) => o with { BatchSize = v }, o => o.BatchSize),
            new(LearningRate, (o, parsed) => o with { LearningRate = parsed.GetValue(LearningRate), IsFineTuningRate = false }, o => o.LearningRate),
            Choice<OptimiserKind>("--optimiser", "How gradients change weights.", new() { ["sgd"] = OptimiserKind.Sgd, ["adam"] = OptimiserKind.Adam, ["adamw"] = OptimiserKind.AdamW, ["radam"] = OptimiserKind.RAdam }, (o, v) => o with { Optimiser = v }, o => o.Optimiser),
            Number<float>("--momentum", "Of SGD, with Nesterov's look-ahead.", (o, v) => o with { Momentum = v }, o => o.Momentum),
            Number<float>("--weight-decay", "L2 decay of weights; spares biases and norms.", (o, v) => o with { WeightDecay = v }, o => o.WeightDecay),
            Choice<ScheduleKind>("--schedule", "How the learning rate changes.", new() { ["constant"] = ScheduleKind.Constant, ["step"] = ScheduleKind.Step, ["exponential"] = ScheduleKind.Exponential, ["cosine"] = ScheduleKind.Cosine, ["one-cycle"] = ScheduleKind.OneCycle, ["plateau"] = ScheduleKind.Plateau }, (o, v) => o with { Schedule = v }, o => o.Schedule),
            new(WarmUp, (o, parsed) => o with { WarmUp = parsed.GetValue(WarmUp) }, o => o.WarmUp),
            Number<float>("--gamma", "Factor of the step, exponential and plateau schedules.", (o, v) => o with { Gamma = v }, o => o.Gamma),
            Number<int>("--gamma-every", "Epochs between steps, or of patience on a plateau.", (o, v) => o with { GammaEvery = v }, o => o.GammaEvery),
            Number<float>("--clip", "Largest L2 norm of all gradients together; 0 is off.", (o, v) => o with { ClipNorm = v }, o => o.ClipNorm),
            Number<float>("--sam", "Sharpness-aware minimisation: how far from the weights the gradient is taken, 0.05 is usual; more than doubles the time of a step; 0 is off.", (o, v) => o with { Sharpness = v }, o => o.Sharpness),
            Number<float>("--ema", "Decay of the moving average of weights; 0 is off.", (o, v) => o with { WeightAverage = v }, o => o.WeightAverage),
            Choice<SelectionMetric>("--metric", "What the best epoch is chosen by, on validation.", new() { ["accuracy"] = SelectionMetric.Accuracy, ["macro-f1"] = SelectionMetric.MacroF1, ["loss"] = SelectionMetric.Loss }, (o, v) => o with { Metric = v }, o => o.Metric),
            Number<int>("--patience", "Stop after so many epochs without improvement; 0 is never.", (o, v) => o with { Patience = v }, o => o.Patience),
            Number<float>("--min-delta", "What counts as an improvement.", (o, v) => o with { MinDelta = v }, o => o.MinDelta),
        ]),
        ("Labels and loss",
        [
            Text("--labels", "LIST", $"Classes and their order: {LabelList.Forms}. Images of others are left out.", (o, v) => o with { Labels = v }),
            Text("--loss", "LOSS", LossText.Help + ".", (o, v) => o with { Loss = v }, o => o.Loss),
            Number<float>("--label-smoothing", "Share of each target spread over all classes.", (o, v) => o with { LabelSmoothing = v }, o => o.LabelSmoothing),
            Text("--class-weights", "WEIGHTS", "none, auto (inverse frequency), or LABEL=WEIGHT,...", (o, v) => o with { ClassWeights = v }, o => o.ClassWeights),
            Number<float>("--balance", "Sampling of classes: 0 as they are, 0.5 by the square root of their size, 1 all alike.", (o, v) => o with { Balance = v }, o => o.Balance),
            Text("--soft-labels", "FILE.csv", "A CSV of votes an image (FER+'s, or path and a column a label) that become training targets.", (o, v) => o with { SoftLabels = v }),
            Number<float>("--soft-weight", "Share of the votes in a target; the rest is the label's.", (o, v) => o with { SoftWeight = v }, o => o.SoftWeight),
            Text("--auxiliary", "FILE.csv", "A CSV of votes an image (FER+'s, or path and a column an answer) that the network learns as a second task; the saved one has the labels alone.", (o, v) => o with { Auxiliary = v }),
            Number<float>("--auxiliary-weight", "What the second task's loss counts beside that of the labels.", (o, v) => o with { AuxiliaryWeight = v }, o => o.AuxiliaryWeight),
        ]),
        ("Images",
        [
            Text("--augment", "LIST", AugmentationText.Help + ".", (o, v) => o with { Augmentation = AugmentationText.Parse(v) }),
            Text("--progressive", "LIST", $"Smaller pictures in the first epochs, for less work: {ProgressiveOptions.Help}.", (o, v) => o with { Progressive = ProgressiveOptions.Parse(v) }),
            new(Width, (o, parsed) => o with { Width = parsed.GetValue(Width) }, _ => null),
            new(Height, (o, parsed) => o with { Height = parsed.GetValue(Height) }, _ => null),
            Number<int>("--channels", "1 grey, 3 colour.", (o, v) => o with { Channels = v }),
            Choice<ResizeMode>("--resize", "What happens to the aspect ratio.", new() { ["stretch"] = ResizeMode.Stretch, ["crop"] = ResizeMode.CentreCrop, ["pad"] = ResizeMode.Pad }, (o, v) => o with { Resize = v }, o => o.Resize),
            Text("--exclude", "FILE.csv", "A CSV with a column path: training images to leave out.", (o, v) => o with { Exclude = v }),
            Flag("--drop-leaks", "Leave training images out that stand in validation too or under two labels, and blank ones.", (o, v) => o with { DropLeaks = v }),
        ]),
        ("Division where the data has none",
        [
            Number<double>("--validation-fraction", "Share that becomes validation where the data has none.", (o, v) => o with { ValidationFraction = v }, o => o.ValidationFraction),
            Number<double>("--test-fraction", "Share that is set aside as the test where the data has no split.", (o, v) => o with { TestFraction = v }, o => o.TestFraction),
            Flag("--similar-together", "Pictures that look the same stay in one split where the data has none.", (o, v) => o with { SimilarTogether = v }),
            Number<int>("--split-seed", "Of the division where the data has no split; by default the seed.", (o, v) => o with { SplitSeed = v }),
        ]),
        ("Network",
        [
            Text("--widths", "LIST", "Filters a stage: 32,64,128.", (o, v) => o with { Widths = WholeNumbers("--widths", v) }),
            Text("--depth", "LIST", "Convolutions of each stage of emotion-cnn: 2,2,3,3.", (o, v) => o with { Blocks = o.Blocks with { Depths = WholeNumbers("--depth", v) } }),
            Choice<BlockKind>("--blocks", "How emotion-cnn joins the convolutions of a stage.", new() { ["plain"] = BlockKind.Plain, ["residual"] = BlockKind.Residual }, (o, v) => o with { Blocks = o.Blocks with { Kind = v } }, o => o.Blocks.Kind),
            Number<int>("--se", "Squeeze-and-excitation in emotion-cnn, with so many times fewer channels inside; 0 is off.", (o, v) => o with { Blocks = o.Blocks with { SqueezeReduction = v } }, o => o.Blocks.SqueezeReduction),
            Number<float>("--dropout", "Rate before the last layer.", (o, v) => o with { Dropout = v }),
            Number<float>("--stochastic-depth", "Probability that training drops the last residual branch for an image, less for those before it.", (o, v) => o with { Blocks = o.Blocks with { StochasticDepth = v } }, o => o.Blocks.StochasticDepth),
            Number<float>("--width-multiplier", "Scales the channels of the published backbones.", (o, v) => o with { WidthMultiplier = v }, o => o.WidthMultiplier),
        ]),
        ("From trained weights",
        [
            new(From, (o, parsed) => o with { From = parsed.GetValue(From) }, _ => null),
            new(Backbone, (o, parsed) => o with { Backbone = parsed.GetValue(Backbone) }, _ => null),
            Text("--weights", "FILE|NAME", "Start the network from these weights: a .pth, .safetensors or .onnx file, or a name of 'weights list'.", (o, v) => o with { Weights = v }),
            Text("--head", "HEAD", $"What takes the place of the last layer of --from, --backbone or --weights: {HeadOptions.Help}.", (o, v) => o with { Head = HeadOptions.Parse(v) }),
            Text("--freeze", "N|all", "Blocks that keep their weights, from the input: none, a number, or all (only a new last layer is trained, on features that are computed once).", (o, v) => o with { Freeze = v }, o => o.Freeze),
            Number<int>("--unfreeze-every", "Begin with the head and release one more block every so many epochs; 0 is off.", (o, v) => o with { UnfreezeEvery = v }, o => o.UnfreezeEvery),
            Number<float>("--layer-decay", "Factor of the learning rate from each block to the one before it.", (o, v) => o with { LayerDecay = v }, o => o.LayerDecay),
            Flag("--freeze-norm", "Batch norms keep the statistics that they came with.", (o, v) => o with { FreezeNorm = v }),
        ]),
        ("Learning from other models",
        [
            Text("--teacher", "A.zip,B.zip", "Model zips to learn from besides the labels (knowledge distillation): A.zip,B.zip.", (o, v) => o with { Distillation = o.Distillation with { Teachers = v.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) } }),
            Text("--teacher-views", "VIEWS", $"What teachers look at: {DistillationOptions.ViewsHelp}.", (o, v) => o with { Distillation = o.Distillation with { Views = v } }, o => o.Distillation.Views),
            Number<float>("--teacher-weight", "Share of the teachers in the loss; the labels have the rest.", (o, v) => o with { Distillation = o.Distillation with { Weight = v } }, o => o.Distillation.Weight),
            Number<float>("--teacher-temperature", "Above 1, more is made of what the teachers hold for less likely.", (o, v) => o with { Distillation = o.Distillation with { Temperature = v } }, o => o.Distillation.Temperature),
        ]),
        ("Result and machine",
        [
            Flag("--calibrate", "At the end, fit a temperature on validation so that confidence tells how often the label is right; true unless you say false.", (o, v) => o with { Calibrate = v }, o => o.Calibrate),
            Choice<OnnxWeights>("--zip-weights", "How the model zip holds the weights; validation measures them so.", WeightFormats, (o, v) => o with { ZipWeights = v }, o => o.ZipWeights),
            Text("--licence", "TEXT", "What the weights may be used for; recorded in the zip.", (o, v) => o with { Licence = v }),
            Number<int>("--seed", "Of everything random.", (o, v) => o with { Seed = v }, o => o.Seed),
            new(Threads, (o, parsed) => o with { Threads = parsed.GetValue(Threads) }, o => o.Threads),
            Flag("--strict", "Findings of the pre-flight end the run with exit code 3.", (o, v) => o with { Strict = v }),
        ]),
    ];

    private static readonly TrainSetting[] Settings = [.. Groups.SelectMany(g => g.Settings)];

    public static IEnumerable<Option> Options => Settings.Select(s => s.Option);

    /// <summary>Lays what the command line says over other settings.</summary>
    /// <exception cref="UserException">A value is not understood.</exception>
    public static TrainingOptions Apply(TrainingOptions options, ParseResult parsed)
    {
        foreach (TrainSetting setting in Settings)
            if (IsGiven(parsed, setting.Option)) options = setting.Apply(options, parsed);
        return options;
    }

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
        verb.Help.Notes = [.. verb.Help.Notes, "Defaults are those of emotion-cnn; other networks have their own, and settings.json in the run folder has what a run used."];
    }

    private static TrainSetting Text(string name, string value, string description, Func<TrainingOptions, string, TrainingOptions> set, Func<TrainingOptions, object?>? get = null)
    {
        var option = new Option<string>(name) { HelpName = value, Description = description };
        return new(option, (o, parsed) => set(o, parsed.GetValue(option)!), get ?? (_ => null));
    }

    private static TrainSetting Flag(string name, string description, Func<TrainingOptions, bool, TrainingOptions> set, Func<TrainingOptions, object?>? get = null)
    {
        var option = new FlagOption(name) { Description = description };
        return new(option, (o, parsed) => set(o, parsed.GetValue(option)), get ?? (_ => null));
    }

    private static TrainSetting Number<T>(string name, string description, Func<TrainingOptions, T, TrainingOptions> set, Func<TrainingOptions, object?>? get = null) where T : struct, System.Numerics.INumber<T>
    {
        var option = new NumberOption<T>(name) { Description = description };
        return new(option, (o, parsed) => set(o, parsed.GetValue(option)), get ?? (_ => null));
    }

    private static TrainSetting Choice<T>(string name, string description, Dictionary<string, T> choices, Func<TrainingOptions, T, TrainingOptions> set, Func<TrainingOptions, T>? get = null) where T : struct
    {
        var option = new ChoiceOption(name, [.. choices.Keys]) { Description = description };
        return new(option, (o, parsed) => set(o, choices[parsed.GetValue(option)!]), o => get is null ? null : choices.First(c => EqualityComparer<T>.Default.Equals(c.Value, get(o))).Key);
    }

    private static int[] WholeNumbers(string option, string text)
        => [.. text.Split(',', StringSplitOptions.TrimEntries).Select(n => Numbers.Read(n, out int v) is { } problem ? throw new UserException($"{option} '{text}': {problem}.") : v)];
}

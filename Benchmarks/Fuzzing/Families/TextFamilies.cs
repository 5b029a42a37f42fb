using EmotionMLNet.Training.Options;
using EmotionMLNet.Formatting;
using System.CommandLine;
using System.Text;
using EmotionMLNet.Benchmarks.Fuzzing.Mutation;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Terminal;
using EmotionMLNet.Training.Augmentation;
using EmotionMLNet.Trainer.Commands;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.Budget;
using EmotionMLNet.Training.Losses;
using EmotionMLNet.Training.Runs.Progressive;
using EmotionMLNet.Training.Transfer;

namespace EmotionMLNet.Benchmarks.Fuzzing.Families;

/// <summary>Small languages of the command line, each with one line: a name, a blank, the text.</summary>
internal sealed class OptionTextFamily() : FormatFamily("option-texts")
{
    private static readonly byte[][] Words =
    [
        .. (
            "none flip crop= rotate=10 shift=0.1 scale= aspect brightness contrast sharpness erase mixup cutmix chance mix "
            + "gce=0.7 bootstrap=0.95 cross-entropy 90s 15m 2h 1h30m 01:00:00 . , = : + side=0.6667 epochs=0.5 linear dense=256 "
            + "dropout=0.5 crops:0.9 windows flip+crops auto happy=2 sad=0.5 NaN Infinity 1e999 0,5 %"
        )
            .Split(' ')
            .Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly ImageSet Images = new(Split.Train, "train", ["happy", "sad"], [0, 1, 0], [[0], [0], [0]], ["1", "2", "3"]);

    private static readonly Dictionary<string, Func<string, ulong>> Parsers = new()
    {
        ["augment"] = text => Checked(AugmentationText.Parse(text).FindProblems().Count(), () => Finite(AugmentationText.Parse(text))),
        ["loss"] = text =>
            (ulong)LossFactory.Make(LossFunction.Parse(text), Networks.OutputHead.Softmax, 3, 0.1f, null).GetType().Name.Length,
        ["duration"] = text =>
            Duration.Parse(text) is { } time && time > TimeSpan.FromDays(1000)
                ? throw new BrokenPromiseException("a run of three years")
                : 1UL,
        ["progressive"] = text =>
            Checked(ProgressiveOptions.Parse(text).FindProblems().Count(), () => Finite(ProgressiveOptions.Parse(text))),
        ["head"] = text => Checked(HeadOptions.Parse(text).FindProblems().Count(), () => Finite(HeadOptions.Parse(text))),
        ["tta"] = text =>
            TestTimeAugmentation.TryParse(text, out TestTimeAugmentation? views)
                ? TestTimeAugmentation.TryParse(views.ToString(), out _)
                    ? 1UL
                    : throw new BrokenPromiseException("views that do not read back")
                : throw Refused(),
        ["whole"] = text => Numbers.Read(text, out int _) is { } problem ? throw new UserException(problem) : 1UL,
        ["fraction"] = text =>
            Numbers.Read(text, out double value) is { } problem ? throw new UserException(problem)
            : double.IsFinite(value) ? 1UL
            : throw new BrokenPromiseException("a number that is not finite"),
        ["weights"] = text =>
            RunFactory.ComputeClassWeights(ClassWeighting.Parse(text), Images) is { } weights
            && !weights.All(w => float.IsFinite(w) && w > 0)
                ? throw new BrokenPromiseException("a class weight that is no positive number")
                : 1UL,
        ["labels"] = text => (ulong)LabelList.Read(text).Length,
        ["shown"] = text =>
            PrintableText.Line(text).AsSpan().ContainsAnyInRange('\0', '\x1F')
                ? throw new BrokenPromiseException("a control character is shown")
                : 1UL,
    };

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. new[]
        {
            "augment flip,rotate=10,shift=0.1",
            "augment none",
            "augment crop=0.8,mixup=0.2,cutmix,mix=0.5,chance=0.5",
            "loss gce=0.7",
            "loss cross-entropy",
            "loss bootstrap",
            "duration 1h30m",
            "duration 90s",
            "duration 01:30:00",
            "progressive side=0.6667,epochs=0.5",
            "head dense=256,dropout=0.5",
            "head linear",
            "tta flip+crops:0.9",
            "tta none",
            "tta windows",
            "whole 12",
            "fraction 0.001",
            "fraction -1e-3",
            "weights happy=2,sad=0.5",
            "weights auto",
            "labels happy,sad",
            "shown a\u001B[31m",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public override int TestInputs => 10_000;

    public override int BlockInputs => 100_000;

    public override byte[] Mutate(ReadOnlySpan<byte> raw, FuzzRandom random, ReadOnlySpan<byte> other)
    {
        int blank = raw.IndexOf((byte)' ') + 1;
        return [.. raw[..blank], .. ByteMutator.Mutate(raw[blank..], random, Words, other)];
    }

    public override ulong Read(byte[] file, Scratch scratch)
    {
        string line = Encoding.UTF8.GetString(file);
        int blank = line.IndexOf(' ', StringComparison.Ordinal);
        if (blank < 0 || !Parsers.TryGetValue(line[..blank], out Func<string, ulong>? parse)) return 0; // the minimiser tries such
        try
        {
            return (ulong)line[0] << 32 | parse(line[(blank + 1)..]);
        }
        catch (FormatException e) // what the parsers document; the command line makes a line of it
        {
            throw new UserException(e.Message);
        }
    }

    private static UserException Refused() => new("refused");

    private static ulong Checked(int problems, Action holds)
    {
        if (problems > 0) return 2;
        holds();
        return 1;
    }

    private static void Finite(object options)
    {
        foreach (System.Reflection.PropertyInfo property in options.GetType().GetProperties())
            if (
                property.PropertyType == typeof(float)
                && property.GetMethod is { IsStatic: false }
                && !float.IsFinite((float)property.GetValue(options)!)
            )
                throw new BrokenPromiseException($"{options.GetType().Name}.{property.Name} is not finite and no problem");
    }
}

/// <summary>Command lines of training, an argument a line: parsed, laid over the defaults and checked.</summary>
internal sealed class CommandLineFamily() : FormatFamily("command-line")
{
    private static readonly RootCommand Train = Make();

    private static readonly byte[][] Words =
    [
        .. Train
            .Options.SelectMany(o => new[] { $"\n{o.Name}\n", $"{o.Name}=" })
            .Concat([
                "\n",
                "0,5",
                "1e9",
                "none",
                "all",
                "@x",
                "--",
                "-",
                "auto",
                "NaN",
                "1.000",
                "2147483648",
                "happy,sad",
                "gce=2",
                "flip",
                "sgd",
                "cosine",
            ])
            .Select(Encoding.UTF8.GetBytes),
    ];

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. new[]
        {
            "--epochs\n3\n--learning-rate\n0.1\n--optimiser\nadamw\n--schedule\ncosine\n--warm-up\n1",
            "--augmentation\nflip,rotate=10\n--loss\ngce=0.7\n--class-weights\nauto\n--time\n15m",
            "--widths\n8,16\n--depths\n1,1\n--blocks\nresidual\n--squeeze-reduction\n4\n--labels\nhappy,sad",
            "--progressive\nside=0.5\n--head\ndense=4\n--weights\nx.pth\n--freeze\n1\n--layer-decay\n0.5",
            "--teachers\na.zip,b.zip\n--teacher-views\nflip\n--batch-size=8\n--seed=-1\n--calibrate\nfalse",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public override int BlockInputs => 5000;

    public override byte[] Mutate(ReadOnlySpan<byte> raw, FuzzRandom random, ReadOnlySpan<byte> other) =>
        ByteMutator.Mutate(raw, random, Words, other);

    public override ulong Read(byte[] file, Scratch scratch)
    {
        ParseResult parsed = Train.Parse(
            Encoding.UTF8.GetString(file).Split('\n', StringSplitOptions.RemoveEmptyEntries),
            new ParserConfiguration { ResponseFileTokenReplacer = null }
        );
        if (parsed.Errors.Count > 0) throw new UserException(parsed.Errors[0].Message.ReplaceLineEndings(" "));
        if (parsed.Action is not null) return 2; // help is shown, whatever else is said
        TrainingOptions options = TrainSettings.Apply(TrainingDefaults.For("emotion-cnn", "data"), parsed);
        return options.FindProblems().Any() ? 1UL : (ulong)SettingsFile.Write(options).Length;
    }

    private static RootCommand Make()
    {
        var command = new RootCommand();
        foreach (Option option in TrainSettings.Options) command.Options.Add(option);
        return command;
    }
}

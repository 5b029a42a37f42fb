using System.CommandLine;
using System.Text.Json.Nodes;
using EmotionMLNet.Faces;
using EmotionMLNet.Terminal;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>The settings of a face detector on the command line, and which of the others it has.</summary>
internal static class FaceSettings
{
    /// <summary>What --task may be.</summary>
    public const string Labels = "labels", Faces = "faces";

    private static readonly SettingSection<FaceOptions> Section = new("faces", o => o.Faces ?? new(), (o, s) => o with { Faces = s });

    private static readonly TrainSetting[] Settings =
    [
        Section.Text(
            "background",
            "DIR",
            "Photographs without a face, from which empty crops are taken.",
            (s, v) => s with { Background = v }
        ),
        Section.Number<int>(
            "cropSide",
            "Side of a training crop in pixels, a multiple of 32.",
            (s, v) => s with { CropSide = v },
            s => s.CropSide
        ),
        Section.Number<int>(
            "cropsPerEpoch",
            "Crops of an epoch; each is drawn anew.",
            (s, v) => s with { CropsPerEpoch = v },
            s => s.CropsPerEpoch
        ),
        Section.Number<float>(
            "smallestFace",
            "Height in pixels of the smallest faces in crops.",
            (s, v) => s with { SmallestFace = v },
            s => s.SmallestFace
        ),
        Section.Number<float>(
            "largestFace",
            "Height in pixels of the largest faces in crops.",
            (s, v) => s with { LargestFace = v },
            s => s.LargestFace
        ),
        Section.Number<float>("emptyCrops", "Share of crops without a face.", (s, v) => s with { EmptyCrops = v }, s => s.EmptyCrops),
        Section.Number<float>(
            "mineAfter",
            "Share of the run after which empty crops show what was taken for a face; 1 is never.",
            (s, v) => s with { MineAfter = v },
            s => s.MineAfter
        ),
        Section.Number<float>("masks", "Share of faces whose lower half is covered.", (s, v) => s with { Masks = v }, s => s.Masks),
        Section.Number<int>("pyramid", "Channels of the network's pyramid and heads.", (s, v) => s with { Pyramid = v }, s => s.Pyramid),
    ];

    // Of the settings of labels, those that mean something here.
    private static readonly string[] Shared =
    [
        "optimisation.",
        "data.validationFraction",
        "data.splitSeed",
        "network.widths",
        "output.zipWeights",
        "output.licence",
        "seed",
        "threads",
    ];

    /// <summary>--task.</summary>
    public static readonly Option<string> Task = new ChoiceOption("--task", Labels, Faces)
    {
        Description = "What is learned: labels of pictures, or faces, where boxes are.",
    };

    /// <summary>Options of the face settings.</summary>
    public static IEnumerable<Option> Options => Settings.Select(s => s.Option);

    /// <summary>Paths of the face settings.</summary>
    public static IEnumerable<string> Paths => Settings.Select(s => s.Path);

    /// <summary>Adds the settings to a verb, each with its default.</summary>
    public static void AddTo(Verb verb)
    {
        TrainingOptions defaults = TrainingDefaults.ForFaces("");
        verb.Add("Face detectors (--task faces)", [.. Options]);
        foreach (TrainSetting setting in Settings)
            if (setting.Default(defaults) is { Length: > 0 } shown) verb.Help.SetDefault(setting.Option, shown);
    }

    /// <summary>Whether a command line or a settings file is about faces.</summary>
    /// <exception cref="UserException">It is about labels, and has options of faces.</exception>
    public static bool IsWanted(ParseResult parsed, JsonObject file)
    {
        bool isFile = file["faces"] is JsonObject;
        string? task = parsed.GetValue(Task);
        if (task == Faces || (task is null && isFile)) return true;
        if (Settings.FirstOrDefault(s => TrainSettings.IsGiven(parsed, s.Option)) is { } given)
            throw new UserException($"{given.Option.Name} is for face detectors: give --task faces too, or leave it away.");
        return isFile
            ? throw new UserException("--task labels: the settings file is of a face detector: give another, or --task faces.")
            : false;
    }

    /// <summary>Sees to it that a settings file is not of a detector, where labels are learned.</summary>
    /// <exception cref="UserException">It is.</exception>
    public static void Refuse(JsonObject file, string path)
    {
        if (file["faces"] is JsonObject)
            throw new UserException($"{path}: these are the settings of a face detector, and labels are learned here: give others.");
    }

    /// <summary>The settings of one run: the defaults, the file's over them, the command line's over those.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="file">Settings, perhaps none.</param>
    /// <param name="path">The file's name, for messages.</param>
    /// <param name="data">File or folder of boxes.</param>
    /// <exception cref="UserException">An option of labels is given.</exception>
    public static TrainingOptions Assemble(ParseResult parsed, JsonObject file, string path, string data)
    {
        string[] foreign =
        [
            .. TrainSettings.FindGiven(parsed).Where(p => !Array.Exists(Shared, s => p.StartsWith(s, StringComparison.Ordinal))),
        ];
        if (foreign.Length > 0) throw new UserException($"{SettingFlags.FromPath(foreign[0])} is not for --task faces: leave it away.");
        TrainingOptions options = SettingsFile.Overlay(TrainingDefaults.ForFaces(data), file, path);
        options = options with
        {
            Data = options.Data with { Path = data },
            Network = options.Network with { Architecture = FaceNetwork.Name },
            Faces = options.Faces ?? new(),
        };
        options = TrainSettings.Apply(options, parsed);
        foreach (TrainSetting setting in Settings)
            if (TrainSettings.IsGiven(parsed, setting.Option)) options = setting.Apply(options, parsed);
        return TrainSettings.IsGiven(parsed, TrainSettings.WarmUp) ? options : TrainingDefaults.FitWarmUp(options);
    }
}

using System.CommandLine;
using System.Text.Json.Nodes;
using EmotionMLNet.Terminal;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Trainer.Commands.Tuning;

/// <summary>The arms of a search out of a command line: networks, models that are trained further, and what of them is tuned.</summary>
internal static class SearchArms
{
    public static readonly Option<string> DataPath = new("--data")
    {
        HelpName = "PATH",
        Description = "Class folders, split folders, or a CSV file.",
    };
    public static readonly Option<string> Architectures = new(SettingFlags.FromPath("network.architecture"))
    {
        HelpName = "NAME",
        Description = "Networks to train from scratch: A,B; see 'architectures'. The first one's defaults are what is to be beaten.",
    };
    public static readonly Option<string> From = new("--from")
    {
        HelpName = "MODEL.zip",
        Description = "Model zips or ONNX files to train further: X.zip,Y.zip; each also with all but its last layer frozen.",
    };
    public static readonly Option<string> Backbone = new("--backbone")
    {
        HelpName = "FILE",
        Description = "As --from, with a newly drawn last layer in any case.",
    };
    public static readonly Option<string> Space = new("--space")
    {
        HelpName = "FILE.json",
        Description = "The search space: settings with ranges and choices, see docs/tuning.md. By default that of each network's kind.",
    };
    public static readonly Option<string> Tune = new("--tune")
    {
        HelpName = "NAMES",
        Description = "Tune these settings alone: learningRate,weightDecay,batchSize; 'all' tunes all that the network's kind has.",
    };
    public static readonly Option<string[]> Fix = new("--fix")
    {
        HelpName = "NAME=X",
        Description = "Give a setting a value instead of tuning it; as often as you like. Settings on the command line are fixed too.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    // What is an arm, and what a trial has from its rung.
    private static readonly string[] Left = ["--from", "--backbone", "--weights", "--time", "--patience"];

    /// <summary>Adds the options to a verb.</summary>
    public static void AddTo(Verb verb, params Option[] others)
    {
        verb.Add("What is tuned", [DataPath, Architectures, From, Backbone, Space, Tune, Fix, .. others]);
    }

    /// <summary>Adds the settings of training, which then are fixed.</summary>
    public static void AddSettingsTo(Verb verb) => TrainSettings.AddTo(verb, Left);

    /// <summary>The arms.</summary>
    /// <param name="parsed">A command line with these options and the settings of training.</param>
    /// <param name="threads">Of a training, where nobody says.</param>
    /// <param name="others">Arms of other kinds, named among the architectures.</param>
    /// <exception cref="UserException">A name is not known, or a setting is not there to be tuned.</exception>
    public static IReadOnlyList<SearchArm> Read(ParseResult parsed, int threads, IReadOnlyList<ICandidateSource> others)
    {
        string data = parsed.GetValue(DataPath) ?? throw new UserException("--data is missing: give a folder or a CSV file.");
        string[] architectures = List(parsed.GetValue(Architectures)), from = List(parsed.GetValue(From)),
            backbones = List(parsed.GetValue(Backbone));
        if (architectures.Length + from.Length + backbones.Length == 0) architectures = ["emotion-cnn"];
        var arms = new List<SearchArm>();
        foreach (string name in architectures)
        {
            if (CompareCommand.Find(name, others) is { } source)
            {
                TrainingOptions common = Assemble([], null, null, null);
                arms.Add(new(name, common, new SearchSpace()) { Trainer = source.Create(name, common) });
            }
            else Add(name, Assemble([], name, null, null));
        }
        foreach (string model in from) AddStart(model, null);
        foreach (string model in backbones) AddStart(null, model);
        return arms;

        TrainingOptions Assemble(JsonObject file, string? architecture, string? start, string? backbone, DataOptions? shown = null)
        {
            TrainingOptions options = TrainCommand.Assemble(
                parsed,
                file,
                "",
                data,
                architecture,
                start,
                backbone,
                // All arms are shown the same pictures: a network from scratch knows nothing of faces.
                takesFacesOver: shown is null && architectures.Length == 0 && from.Length + backbones.Length == 1
            );
            return options with { Threads = options.Threads ?? threads, Data = shown ?? options.Data };
        }

        void Add(string name, TrainingOptions defaults) => arms.Add(new(name, defaults, Narrow(parsed, defaults)));

        // Learning as a whole, and a head on frozen features, which takes seconds; unless somebody says which.
        void AddStart(string? start, string? backbone)
        {
            TrainingOptions whole = Assemble([], null, start, backbone);
            string name = SearchArm.NameOf(whole);
            Add(name, whole);
            if (TrainSettings.FindGiven(parsed).Contains("fineTuning.freeze")) return;
            JsonObject frozen = new() { ["fineTuning"] = new JsonObject { ["freeze"] = "all" } };
            Add(SearchArm.NameOfFrozen(name), Assemble(frozen, null, start, backbone, whole.Data));
        }
    }

    private static SearchSpace Narrow(ParseResult parsed, TrainingOptions defaults)
    {
        int blocks = defaults.FineTuning.Freeze.IsAll ? 0 : SearchArm.CountBlocks(defaults);
        string? tuned = parsed.GetValue(Tune);
        try
        {
            SearchSpace space =
                parsed.GetValue(Space) is { } file ? SpaceFile.Read(file, defaults)
                : tuned is null ? SpaceDefaults.For(defaults, blocks)
                : SpaceDefaults.Menu(defaults, blocks);
            foreach (string given in TrainSettings.FindGiven(parsed))
                if (space.Leaves.FirstOrDefault(l => l.Key == given || IsPartOf(l.Key, given)) is { } leaf)
                    space = space.Fix(leaf.Key, ValueOf(defaults, leaf));
            foreach (string pair in parsed.GetValue(Fix) ?? []) space = FixOne(space, pair);
            // What the kind of network does not have is not there to be kept.
            if (tuned is not null and not "all") space = space.Keep(List(tuned));
            return space;
        }
        catch (ArgumentException e)
        {
            throw new UserException(e.Message.Split(" (Parameter")[0]);
        }
    }

    // --augmentation settles the strength too.
    private static bool IsPartOf(string key, string given) =>
        given == "augmentation" && key.StartsWith("augmentation.", StringComparison.Ordinal);

    private static Parameter ValueOf(TrainingOptions defaults, SpaceLeaf leaf)
    {
        if (leaf.Key == TunedSettings.Strength) return Parameter.FromInt(1);
        JsonNode? node = JsonNode.Parse(SettingsFile.Write(defaults));
        foreach (string part in leaf.Key.Split('.')) node = node?[part];
        return leaf.Key == TunedSettings.Head ? leaf.Option.DefaultValue : Parameter.FromJson(node);
    }

    private static SearchSpace FixOne(SearchSpace space, string pair)
    {
        int equals = pair.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1) throw new UserException($"--fix {pair}: give NAME=X, learningRate=0.05.");
        (string name, string text) = (pair[..equals], pair[(equals + 1)..]);
        JsonNode? value;
        try
        {
            value = JsonNode.Parse(text);
        }
        catch (System.Text.Json.JsonException)
        {
            value = JsonValue.Create(text); // sgd stands without quotes
        }
        return space.Fix(name, Parameter.FromJson(value));
    }

    private static string[] List(string? text) =>
        text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}

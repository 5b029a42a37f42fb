using EmotionMLNet.Files;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Trainer.MLNet;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;

namespace EmotionMLNet.Tests.TrainerMLNet;

/// <summary>A few of the drawn faces with all three splits, and comparisons of a tiny network with ML.NET's pipelines on them.</summary>
internal sealed class PipelineComparison : IDisposable
{
    private const int Side = 12;

    private static readonly string[] Labels = ["happy", "sad", "surprise"];

    private static readonly (string Name, int Count)[] Splits = [("train", 12), ("validation", 5), ("test", 4)];

    private readonly TemporaryFolder folder = new();

    public PipelineComparison()
    {
        foreach (string label in Labels)
        {
            string[] files = [.. Directory.GetFiles(Path.Combine(Repository.Root, "data", "faces", label)).Order(StringComparer.Ordinal)];
            int taken = 0;
            foreach ((string split, int count) in Splits)
                foreach (string file in files[taken..(taken += count)])
                    AtomicFile.Write(
                        Path.Combine(Data, split, label, Path.GetFileName(file)),
                        stream => stream.Write(File.ReadAllBytes(file))
                    );
        }
    }

    public string Data => folder["data"];

    public string this[string name] => folder[name];

    public static TrainingOptions Options(string data) => new()
    {
        Data = new() { Path = data },
        Network = new()
        {
            Architecture = "three-block-cnn",
            Width = Side,
            Height = Side,
            Widths = [2, 3, 4],
        },
        Optimisation = new()
        {
            Epochs = 2,
            BatchSize = 8,
            LearningRate = 1e-3f,
        },
        Threads = 1,
    };

    /// <summary>A comparison of the network with pipelines.</summary>
    /// <param name="run">The name of its folder.</param>
    /// <param name="seeds">Runs a candidate.</param>
    /// <param name="pipelines">"mlnet:pixels+lbfgs", ...</param>
    public ComparisonOptions Plan(string run, int seeds, params string[] pipelines)
    {
        TrainingOptions options = Options(Data);
        var source = new PipelineSource();
        return new ComparisonOptions
        {
            Data = Data,
            Candidates =
            [
                new Candidate("network", options),
                .. pipelines.Select(p => new Candidate(p, options) { Trainer = source.Create(p, options) }),
            ],
            Seeds = seeds,
            Out = folder[run],
        };
    }

    public static EmotionMLNet.Training.Comparison.Comparison? Run(
        ComparisonOptions options,
        IReporter? reporter = null,
        CancellationToken cancellation = default
    )
    {
        using FileLock held = ComparisonRun.Lock(options.Out);
        return new ComparisonRun(
            options,
            _ => new RepeatInstructions("again", []),
            reporter ?? new SilentReporter(),
            new UnseenJob(),
            () => [],
            TimeProvider.System,
            cancellation
        ).Run();
    }

    /// <summary>The table without what was measured with a clock.</summary>
    public string[] Figures(string run)
    {
        string[][] rows = [.. File.ReadAllLines(Path.Combine(folder[run], "comparison.csv")).Select(l => l.Split(','))];
        int[] kept =
        [
            .. rows[0]
                .Index()
                .Where(c => c.Item != "zipBytes" && !c.Item.Contains("Second", StringComparison.Ordinal))
                .Select(c => c.Index),
        ];
        return [.. rows.Select(r => string.Join(',', kept.Select(c => r[c])))];
    }

    public void Dispose() => folder.Dispose();

    private sealed class UnseenJob : IJob
    {
        public void Begin(string name, double weight)
        {
            // Nobody looks.
        }

        public void Skip(double weight)
        {
            // Nobody looks.
        }

        public void Report(double share, string unit = "", int count = 0, int all = 0)
        {
            // Nobody looks.
        }
    }
}

/// <summary>One finished comparison that several tests look at.</summary>
public sealed class FinishedPipelines : IDisposable
{
    public const string Pixels = "mlnet:pixels+lbfgs", ResNet18 = "mlnet:resnet18+lbfgs";

    public FinishedPipelines() => Comparison = PipelineComparison.Run(Files.Plan("compare", seeds: 1, Pixels, ResNet18))!;

    internal PipelineComparison Files { get; } = new();

    internal EmotionMLNet.Training.Comparison.Comparison Comparison { get; }

    internal string this[string name] => Path.Combine(Files["compare"], name);

    internal CandidateResult Result(string name) => Comparison.Results.Single(r => r.Name == name);

    public void Dispose() => Files.Dispose();
}

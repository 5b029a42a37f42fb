using EmotionMLNet.Files;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Comparison;

/// <summary>A folder of tiny pictures with all three splits, and comparisons on it as scripts run them.</summary>
internal sealed class TinyComparison : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TinyComparison()
    {
        foreach ((string split, int count) in new[] { ("train", 36), ("validation", 30), ("test", 30) })
            for (int i = 0; i < count; i++)
                AtomicFile.Write(
                    folder[$"data/{split}/{TinyData.Labels[i % 3]}/{i}.png"],
                    s => s.Write(TinyData.Png(i % 3, seed: i + split.Length * 1000))
                );
        Candidate(
            "wide",
            """{ "network": { "architecture": "three-block-cnn", "widths": [6, 8, 8] }, "optimisation": { "learningRate": 0.003 } }"""
        );
        Candidate(
            "narrow",
            """{ "network": { "architecture": "three-block-cnn", "widths": [2, 3, 4] }, "optimisation": { "learningRate": 0.001 } }"""
        );
    }

    public string this[string name] => folder[name];

    public void Candidate(string name, string settings) => AtomicFile.WriteText(folder[$"{name}.json"], settings);

    public string[] Arguments(string run, string[] candidates, params string[] more) =>
    [
        "compare", "--data", folder["data"], "--out", folder[run], "--width", "12", "--height", "12", "--threads", "1",
        .. candidates.SelectMany(c => new[] { "--settings", folder[$"{c}.json"] }), .. more,
    ];

    public ProcessResult Run(string run, string[] candidates, params string[] more) => TrainerProcess.Run(Arguments(run, candidates, more));

    /// <summary>All model files' records of test readings below a comparison.</summary>
    public string[][] TestReadings(string run) =>
        [.. Directory.GetFiles(folder[run], "*.test-readings.jsonl", SearchOption.AllDirectories).Select(File.ReadAllLines)];

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
        ]; // a zip has the time in it, deflated
        return [.. rows.Select(r => string.Join(',', kept.Select(c => r[c])))];
    }

    public void Dispose() => folder.Dispose();
}

/// <summary>One finished comparison that several tests look at.</summary>
public sealed class FinishedComparison : IDisposable
{
    private readonly TinyComparison tiny = new();

    public FinishedComparison() => Result = tiny.Run("compare", ["wide", "narrow"], "--epochs", "2", "--seeds", "2");

    internal ProcessResult Result { get; }

    internal TinyComparison Files => tiny;

    public string Page => Path.Combine(tiny["compare"], "report.html");

    public void Dispose() => tiny.Dispose();
}

[CollectionDefinition(Name)]
public sealed class OneFinishedComparison : ICollectionFixture<FinishedComparison>
{
    public const string Name = "a finished comparison";
}

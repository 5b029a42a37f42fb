using System.Diagnostics;
using EmotionMLNet.Files;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Tuning.Commands;

/// <summary>A folder of tiny pictures with all three splits, and searches on it as scripts run them.</summary>
internal sealed class TinySearch : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TinySearch()
    {
        foreach ((string split, int count) in new[] { ("train", 36), ("validation", 30), ("test", 30) })
            for (int i = 0; i < count; i++)
                AtomicFile.Write(
                    folder[$"data/{split}/{TinyData.Labels[i % 3]}/{i}.png"],
                    s => s.Write(TinyData.Png(i % 3, seed: i + split.Length * 1000))
                );
    }

    public string this[string name] => folder[name];

    public string[] Arguments(string run, params string[] more) =>
    [
        "tune", "--data", folder["data"], "--out", folder[run], "--architecture", "three-block-cnn", "--widths", "2,3,4", "--width", "12",
        "--height", "12", "--threads", "1", .. more,
    ];

    public ProcessResult Run(string run, params string[] more) => TrainerProcess.Run(Arguments(run, more));

    /// <summary>Runs a search that is killed after so many milliseconds each time, until it comes to its end.</summary>
    /// <returns>How often it was killed.</returns>
    public int RunKilled(string run, IEnumerable<int> milliseconds, params string[] more)
    {
        int kills = 0;
        foreach (int life in milliseconds)
        {
            using Process process = TrainerProcess.Start(Arguments(run, more));
            bool ended = process.WaitForExit(life);
            if (!ended)
            {
                process.Kill(); // SIGKILL
                kills++;
            }
            ProcessResult result = TrainerProcess.Finish(process);
            if (!ended) continue;
            Assert.True(result.Code == 0, result.Error);
            return kills;
        }
        ProcessResult last = Run(run, more);
        Assert.True(last.Code == 0, last.Error);
        return kills;
    }

    /// <summary>All that a search found, but for what was read from a clock: trials, figures, settings, the bits of the models.</summary>
    public string[] Findings(string run)
    {
        string[][] rows = [.. File.ReadAllLines(Path.Combine(folder[run], "trials.csv")).Select(l => l.Split(','))];
        string[] clocks = ["seconds", "started", "ended", "worker"];
        int[] kept = [.. rows[0].Index().Where(c => !clocks.Contains(c.Item)).Select(c => c.Index)];
        return
        [
            .. rows.Select(r => string.Join(',', kept.Select(c => r[c]))),
            File.ReadAllText(Path.Combine(folder[run], "best.json")),
            .. Directory
                .GetFiles(Path.Combine(folder[run], "confirmation", "runs"), "model.zip", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Append(Path.Combine(folder[run], "best.zip"))
                .Select(Weights),
        ];
    }

    /// <summary>All model files' records of test readings.</summary>
    public string[][] TestReadings(string run) =>
        [.. Directory.GetFiles(folder[run], "*.test-readings.jsonl", SearchOption.AllDirectories).Select(File.ReadAllLines)];

    public void Dispose() => folder.Dispose();

    private static string Weights(string model)
    {
        IEnumerable<float> values = ModelZip.Load(model).Network.Parameters.SelectMany(p => p.Parameter.Values);
        return string.Join(' ', values.Select(v => BitConverter.SingleToInt32Bits(v)));
    }
}

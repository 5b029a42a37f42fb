using EmotionMLNet.Terminal;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EmotionMLNet.Benchmarks.Agreement;

/// <summary>ONNX Runtime over many pictures, by way of Node.js: inputs wait in files, a process runs a batch of them.</summary>
internal sealed class OnnxRuntimeBatch(string modules, string model, string folder)
{
    private const int Most = 32;

    private readonly List<JsonNode> jobs = [];

    /// <summary>One array of scores a picture, in order; complete after <see cref="Finish"/>.</summary>
    public List<float[]> Scores { get; } = [];

    public void Add(ReadOnlySpan<byte> input, string type, params int[] dimensions)
    {
        using (FileStream file = File.Create(Path.Combine(folder, $"{jobs.Count}.bin"))) file.Write(input);
        jobs.Add(
            new JsonObject
            {
                ["file"] = $"{jobs.Count}.bin",
                ["type"] = type,
                ["dimensions"] = new JsonArray([.. dimensions.Select(d => JsonValue.Create(d))]),
            }
        );
        if (jobs.Count == Most) Finish();
    }

    public void Finish()
    {
        if (jobs.Count == 0) return;
        string list = Path.Combine(folder, "jobs.json");
        using (FileStream file = File.Create(list)) JsonSerializer.Serialize(file, jobs);
        string script = Path.Combine(AppContext.BaseDirectory, "Agreement", "run-batch.js");
        var start = new ProcessStartInfo("node", [script, modules, model, list]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("node could not be started.");
        while (process.StandardOutput.ReadLine() is { } line) Scores.Add(JsonSerializer.Deserialize<float[]>(line)!);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"node ended with exit code {process.ExitCode}.");
        jobs.Clear();
    }
}

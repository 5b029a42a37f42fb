using EmotionMLNet.Terminal;
using System.Diagnostics;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Preprocessing;
using Microsoft.ML.OnnxRuntime;

namespace EmotionMLNet.Benchmarks.Compare;

/// <summary>
/// The other engines: ONNX Runtime here, PyTorch by a script in a process of its own, left out with a line where it is missing.
/// </summary>
internal sealed class Peers(string tools, int threads, int repeat)
{
    /// <summary>Debian's, which has python3-torch and Pillow.</summary>
    public const string Python = "/usr/bin/python3";

    private readonly HashSet<string> said = [];

    public IEnumerable<Measurement> Measure(Work work)
    {
        foreach (Measurement m in PyTorch(work)) yield return m;
        if (!work.Trains) foreach (Measurement m in OnnxRuntime(work)) yield return m;
    }

    private List<Measurement> PyTorch(Work work)
    {
        string script = Path.Combine(tools, "peer-torch.py");
        if (!File.Exists(script) || !File.Exists(Python)) return Missing("PyTorch", File.Exists(script) ? Python : script);
        return Run(
            "PyTorch",
            new ProcessStartInfo(Python, [script, "--threads", $"{threads}", "--repeat", $"{repeat}", "--only", work.Name]),
            work
        );
    }

    private List<Measurement> OnnxRuntime(Work work)
    {
        Network network = work.Make();
        using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1 };
        using var session = new InferenceSession(Zip(network).Onnx(OnnxInput.Prepared, OnnxWeights.Full).ToArray(), options);
        using var run = new RunOptions();
        var x = network.InputShape;
        var measured = new List<Measurement>();
        foreach (int batch in work.Batches)
        {
            var pixels = new float[batch * x.Length];
            Works.Fill(pixels);
            using OrtValue input = OrtValue.CreateTensorValueFromMemory(pixels, [batch, x.Channels, x.Height, x.Width]);
            measured.Add(Measurement.Take(work.Name, batch, threads, repeat, Step) with { Peer = "onnxruntime" });

            void Step()
            {
                using var outputs = session.Run(run, session.InputNames, [input], session.OutputNames);
            }
        }
        return measured;
    }

    /// <summary>A zip around a network, whose inputs are pictures of its size.</summary>
    public static ModelZip Zip(Network network) => new(network, new ModelManifest
    {
        CreatedBy = "EmotionMLNet benchmarks",
        Architecture = "benchmark",
        Labels = [.. Enumerable.Range(0, network.Classes).Select(i => $"class {i}")],
        Head = network.Head,
        Preprocessing = new ImagePreprocessing
        {
            Width = network.InputShape.Width,
            Height = network.InputShape.Height,
            Channels = network.InputShape.Channels,
            Mean = [.. Enumerable.Repeat(0f, network.InputShape.Channels)],
            StandardDeviation = [.. Enumerable.Repeat(1f, network.InputShape.Channels)],
        },
    });

    private static List<Measurement> Run(string name, ProcessStartInfo start, Work work)
    {
        start.RedirectStandardOutput = true;
        using Process process = Process.Start(start)!;
        var measured = new List<Measurement>();
        while (process.StandardOutput.ReadLine() is { } line)
            if (Measurement.Parse(line) is { } m && work.Batches.Contains(m.Batch)) measured.Add(m);
        process.WaitForExit();
        if (process.ExitCode != 0) Console.Error.WriteLine($"{name} failed with exit code {process.ExitCode} and is left out.");
        return measured;
    }

    private List<Measurement> Missing(string name, string what)
    {
        if (said.Add(name)) Console.Error.WriteLine($"{name} is left out: {what} is not here.");
        return [];
    }
}

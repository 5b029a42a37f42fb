using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Onnx;

public sealed class OnnxRuntimeTests
{
    public static TheoryData<string> Names => OnnxRoundTripTests.Names;

    [OnnxRuntimeTheory]
    [MemberData(nameof(Names))]
    public void ONNX_Runtime_gives_the_scores_of_our_engine(string name)
    {
        const int batch = 3;
        Network network = OnnxRoundTripTests.Make(name);
        ImagePreprocessing preprocessing = OnnxRoundTripTests.Preprocessing(network);
        using var team = new ThreadTeam(1);
        var session = new InferenceSession(InferencePlan.Compile(network), batch, team);
        var random = new Random(6);
        int channels = preprocessing.Channels, plane = preprocessing.Width * preprocessing.Height;
        var nchw = new float[batch * preprocessing.Length];
        for (int n = 0; n < batch; n++)
        {
            var pixels = new byte[preprocessing.Length];
            random.NextBytes(pixels);
            preprocessing.Normalise(pixels, session.Input.Image(n));
            for (int i = 0; i < plane; i++)
                for (int c = 0; c < channels; c++) nchw[(n * channels + c) * plane + i] = pixels[i * channels + c];
        }
        session.Run();

        using var folder = new TemporaryFolder();
        Files.AtomicFile.Write(folder["model.onnx"], s => s.Write(OnnxRoundTripTests.Write(network)));
        Files.AtomicFile.Write(folder["input.f32"], s => s.Write(MemoryMarshal.AsBytes(nchw.AsSpan())));
        float[] scores = Node(folder["model.onnx"], folder["input.f32"], $"{batch},{channels},{preprocessing.Height},{preprocessing.Width}");
        Assert.Equal(batch * network.Classes, scores.Length);
        for (int i = 0; i < scores.Length; i++) Assert.Equal(scores[i], session.Probabilities.Span[i], 1e-4f);
    }

    private static float[] Node(string model, string input, string dimensions)
    {
        string script = Path.Combine(Repository.Root, "Tests", "Onnx", "run-onnx.js");
        var start = new ProcessStartInfo("node", [script, OnnxRuntimeTheoryAttribute.Modules!, model, input, dimensions]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return JsonSerializer.Deserialize<float[]>(output)!;
    }
}

/// <summary>A theory that needs the npm package onnxruntime-node and says so when it skips.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OnnxRuntimeTheoryAttribute : TheoryAttribute
{
    public OnnxRuntimeTheoryAttribute()
    {
        if (Modules is null || !Directory.Exists(Path.Combine(Modules, "onnxruntime-node")))
            Skip = "needs the npm package onnxruntime-node: set EMOTIONMLNET_NODE_MODULES to the node_modules folder that holds it";
    }

    public static string? Modules { get; } = Environment.GetEnvironmentVariable("EMOTIONMLNET_NODE_MODULES");
}

using System.Diagnostics;
using System.Text.Json;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Onnx;

/// <summary>ONNX Runtime by way of Node.js: the independent judge of our files.</summary>
internal static class OnnxRuntime
{
    /// <summary>The node_modules folder that holds onnxruntime-node, or null.</summary>
    public static string? Modules { get; } = Environment.GetEnvironmentVariable("EMOTIONMLNET_NODE_MODULES");

    /// <summary>Why tests that need it skip; null where it is there.</summary>
    public static string? Missing { get; } = Modules is { } modules && Directory.Exists(Path.Combine(modules, "onnxruntime-node")) ? null
        : "needs the npm package onnxruntime-node: set EMOTIONMLNET_NODE_MODULES to the node_modules folder that holds it";

    /// <param name="model">An ONNX file's bytes.</param>
    /// <param name="input">The only input's, little-endian.</param>
    /// <param name="type">float32 or uint8.</param>
    /// <param name="dimensions">Of the input.</param>
    /// <returns>The first output.</returns>
    public static float[] Run(byte[] model, ReadOnlySpan<byte> input, string type, params int[] dimensions)
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = input.ToArray();
        EmotionMLNet.Files.AtomicFile.Write(folder["model.onnx"], s => s.Write(model));
        EmotionMLNet.Files.AtomicFile.Write(folder["input"], s => s.Write(bytes));
        string script = Path.Combine(Repository.Root, "Tests", "Onnx", "run-onnx.js");
        var start = new ProcessStartInfo(
            "node",
            [script, Modules!, folder["model.onnx"], folder["input"], string.Join(',', dimensions), type]
        )
        {
            RedirectStandardOutput = true,
        };
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
    public OnnxRuntimeTheoryAttribute() => Skip = OnnxRuntime.Missing;
}

/// <summary>A theory that needs ONNX Runtime and PyTorch and says so when it skips.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OnnxRuntimeAndPyTorchTheoryAttribute : TheoryAttribute
{
    public OnnxRuntimeAndPyTorchTheoryAttribute() => Skip = OnnxRuntime.Missing ?? PyTorch.Missing;
}

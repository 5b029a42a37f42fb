using System.Diagnostics;

namespace EmotionMLNet.Tests.Support;

/// <summary>PyTorch, the independent judge of what a network computes: a system Python that has torch and torchvision.</summary>
internal static class PyTorch
{
    public static string Python { get; } = Environment.GetEnvironmentVariable("EMOTIONMLNET_PYTHON") ?? "/usr/bin/python3";

    /// <summary>Why tests that need it skip; null where it is there.</summary>
    public static string? Missing { get; } = Find();

    /// <summary>Runs a script that lies beside the tests: SCRIPT FOLDER.</summary>
    /// <param name="script">Its path inside the folder Tests.</param>
    /// <param name="folder">Where it writes.</param>
    public static void Run(string script, string folder)
    {
        ProcessStartInfo start = Start(Path.Combine(AppContext.BaseDirectory, script), folder);
        using Process process = Process.Start(start)!;
        ProcessResult result = TrainerProcess.Finish(process);
        if (result.Code != 0) throw new InvalidOperationException($"{script} ended with code {result.Code}: {result.Error}");
    }

    private static string? Find()
    {
        const string needs =
            "needs Python with PyTorch and torchvision (Debian: python3-torch python3-torchvision; or set EMOTIONMLNET_PYTHON)";
        if (!File.Exists(Python)) return $"{needs}: {Python} is not there";
        using Process process = Process.Start(
            Start("-c", "import sys, importlib.util as u; sys.exit(any(u.find_spec(m) is None for m in ('torch', 'torchvision', 'numpy')))")
        )!;
        return TrainerProcess.Finish(process).Code == 0 ? null : $"{needs}: {Python} has none";
    }

    private static ProcessStartInfo Start(params string[] arguments) =>
        new(Python, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PYTHONDONTWRITEBYTECODE"] = "1" },
        };
}

/// <summary>A theory that needs PyTorch and says so when it skips.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PyTorchTheoryAttribute : TheoryAttribute
{
    public PyTorchTheoryAttribute() => Skip = PyTorch.Missing;
}

/// <summary>A fact that needs PyTorch and says so when it skips.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PyTorchFactAttribute : FactAttribute
{
    public PyTorchFactAttribute() => Skip = PyTorch.Missing;
}

/// <summary>What a script makes in a folder once for all tests of a class; empty where PyTorch is missing.</summary>
public abstract class PyTorchExport : IDisposable
{
    private readonly TemporaryFolder folder = new();

    protected PyTorchExport(string script)
    {
        if (PyTorch.Missing is null) PyTorch.Run(script, FullName);
    }

    public string FullName => folder.FullName;

    public void Dispose()
    {
        folder.Dispose();
        GC.SuppressFinalize(this);
    }
}

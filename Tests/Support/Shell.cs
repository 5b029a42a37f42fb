using System.Diagnostics;

namespace EmotionMLNet.Tests.Support;

/// <summary>Things of Unix that .NET cannot do: pipes, odd names, signals, terminals.</summary>
internal static class Shell
{
    /// <summary>Runs a script of bash, which must succeed.</summary>
    /// <returns>What it wrote to stdout.</returns>
    public static string Run(string folder, string script)
    {
        var start = new ProcessStartInfo("bash", ["-c", script])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        ProcessResult result = TrainerProcess.Finish(process);
        Assert.True(result.Code == 0, result.Error);
        return result.Output;
    }

    /// <summary>Sends a signal, "TERM" for instance.</summary>
    public static void Signal(Process process, string signal) =>
        Run(Path.GetTempPath(), FormattableString.Invariant($"kill -{signal} {process.Id}"));
}

/// <summary>A fact about Unix that says so when it skips elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnixFactAttribute : FactAttribute
{
    /// <param name="tool">A program that it needs as well.</param>
    public UnixFactAttribute(string tool = "bash")
    {
        if (OperatingSystem.IsWindows())
            Skip = "needs Unix";
        else if (!new[] { "/bin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin" }.Any(f => File.Exists(Path.Combine(f, tool))))
            Skip = $"needs {tool}, which is not on this machine";
    }
}

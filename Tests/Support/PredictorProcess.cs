using EmotionMLNet.Predictor;
using System.Diagnostics;
using EmotionMLNet.Files;

namespace EmotionMLNet.Tests.Support;

/// <summary>Predictor.Console in a process of its own.</summary>
internal static class PredictorProcess
{
    /// <summary>The program, for command lines that something else starts.</summary>
    public static string Library { get; } = Path.Combine(AppContext.BaseDirectory, "Predictor.Console.dll");

    /// <param name="models">The folder that the environment names; null is none, whatever the environment of the tests says.</param>
    /// <param name="arguments">Of the program.</param>
    public static ProcessResult Run(string? models, params string[] arguments)
        => Measure(models, arguments).Result;

    /// <summary>The same with the most memory that it held at once: its resident set, in bytes, as Linux counts it; 0 elsewhere.</summary>
    public static (ProcessResult Result, long Peak) Measure(string? models, params string[] arguments)
    {
        using Process process = Start(models, arguments);
        process.StandardInput.Close();
        long peak = 0;
        Task watch = Task.Run(() =>
        {
            while (!process.HasExited)
            {
                peak = Math.Max(peak, HighWater(process.Id));
                Thread.Sleep(5);
            }
        });
        ProcessResult result = TrainerProcess.Finish(process);
        watch.Wait();
        return (result, peak);
    }

    private static long HighWater(int id)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null
                ? 0
                : long.Parse(
                    line[6..].Replace("kB", "", StringComparison.Ordinal),
                    System.Globalization.NumberStyles.AllowLeadingWhite | System.Globalization.NumberStyles.AllowTrailingWhite,
                    System.Globalization.CultureInfo.InvariantCulture
                ) * 1024;
        }
        catch (IOException)
        {
            return 0; // ended meanwhile, or no such file system
        }
    }

    /// <summary>Starts it with its stdin open; the caller disposes the process.</summary>
    public static Process Start(string? models, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Library, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[ModelChoice.FolderVariable] = models ?? "";
        start.Environment[UserState.Variable] = Path.Combine(AppContext.BaseDirectory, "state"); // not that of whoever runs the tests
        return Process.Start(start)!;
    }
}

/// <summary>A theory on what only Linux tells of a process.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "reads a process's peak memory from /proc, which only Linux has";
    }
}

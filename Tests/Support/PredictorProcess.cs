using System.Diagnostics;
using EmotionMLNet.Predictor;

namespace EmotionMLNet.Tests.Support;

/// <summary>Predictor.Console in a process of its own.</summary>
internal static class PredictorProcess
{
    /// <param name="models">The folder that the environment names; null is none, whatever the environment of the tests says.</param>
    /// <param name="arguments">Of the program.</param>
    public static ProcessResult Run(string? models, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Predictor.Console.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[ModelChoice.FolderVariable] = models ?? "";
        using Process process = Process.Start(start)!;
        return TrainerProcess.Finish(process);
    }
}

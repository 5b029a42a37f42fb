using System.Diagnostics;
using EmotionMLNet.Predictor;
using EmotionMLNet.Terminal;

namespace EmotionMLNet.Tests.Support;

/// <summary>Predictor.Console in a process of its own.</summary>
internal static class PredictorProcess
{
    /// <summary>The program, for command lines that something else starts.</summary>
    public static string Library { get; } = Path.Combine(AppContext.BaseDirectory, "Predictor.Console.dll");

    /// <param name="models">The folder that the environment names; null is none, whatever the environment of the tests says.</param>
    /// <param name="arguments">Of the program.</param>
    public static ProcessResult Run(string? models, params string[] arguments)
    {
        using Process process = Start(models, arguments);
        process.StandardInput.Close();
        return TrainerProcess.Finish(process);
    }

    /// <summary>Starts it with its stdin open; the caller disposes the process.</summary>
    public static Process Start(string? models, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Library, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[ModelChoice.FolderVariable] = models ?? "";
        start.Environment[UserState.Variable] = Path.Combine(AppContext.BaseDirectory, "state"); // not that of whoever runs the tests
        return Process.Start(start)!;
    }
}

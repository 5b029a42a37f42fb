using System.Diagnostics;

namespace EmotionMLNet.Tests.Support;

/// <summary>The real program in a process of its own: what users and scripts see.</summary>
internal static class TrainerProcess
{
    private static readonly TimeSpan Hung = TimeSpan.FromMinutes(20);

    /// <summary>Starts a verb; the caller disposes the process.</summary>
    public static Process Start(params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "EmotionMLNet.Trainer.dll");
        return Process.Start(Posix.StartSignalled(["dotnet", program, .. arguments]))!;
    }

    /// <summary>Waits for the end and reads everything.</summary>
    public static ProcessResult Finish(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Hung))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail("The process hangs.");
        }
        return new ProcessResult(process.ExitCode, output.Result, error.Result);
    }

    public static ProcessResult Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        return Finish(process);
    }
}

/// <summary>How a process ended.</summary>
internal sealed record ProcessResult(int Code, string Output, string Error)
{
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

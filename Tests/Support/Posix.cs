using System.Diagnostics;

namespace EmotionMLNet.Tests.Support;

/// <summary>What only Linux and macOS have: pipes as files, rights that bind, programs such as mkfifo.</summary>
internal static class Posix
{
    // "nobody" on every system.
    private const string Nobody = "65534";

    /// <summary>Why folders can't be made unreadable here; null where they can.</summary>
    public static string? WhyEverythingIsReadable
    {
        get
        {
            if (OperatingSystem.IsWindows()) return "needs the rights of Linux or macOS";
            if (!Environment.IsPrivilegedProcess) return null;
            try
            {
                return Run("setpriv", "--reuid", Nobody, "--clear-groups", "test", "-r", TrainerProgram).Code == 0
                    ? null
                    : "runs as root, and another user may not read the program";
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return "runs as root, whom no right binds, and setpriv is missing";
            }
        }
    }

    private static string TrainerProgram => Path.Combine(AppContext.BaseDirectory, "EmotionMLNet.Trainer.dll");

    /// <summary>How a program is started that will be sent signals.</summary>
    /// <remarks>
    /// Under nohup SIGHUP is ignored, and behind a shell's ampersand SIGINT; what is ignored stays so in the processes of a process.
    /// </remarks>
    public static ProcessStartInfo StartSignalled(params string[] program)
    {
        if (OperatingSystem.IsLinux()) program = ["env", "--default-signal=HUP,INT", .. program];
        return new(program[0], program[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
    }

    /// <summary>Sends a signal, by its name without SIG.</summary>
    public static void Send(Process process, string signal) => Assert.Equal(0, Run("kill", $"-{signal}", $"{process.Id}").Code);

    public static void MakePipe(string path) => Assert.Equal(0, Run("mkfifo", path).Code);

    /// <summary>The real program as a user whom rights bind.</summary>
    public static ProcessResult RunTrainerWithoutPrivileges(params string[] arguments) =>
        Environment.IsPrivilegedProcess
            ? Run("setpriv", ["--reuid", Nobody, "--clear-groups", "dotnet", TrainerProgram, .. arguments])
            : TrainerProcess.Run(arguments);

    public static ProcessResult Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        return TrainerProcess.Finish(process);
    }
}

/// <summary>A fact about what may not be read.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnreadableFactAttribute : FactAttribute
{
    public UnreadableFactAttribute() => Skip = Posix.WhyEverythingIsReadable;
}

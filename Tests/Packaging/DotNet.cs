using System.Diagnostics;
using System.Runtime.InteropServices;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Packaging;

/// <summary>The SDK's command line, as it is outside of a test run.</summary>
internal static class DotNet
{
    /// <summary>The configuration that the tests were built in, and so everything that they use.</summary>
    public static string Configuration { get; }
        = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar))!);

    /// <summary>Folder of the runtime that runs this, which also has the SDK.</summary>
    private static string Root { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <param name="folder">Where it runs.</param>
    /// <param name="cache">Folder for packages that are restored; null is the user's.</param>
    /// <param name="arguments">Of the command "dotnet".</param>
    public static ProcessResult Run(string folder, string? cache, params string[] arguments)
        => RunProgram(Path.Combine(Root, "dotnet"), folder, cache, arguments);

    /// <summary>The same for a program that the SDK installed.</summary>
    public static ProcessResult RunProgram(string program, string folder, string? cache, params string[] arguments)
    {
        using Process process = StartProgram(program, folder, cache, arguments);
        return TrainerProcess.Finish(process);
    }

    /// <summary>Starts it alone; the caller ends it.</summary>
    public static Process StartProgram(string program, string folder, string? cache, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // 'dotnet test' tells its children which MSBuild to use, and a server that stays behind would keep our pipes open.
        string[] ofTests = [.. start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase))];
        foreach (string name in ofTests) start.Environment.Remove(name);
        start.Environment.Remove("Strict"); // a developer's own
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["DOTNET_ROOT"] = Root;
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        if (cache is not null) start.Environment["NUGET_PACKAGES"] = cache;
        start.Environment["PATH"] = $"{Path.GetDirectoryName(program)}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        return Process.Start(start)!;
    }

    /// <summary>The same, and it must succeed.</summary>
    public static string Succeed(string folder, string? cache, params string[] arguments)
        => Output(Run(folder, cache, arguments), arguments);

    /// <summary>What a process wrote that must have succeeded.</summary>
    public static string Output(ProcessResult result, params string[] arguments)
    {
        Assert.True(result.Code == 0, $"{string.Join(' ', arguments)} ended with {result.Code}:\n{result.Output}\n{result.Error}");
        return result.Output;
    }
}

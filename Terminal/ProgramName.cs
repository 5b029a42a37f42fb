using System.Xml;
using System.Xml.Linq;

namespace EmotionMLNet.Terminal;

/// <summary>How the user started this program, for hints that can be pasted into the same shell.</summary>
internal static class ProgramName
{
    private const string ToolProject = "Trainer", ToolLibrary = "EmotionMLNet.Trainer", ToolCommand = "emotionmlnet";

    // The same verbs, with ML.NET.
    private const string ToolWithMLNet = ToolLibrary + ".MLNet";

    // Lies beside the library of every .NET tool.
    private const string ToolMark = "DotnetToolSettings.xml";

    /// <summary>
    /// The first words of a command line, quoted: "Predictor.Console" where the shell finds it by that name, "dotnet run ... --" where it
    /// was run from the checkout, else its path, or "dotnet" and the path of its library.
    /// </summary>
    public static string Own { get; } =
        Describe(
            Environment.ProcessPath,
            Environment.GetCommandLineArgs()[0],
            Environment.CurrentDirectory,
            Environment.GetEnvironmentVariable("PATH")
        );

    /// <summary>
    /// The same of the program that has all verbs: as this one was started if it is that, by its project where the user stands in the
    /// checkout, else as its package installs it.
    /// </summary>
    public static string Tool { get; } =
        Path.GetFileNameWithoutExtension(Environment.GetCommandLineArgs()[0]) is ToolLibrary or ToolWithMLNet ? Own
        : IsCheckoutOf(Environment.CurrentDirectory, ToolProject) ? RunProject(ToolProject)
        : ToolCommand;

    /// <param name="process">The executable, or null.</param>
    /// <param name="library">The program's own path as the runtime says it.</param>
    /// <param name="folder">The current one.</param>
    /// <param name="searched">The variable PATH.</param>
    internal static string Describe(string? process, string library, string folder, string? searched)
    {
        if (process is null) return ShellQuote.Argument(Short(library, folder));
        bool isHost = Path.GetFileNameWithoutExtension(process).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        if (isHost && ManifestCommand(library) is { } command) return ShellQuote.Join(["dotnet", command]);
        if (isHost) return ShellQuote.Join(["dotnet", Short(library, folder)]);
        // 'dotnet run' starts PROJECT/bin/CONFIGURATION/FRAMEWORK/NAME; nobody types that path.
        bool isBuilt = Path.GetRelativePath(folder, process).Replace('\\', '/').Split('/') is [_, "bin", ..];
        if (isBuilt && Path.GetRelativePath(folder, process).Split('/', '\\')[0] is var project && IsCheckoutOf(folder, project))
            return RunProject(project);
        bool isFound = searched?.Split(Path.PathSeparator).Contains(Path.GetDirectoryName(process)) == true;
        return ShellQuote.Argument(isFound ? Path.GetFileName(process) : Short(process, folder));
    }

    /// <summary>What follows "dotnet" to start a tool of a folder's manifest; null where the library is of no tool.</summary>
    private static string? ManifestCommand(string library)
    {
        string mark = Path.Combine(Path.GetDirectoryName(library) ?? "", ToolMark);
        if (!File.Exists(mark)) return null;
        try
        {
            return (string?)XDocument.Load(mark).Descendants("Command").FirstOrDefault()?.Attribute("Name") ?? ToolCommand;
        }
        catch (Exception e) when (e is XmlException or IOException or UnauthorizedAccessException)
        {
            return ToolCommand; // a hint, not worth a failure
        }
    }

    private static bool IsCheckoutOf(string folder, string project) => File.Exists(Path.Combine(folder, project, project + ".csproj"));

    private static string RunProject(string project) => $"dotnet run -c Release --project {ShellQuote.Argument(project)} --";

    // Relative where that leads downwards: shorter, and still a path to the shell.
    private static string Short(string path, string folder)
    {
        string relative = Path.GetRelativePath(folder, path);
        if (Path.IsPathRooted(relative) || relative.StartsWith("..", StringComparison.Ordinal)) return path;
        return relative.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) ? relative : Path.Combine(".", relative);
    }
}

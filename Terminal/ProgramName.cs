namespace EmotionMLNet.Terminal;

/// <summary>How the user started this program, for hints that can be pasted into the same shell.</summary>
internal static class ProgramName
{
    /// <summary>The command of this program, without arguments.</summary>
    public static string Own { get; } = Describe(Environment.ProcessPath, Environment.GetCommandLineArgs()[0], Environment.CurrentDirectory);

    /// <summary>The command of another program of this product, started the same way.</summary>
    /// <param name="project">Folder of its project in the checkout, also the name of its executable: "Predictor.Console".</param>
    public static string Other(string project) => IsRunFromCheckout(Environment.CurrentDirectory, project) ? RunProject(project) : project;

    /// <param name="process">Path of the running executable, or null.</param>
    /// <param name="entry">The first word of the command line: the program's dll or executable.</param>
    /// <param name="folder">The folder that the user is in.</param>
    internal static string Describe(string? process, string entry, string folder)
    {
        string entryPath = Path.GetFullPath(entry, folder), name = Path.GetFileNameWithoutExtension(process ?? entry);
        if (name.Equals("dotnet", StringComparison.OrdinalIgnoreCase)) return $"dotnet {ShellQuote.Argument(Shorter(entryPath, folder))}";
        string path = process ?? entryPath;
        // 'dotnet run' starts PROJECT/bin/CONFIGURATION/FRAMEWORK/NAME; nobody types that path.
        string? project = Path.GetRelativePath(folder, path).Replace('\\', '/').Split('/') is [{ Length: > 0 } first, "bin", ..] ? first : null;
        if (project is not null && IsRunFromCheckout(folder, project)) return RunProject(project);
        bool isOnPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Contains(Path.GetDirectoryName(path));
        return isOnPath ? name : ShellQuote.Argument(Shorter(path, folder));
    }

    private static bool IsRunFromCheckout(string folder, string project) => File.Exists(Path.Combine(folder, project, project + ".csproj"));

    private static string RunProject(string project) => $"dotnet run -c Release --project {ShellQuote.Argument(project)} --";

    private static string Shorter(string path, string folder)
    {
        string relative = Path.GetRelativePath(folder, path);
        if (relative.Length >= path.Length) return path;
        return relative.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) ? relative : Path.Combine(".", relative);
    }
}

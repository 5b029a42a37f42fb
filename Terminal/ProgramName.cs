namespace EmotionMLNet.Terminal;

/// <summary>How the user started this program, for hints that can be pasted into the same shell.</summary>
internal static class ProgramName
{
    /// <summary>
    /// The first words of a command line, quoted: "Predictor.Console" where the shell finds it by that name, "dotnet run ... --" where it was run from
    /// the checkout, else its path, or "dotnet" and the path of its library.
    /// </summary>
    public static string Own { get; } = Describe(Environment.ProcessPath, Environment.GetCommandLineArgs()[0], Environment.CurrentDirectory, Environment.GetEnvironmentVariable("PATH"));

    /// <summary>The same of another program of this product: by its project where the user stands in the checkout, beside this one, else by its name.</summary>
    /// <param name="project">Folder of its project in the checkout, also the name of its executable: "Predictor.Console".</param>
    public static string Other(string project)
    {
        if (IsCheckoutOf(Environment.CurrentDirectory, project)) return RunProject(project);
        string beside = Path.Combine(AppContext.BaseDirectory, project + ".dll");
        return File.Exists(beside) ? ShellQuote.Join(["dotnet", Short(beside, Environment.CurrentDirectory)]) : project;
    }

    /// <param name="process">The executable, or null.</param>
    /// <param name="library">The program's own path as the runtime says it.</param>
    /// <param name="folder">The current one.</param>
    /// <param name="searched">The variable PATH.</param>
    internal static string Describe(string? process, string library, string folder, string? searched)
    {
        if (process is null) return ShellQuote.Argument(Short(library, folder));
        if (Path.GetFileNameWithoutExtension(process).Equals("dotnet", StringComparison.OrdinalIgnoreCase)) return ShellQuote.Join(["dotnet", Short(library, folder)]);
        // 'dotnet run' starts PROJECT/bin/CONFIGURATION/FRAMEWORK/NAME; nobody types that path.
        bool isBuilt = Path.GetRelativePath(folder, process).Replace('\\', '/').Split('/') is [_, "bin", ..];
        if (isBuilt && Path.GetRelativePath(folder, process).Split('/', '\\')[0] is var project && IsCheckoutOf(folder, project)) return RunProject(project);
        bool isFound = searched?.Split(Path.PathSeparator).Contains(Path.GetDirectoryName(process)) == true;
        return ShellQuote.Argument(isFound ? Path.GetFileName(process) : Short(process, folder));
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

namespace EmotionMLNet.Terminal;

/// <summary>How this program was started, for hints that can be pasted.</summary>
internal static class ProgramCommand
{
    /// <summary>The first words of a command line, quoted: "Predictor.Console" where the shell finds it by that name, else its path, or "dotnet" and the path of its library.</summary>
    public static string Current { get; } = Describe(Environment.ProcessPath, Environment.GetCommandLineArgs()[0], Environment.CurrentDirectory, Environment.GetEnvironmentVariable("PATH"));

    /// <param name="process">The executable.</param>
    /// <param name="library">The program's own path as the runtime says it.</param>
    /// <param name="folder">The current one.</param>
    /// <param name="searched">The variable PATH.</param>
    internal static string Describe(string? process, string library, string folder, string? searched)
    {
        if (process is null) return ShellQuote.Argument(Short(library, folder));
        if (!Path.GetFileNameWithoutExtension(process).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            bool isFound = searched?.Split(Path.PathSeparator).Contains(Path.GetDirectoryName(process)) == true;
            return ShellQuote.Argument(isFound ? Path.GetFileName(process) : Short(process, folder));
        }
        return ShellQuote.Join(["dotnet", Short(library, folder)]);
    }

    // Relative where that leads downwards: shorter, and still a path to the shell.
    private static string Short(string path, string folder)
    {
        string relative = Path.GetRelativePath(folder, path);
        if (Path.IsPathRooted(relative) || relative.StartsWith("..", StringComparison.Ordinal)) return path;
        return relative.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) ? relative : Path.Combine(".", relative);
    }
}

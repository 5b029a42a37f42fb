using EmotionMLNet.Terminal;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>How the predictor is called from where the user of this program stands, for hints.</summary>
internal static class PredictorCommand
{
    private const string Name = "Predictor.Console";

    /// <summary>The one beside this program, or of the same build; else by the project in the current folder, or by its name alone.</summary>
    public static string Here
    {
        get
        {
            string folder = AppContext.BaseDirectory, projects = Path.GetFullPath(Path.Combine(folder, "..", "..", "..", "..")); // PROJECT/bin/Release/net10.0
            string? build = Path.GetRelativePath(projects, folder).Split(Path.DirectorySeparatorChar, 2) is [_, var below] ? Path.Combine(projects, Name, below) : null;
            string[] places = [.. ((string?[])[folder, build]).OfType<string>().Select(f => Path.Combine(f, $"{Name}.dll"))];
            if (Array.Find(places, File.Exists) is { } found) return ShellQuote.Join(["dotnet", Near(found)]);
            return Directory.Exists(Name) ? $"dotnet run -c Release --project {Name} --" : Name;
        }
    }

    private static string Near(string path) => Path.GetRelativePath(Environment.CurrentDirectory, path) is var relative && relative.Length < path.Length ? relative : path;
}

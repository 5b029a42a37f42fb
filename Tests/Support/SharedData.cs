namespace EmotionMLNet.Tests.Support;

/// <summary>
/// The measuring data beside a developer's checkout (../shared/data). It is not part of the project: tests that need it skip where it is
/// absent.
/// </summary>
internal static class SharedData
{
    /// <summary>The folder, or null.</summary>
    public static string? Folder { get; } = Find();

    private static string? Find()
    {
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            string candidate = Path.Combine(d.FullName, "shared", "data");
            if (Directory.Exists(candidate) && !File.Exists(Path.Combine(d.FullName, "EmotionMLNet.sln"))) return candidate;
        }
        return null;
    }
}

/// <summary>A fact that needs a file of ../shared/data and says so when it skips.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedDataFactAttribute : FactAttribute
{
    public SharedDataFactAttribute(string file)
    {
        if (SharedData.Folder is null || !File.Exists(Path.Combine(SharedData.Folder, file)))
            Skip = $"needs ../shared/data/{file}, which is not on this machine";
    }
}

namespace EmotionMLNet.Files;

/// <summary>Where programs keep small things that they remember for a user from one run to the next.</summary>
internal static class UserState
{
    /// <summary>The variable of the XDG base directory specification.</summary>
    public const string Variable = "XDG_STATE_HOME";

    /// <summary>The folder of this product, which may not exist yet; null where the system has none for the user.</summary>
    public static string? FindFolder()
    {
        string? root = Environment.GetEnvironmentVariable(Variable);
        if (!Path.IsPathFullyQualified(root ?? ""))
            root = OperatingSystem.IsLinux()
                ? Home(Path.Combine(".local", "state"))
                : FindSpecialFolder(Environment.SpecialFolder.LocalApplicationData);
        return root is null ? null : Path.Combine(root, "EmotionMLNet");
    }

    private static string? Home(string below) =>
        FindSpecialFolder(Environment.SpecialFolder.UserProfile) is { } home ? Path.Combine(home, below) : null;

    private static string? FindSpecialFolder(Environment.SpecialFolder folder)
        => Environment.GetFolderPath(folder, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } path ? path : null;
}

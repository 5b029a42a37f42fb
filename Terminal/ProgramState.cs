using EmotionMLNet.Files;

namespace EmotionMLNet.Terminal;

/// <summary>
/// Where a program keeps what it remembers for a user; a predictor is no friend of Model, and reaches <see cref="UserState"/> here.
/// </summary>
internal static class ProgramState
{
    /// <summary>The folder of this product, which may not exist yet; null where the system has none for the user.</summary>
    public static string? Folder() => UserState.FindFolder();
}

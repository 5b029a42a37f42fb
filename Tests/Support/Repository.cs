namespace EmotionMLNet.Tests.Support;

/// <summary>The checkout that the tests were built in.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
            if (File.Exists(Path.Combine(d.FullName, "EmotionMLNet.sln"))) return d.FullName;
        throw new InvalidOperationException("EmotionMLNet.sln was not found above the test folder: run the tests inside the checkout.");
    }
}

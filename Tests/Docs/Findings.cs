namespace EmotionMLNet.Tests.Docs;

/// <summary>What is wrong in documents, a line each.</summary>
internal static class Findings
{
    /// <summary>Fails with all of them, in full.</summary>
    public static void AreNone(IEnumerable<string> findings)
    {
        string all = string.Join('\n', findings);
        Assert.True(all.Length == 0, all);
    }
}

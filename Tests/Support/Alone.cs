namespace EmotionMLNet.Tests.Support;

/// <summary>Tests that measure the whole process (its memory) and so run when no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

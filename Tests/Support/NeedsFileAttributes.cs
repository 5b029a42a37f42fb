namespace EmotionMLNet.Tests.Support;

/// <summary>A fact that needs a program of the system, and says so when it skips.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsFileFactAttribute : FactAttribute
{
    public NeedsFileFactAttribute(string path)
    {
        if (!File.Exists(path)) Skip = $"needs {path}, which is not on this machine";
    }
}

/// <summary>The same for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsFileTheoryAttribute : TheoryAttribute
{
    public NeedsFileTheoryAttribute(string path)
    {
        if (!File.Exists(path)) Skip = $"needs {path}, which is not on this machine";
    }
}

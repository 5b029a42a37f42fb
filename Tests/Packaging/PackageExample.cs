using System.Text.RegularExpressions;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Packaging;

/// <summary>The C# in a package's readme: the program that a stranger would begin with.</summary>
internal static partial class PackageExample
{
    /// <param name="project">Folder of the package's project.</param>
    public static string Of(string project)
    {
        Match match = Code().Match(File.ReadAllText(Path.Combine(Repository.Root, project, "README.md")));
        Assert.True(match.Success, $"{project}/README.md has no example");
        return match.Groups[1].Value;
    }

    /// <summary>Whether an example names a type, given with its namespace.</summary>
    public static bool Names(string example, string type) => Regex.IsMatch(example, $@"\b{Regex.Escape(type.Split('.')[^1])}\b");

    [GeneratedRegex("```csharp\r?\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Code();
}

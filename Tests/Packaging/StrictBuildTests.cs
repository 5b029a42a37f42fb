using EmotionMLNet.Files;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Packaging;

/// <summary>What only developers need is checked in CI and nowhere else: shown on a project that breaks one of the rules.</summary>
[Collection(OnePacking.Name)]
public sealed class StrictBuildTests : IDisposable
{
    private static readonly string[] Rules =
        ["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "BannedSymbols.txt", ".editorconfig"];

    private readonly TemporaryFolder folder = new();

    public StrictBuildTests()
    {
        foreach (string rule in Rules) File.Copy(Path.Combine(Repository.Root, rule), folder[rule]);
        AtomicFile.WriteText(folder["Broken.csproj"], """<Project Sdk="Microsoft.NET.Sdk" />""");
        AtomicFile.WriteText(folder["Broken.cs"], """
            namespace Broken;

            internal static class Banned
            {
                public static void Write() => File.WriteAllText("a", "b");
            }

            """);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_banned_call_fails_in_ci_and_nobody_elses_build_looks_for_it()
    {
        ProcessResult strict = DotNet.Run(folder.FullName, null, "build", "-v", "q", "-p:CI=true");
        Assert.NotEqual(0, strict.Code);
        Assert.Contains("error RS0030", strict.Output, StringComparison.Ordinal);

        DotNet.Succeed(folder.FullName, null, "build", "-v", "q", "-p:CI=false");
        string run = File.ReadAllText(Path.Combine(Repository.Root, ".ci", "run"));
        Assert.Contains("dotnet build -c Release -v q -p:Strict=true", run, StringComparison.Ordinal);
    }
}

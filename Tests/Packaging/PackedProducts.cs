using System.IO.Compression;
using System.Reflection;
using System.Xml.Linq;
using EmotionMLNet.Files;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Packaging;

/// <summary>All packages, made once of what the tests were built with, in a folder that a package manager can install from.</summary>
public sealed class PackedProducts : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public PackedProducts()
    {
        DotNet.Succeed(Repository.Root, null, "pack", "EmotionMLNet.sln", "-c", DotNet.Configuration, "--no-build", "-o", Packages);
        // Nothing but these packages: what is restored can't come from elsewhere.
        AtomicFile.WriteText(folder["nuget.config"], $"""
            <configuration>
              <packageSources><clear /><add key="packed" value="{Packages}" /></packageSources>
              <fallbackPackageFolders><clear /></fallbackPackageFolders>
            </configuration>
            """);
    }

    /// <summary>The version of all of them.</summary>
    public static string Version { get; } = typeof(EmotionClassifier).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Where the packages are.</summary>
    public string Packages => folder["packages"];

    /// <summary>A folder of its own for restored packages, so that none of an earlier run is found.</summary>
    public string Cache => folder["cache"];

    /// <summary>A folder below that of nuget.config.</summary>
    /// <param name="name">Made where it is not there.</param>
    public string Folder(string name) => Directory.CreateDirectory(folder[name]).FullName;

    public void Dispose() => folder.Dispose();

    /// <summary>Opens a package; the caller disposes it.</summary>
    /// <param name="id">As nuspec says it.</param>
    /// <param name="extension">nupkg or snupkg.</param>
    internal ZipArchive Open(string id, string extension = "nupkg")
        => ZipFile.OpenRead(Path.Combine(Packages, $"{id}.{Version}.{extension}"));

    /// <summary>What a package says of itself: the element metadata, without its namespace.</summary>
    internal XElement Metadata(string id)
    {
        using ZipArchive package = Open(id);
        using Stream stream = package.GetEntry($"{id}.nuspec")!.Open();
        XElement root = XDocument.Load(stream).Root!;
        foreach (XElement element in root.DescendantsAndSelf()) element.Name = element.Name.LocalName;
        return root.Element("metadata")!;
    }
}

/// <summary>Tests of the packages share one set of them.</summary>
[CollectionDefinition(Name)]
public sealed class OnePacking : ICollectionFixture<PackedProducts>
{
    public const string Name = "packages";
}

using System.IO.Compression;
using EmotionMLNet.Files;

namespace EmotionMLNet.Training.Weights;

/// <summary>A NuGet package that holds a file: in the cache of a machine that has restored it, as a file, or at its publisher's.</summary>
/// <param name="Id">The package's name.</param>
/// <param name="Version">A version that holds the file.</param>
/// <param name="Entry">The file's path inside the package.</param>
internal sealed record NuGetPackage(string Id, string Version, string Entry)
{
    /// <summary>Names another folder for unpacked packages than the user's own.</summary>
    public const string CacheVariable = "NUGET_PACKAGES";

    /// <summary>The folder in which NuGet unpacks packages: NUGET_PACKAGES, or .nuget/packages in the user's.</summary>
    public static string Cache =>
        Environment.GetEnvironmentVariable(CacheVariable) is { Length: > 0 } given
            ? given
            : Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify),
                ".nuget",
                "packages"
            );

    /// <summary>The package's file name: id.version.nupkg in lower case.</summary>
    public string FileName => $"{Lower}.{Version}.nupkg";

    /// <summary>Where nuget.org has the package.</summary>
    public Uri Location => At(new Uri("https://api.nuget.org/v3-flatcontainer/"));

    /// <summary>Where a server has the package.</summary>
    /// <param name="place">What it calls PackageBaseAddress.</param>
    public Uri At(Uri place) => new($"{place.AbsoluteUri.TrimEnd('/')}/{Lower}/{Version}/{FileName}");

    private string Lower => Id.ToLowerInvariant();

    /// <summary>Where the file may lie in a cache: in this version of the package first, then in the others that are there.</summary>
    public IEnumerable<string> FindUnpacked(string cache)
    {
        string package = Path.Combine(cache, Lower);
        if (!Directory.Exists(package)) return [];
        return Directory
            .GetDirectories(package)
            .OrderByDescending(d => Path.GetFileName(d) == Version)
            .ThenByDescending(d => d, StringComparer.Ordinal)
            .Select(d => Path.Combine([d, .. Entry.Split('/')]))
            .Where(RegularFile.Exists);
    }

    /// <summary>Whether a file is a package, or at least a zip.</summary>
    public static bool IsPacked(string path)
    {
        using FileStream file = File.OpenRead(path);
        return file.ReadByte() == 'P' && file.ReadByte() == 'K';
    }

    /// <summary>The file out of a package.</summary>
    /// <param name="path">The .nupkg file.</param>
    /// <param name="largest">Most bytes that the file may have.</param>
    /// <exception cref="TrainingException">It is no package, or another one.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public byte[] Unpack(string path, long largest)
    {
        try
        {
            using ZipArchive zip = ZipFile.OpenRead(path);
            ZipArchiveEntry entry =
                zip.GetEntry(Entry) ?? throw new TrainingException($"{path} is not the package {Id}: it has no {Entry}.");
            return ZipContent.Read(entry, largest);
        }
        catch (InvalidDataException e)
        {
            throw new TrainingException($"{path} is no whole NuGet package: {e.Message.ReplaceLineEndings(" ")}");
        }
    }
}

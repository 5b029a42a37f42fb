using System.Formats.Tar;
using System.IO.Compression;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Imaging;

/// <summary>The decoder trials of ../shared/data, unpacked once for the tests that need them.</summary>
public sealed class OddImages : IDisposable
{
    internal const string Archive = "odd-images.tar.gz";

    private readonly Lazy<TemporaryFolder> folder = new(() =>
    {
        var unpacked = new TemporaryFolder();
        using FileStream file = File.OpenRead(Path.Combine(SharedData.Folder!, Archive));
        using var gzip = new GZipStream(file, CompressionMode.Decompress);
        TarFile.ExtractToDirectory(gzip, unpacked.FullName, overwriteFiles: true);
        return unpacked;
    });

    /// <summary>All files whose path ends so, in order.</summary>
    internal IEnumerable<string> Files(string part, string pattern = "*") =>
        Directory.EnumerateFiles(folder.Value.FullName, pattern, SearchOption.AllDirectories)
            .Where(f => f.Replace('\\', '/').Contains(part, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    public void Dispose()
    {
        if (folder.IsValueCreated) folder.Value.Dispose();
    }
}

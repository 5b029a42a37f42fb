using System.Formats.Tar;
using System.IO.Compression;

namespace EmotionMLNet.Tests.Support;

/// <summary>
/// The files of ../shared/data/hostile.tar.gz, which broke the product on 29 November 2026, by their path in it: "weights/selfdict.pth".
/// </summary>
internal static class HostileFiles
{
    public const string Archive = "hostile.tar.gz";

    private static readonly Lazy<Dictionary<string, byte[]>> All = new(Unpack);

    /// <summary>Whether the archive is on this machine.</summary>
    public static bool AreThere => SharedData.Folder is { } folder && File.Exists(Path.Combine(folder, Archive));

    public static byte[] Read(string name) => All.Value[name];

    /// <summary>Writes one into a folder.</summary>
    /// <returns>Its path there.</returns>
    public static string Put(string name, TemporaryFolder folder)
    {
        string path = folder[Path.GetFileName(name)];
        Write(path, Read(name));
        return path;
    }

    /// <summary>Writes a file as quickly as can be: thousands of them are made.</summary>
    public static void Write(string path, params ReadOnlySpan<byte[]> parts)
    {
        using FileStream file = File.Create(path);
        foreach (byte[] part in parts) file.Write(part);
    }

    private static Dictionary<string, byte[]> Unpack()
    {
        var files = new Dictionary<string, byte[]>();
        using var packed = new GZipStream(File.OpenRead(Path.Combine(SharedData.Folder!, Archive)), CompressionMode.Decompress);
        using var tar = new TarReader(packed);
        while (tar.GetNextEntry(copyData: true) is { } entry)
        {
            if (entry.DataStream is not { } data) continue;
            using var content = new MemoryStream();
            data.CopyTo(content);
            files[entry.Name[(entry.Name.IndexOf('/', StringComparison.Ordinal) + 1)..]] = content.ToArray();
        }
        return files;
    }
}

/// <summary>A theory that needs <see cref="HostileFiles"/> and says so when it skips.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class HostileTheoryAttribute : TheoryAttribute
{
    public HostileTheoryAttribute()
    {
        if (!HostileFiles.AreThere) Skip = $"needs ../shared/data/{HostileFiles.Archive}, which is not on this machine";
    }
}

/// <summary>That something is refused in one line, and cheaply.</summary>
internal static class Refusal
{
    /// <summary>What any file below 4 MB may allocate.</summary>
    public const long MostBytes = 500_000_000;

    /// <summary>Fails unless the work throws T, with such a message, below <see cref="MostBytes"/>.</summary>
    /// <param name="cause">A part of the message.</param>
    /// <param name="load">Runs on this thread alone.</param>
    public static void Of<T>(string cause, Action load) where T : EmotionMLNetException
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        T e = Assert.Throws<T>(load);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
        Assert.Contains(cause, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.InRange(e.Message.Length, 10, 5000);
    }
}

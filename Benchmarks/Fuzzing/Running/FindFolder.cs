using System.Security.Cryptography;
using System.Text;
using EmotionMLNet.Files;

namespace EmotionMLNet.Benchmarks.Fuzzing.Running;

/// <summary>Finds on disk: OUT/finds/FAMILY/CAUSE.bin is the file, CAUSE.txt says what happened. One of each cause.</summary>
internal sealed class FindFolder(string folder)
{
    /// <summary>A name for a cause that every file system takes.</summary>
    public static string NameOf(string cause)
    {
        var name = new StringBuilder();
        foreach (char c in cause)
            if (char.IsAsciiLetterOrDigit(c)) name.Append(c);
            else if (name.Length > 0 && name[^1] != '-') name.Append('-');
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(cause)))[..4];
        return $"{name.ToString(0, Math.Min(name.Length, 70)).Trim('-')}-{hash}";
    }

    public bool Has(string family, string cause) => File.Exists(PathOf(family, cause));

    public void Save(string family, string cause, string detail, byte[] file)
    {
        AtomicFile.Write(PathOf(family, cause), s => s.Write(file));
        AtomicFile.WriteText(Path.ChangeExtension(PathOf(family, cause), ".txt"), $"{cause}\n{file.Length} bytes\n\n{detail}\n");
    }

    public IEnumerable<(string Family, string File)> All() =>
        Directory.Exists(folder)
            ? Directory
                .GetFiles(folder, "*.bin", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(f => (Path.GetFileName(Path.GetDirectoryName(f))!, f))
            : [];

    private string PathOf(string family, string cause) => Path.Combine(folder, family, NameOf(cause) + ".bin");
}

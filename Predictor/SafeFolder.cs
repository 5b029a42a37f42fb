using EmotionMLNet.Terminal;

namespace EmotionMLNet.Predictor;

/// <summary>
/// A folder into which a run puts files: nothing is written outside of it, links are neither followed nor replaced, and no file is ever
/// half there under a good name.
/// </summary>
internal static class SafeFolder
{
    /// <summary>Makes it where it is missing.</summary>
    /// <exception cref="IOException">It is a link, or can't be made.</exception>
    public static void Make(string folder)
    {
        Directory.CreateDirectory(folder);
        if (new DirectoryInfo(folder).LinkTarget is not null)
            throw new IOException($"{folder} is a link, which is not followed: remove it");
    }

    /// <summary>The names that a file may get, best first: an equal name gets a number.</summary>
    /// <param name="folder">Where it goes.</param>
    /// <param name="name">Without the ending.</param>
    /// <param name="extension">With its dot.</param>
    public static IEnumerable<string> Names(string folder, string name, string extension)
    {
        for (int i = 1; ; i++) yield return Path.Combine(folder, i == 1 ? name + extension : $"{name} ({i}){extension}");
    }

    /// <summary>Whether something has the name. A link to nothing takes a name as well, and File.Exists says no to it.</summary>
    public static bool IsTaken(string path) => Path.Exists(path) || IsLink(path);

    public static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    /// <summary>A name under which a file comes to be: a killed process leaves no half one under a good name.</summary>
    public static string Temporary(string folder)
    {
        string path = Path.Combine(folder, $".{Environment.ProcessId}.copying");
        File.Delete(path); // a dead process with the same number left it; of a link, the link goes
        return path;
    }

    /// <summary>Gives a file its name.</summary>
    /// <returns>False if somebody has taken the name meanwhile, also on a system that ignores case.</returns>
    public static bool Move(string temporary, string target)
    {
        try
        {
            File.Move(temporary, target, overwrite: false);
            return true;
        }
        catch (IOException) when (IsTaken(target))
        {
            return false;
        }
    }

    /// <summary>Whether a file, and no link, has this content.</summary>
    public static bool Holds(string path, Stream content)
    {
        if (IsLink(path) || !InputFile.Exists(path) || new FileInfo(path).Length != content.Length) return false;
        using var right = new FileStream(InputFile.Open(path), FileAccess.Read);
        Span<byte> one = stackalloc byte[4096], other = stackalloc byte[4096];
        while (true)
        {
            int count = content.ReadAtLeast(one, one.Length, throwOnEndOfStream: false),
                second = right.ReadAtLeast(other, other.Length, throwOnEndOfStream: false);
            if (!one[..count].SequenceEqual(other[..second])) return false;
            if (count < one.Length) return true;
        }
    }
}

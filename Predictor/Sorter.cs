using EmotionMLNet.Terminal;

namespace EmotionMLNet.Predictor;

/// <summary>
/// Copies classified images into a folder a label. Nothing is moved, overwritten or deleted; an equal name gets a number. Labels come from
/// the model's file, and somebody may have put links where the copies go: nothing is written outside the folder.
/// </summary>
/// <param name="root">Is created when something is copied.</param>
/// <param name="labels">The model's, in order.</param>
internal sealed class Sorter(string root, IReadOnlyList<string> labels)
{
    private readonly IReadOnlyList<string> folders = OutputFile.FolderNames([.. labels, Row.Uncertain]);

    /// <summary>Copies one image.</summary>
    /// <param name="row">Without a label it is left where it is.</param>
    /// <returns>Why it could not be copied; null if it was, or had been before.</returns>
    public string? Place(Row row)
    {
        if (row.Class < 0) return null;
        try
        {
            Place(row.Path, Path.Combine(root, folders[row.Class]));
            return null;
        }
        catch (Exception e) when (FoundFile.IsOfOneFile(e))
        {
            return FoundFile.Reason(row.Path, e);
        }
    }

    private static void Place(string source, string folder)
    {
        Directory.CreateDirectory(folder);
        if (new DirectoryInfo(folder).LinkTarget is not null)
            throw new IOException($"{folder} is a link, which is not followed: remove it");
        string name = Path.GetFileNameWithoutExtension(source), extension = Path.GetExtension(source);
        string? copy = null;
        try
        {
            for (int i = 1; ; i++)
            {
                string target = Path.Combine(folder, i == 1 ? name + extension : $"{name} ({i}){extension}");
                if (IsTaken(target))
                {
                    if (IsSame(source, target)) return; // a continued run finds the copies of the run before
                    continue;
                }
                copy ??= Copy(source, folder);
                if (Put(copy, target)) return;
            }
        }
        finally
        {
            if (copy is not null) File.Delete(copy);
        }
    }

    // A link to nothing takes a name as well, and File.Exists says no to it.
    private static bool IsTaken(string path) => Path.Exists(path) || new FileInfo(path).LinkTarget is not null;

    // Under a name of its own first: a killed process leaves no half picture under a good name.
    private static string Copy(string source, string folder)
    {
        string copy = Path.Combine(folder, $".{Environment.ProcessId}.copying");
        File.Delete(copy); // a dead process with the same number left it; of a link, the link goes
        InputFile.Check(source);
        File.Copy(source, copy, overwrite: false);
        return copy;
    }

    // False if somebody has taken the name meanwhile, also on a system that ignores case.
    private static bool Put(string copy, string target)
    {
        try
        {
            File.Move(copy, target, overwrite: false);
            return true;
        }
        catch (IOException) when (IsTaken(target))
        {
            return false;
        }
    }

    private static bool IsSame(string a, string b)
    {
        if (new FileInfo(b).LinkTarget is not null || !InputFile.Exists(b) || new FileInfo(a).Length != new FileInfo(b).Length)
            return false;
        using var left = new FileStream(InputFile.Open(a), FileAccess.Read);
        using var right = new FileStream(InputFile.Open(b), FileAccess.Read);
        Span<byte> one = stackalloc byte[4096], other = stackalloc byte[4096];
        while (true)
        {
            int count = left.ReadAtLeast(one, one.Length, throwOnEndOfStream: false),
                second = right.ReadAtLeast(other, other.Length, throwOnEndOfStream: false);
            if (!one[..count].SequenceEqual(other[..second])) return false;
            if (count < one.Length) return true;
        }
    }
}

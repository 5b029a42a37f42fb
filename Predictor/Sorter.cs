using EmotionMLNet.Terminal;

namespace EmotionMLNet.Predictor;

/// <summary>
/// Copies images into a folder a label, and those without a face into one of their own. Nothing is moved, overwritten or deleted; an equal
/// name gets a number. Labels come from the model's file, and somebody may have put links where the copies go: nothing is written outside
/// the folder.
/// </summary>
/// <param name="root">Is created when something is copied.</param>
/// <param name="labels">The model's, in order.</param>
internal sealed class Sorter(string root, IReadOnlyList<string> labels)
{
    private readonly IReadOnlyList<string> folders = OutputFile.FolderNames([.. labels, Row.Uncertain, Row.NoFace]);

    /// <summary>Copies one image.</summary>
    /// <param name="row">What could not be read is left where it is.</param>
    /// <returns>Why it could not be copied; null if it was, or had been before.</returns>
    public string? Place(Row row)
    {
        if (row.Class == Row.Unread) return null;
        try
        {
            Place(row.Path, Path.Combine(root, row.Class == Row.WithoutFace ? folders[^1] : folders[row.Class]));
            return null;
        }
        catch (Exception e) when (FoundFile.IsOfOneFile(e))
        {
            return FoundFile.Reason(row.Path, e);
        }
    }

    private static void Place(string source, string folder)
    {
        SafeFolder.Make(folder);
        string? copy = null;
        try
        {
            foreach (string target in SafeFolder.Names(folder, Path.GetFileNameWithoutExtension(source), Path.GetExtension(source)))
            {
                if (SafeFolder.IsTaken(target))
                {
                    if (IsSame(source, target)) return; // a continued run finds the copies of the run before
                    continue;
                }
                copy ??= Copy(source, folder);
                if (SafeFolder.Move(copy, target)) return;
            }
        }
        finally
        {
            if (copy is not null) File.Delete(copy);
        }
    }

    private static string Copy(string source, string folder)
    {
        string copy = SafeFolder.Temporary(folder);
        InputFile.Check(source);
        File.Copy(source, copy, overwrite: false);
        return copy;
    }

    private static bool IsSame(string source, string target)
    {
        if (SafeFolder.IsLink(target) || !InputFile.Exists(target)) return false;
        using var stream = new FileStream(InputFile.Open(source), FileAccess.Read);
        return SafeFolder.Holds(target, stream);
    }
}

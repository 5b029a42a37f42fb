namespace EmotionMLNet.Predictor;

/// <summary>A folder of pictures that a run makes, under the rules of <see cref="Sorter"/>: equal names get a number.</summary>
/// <param name="root">Is created when something is written.</param>
/// <param name="replaces">Files that were there before the run may go.</param>
internal sealed class PictureFolder(string root, bool replaces)
{
    private readonly HashSet<string> written = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Writes a picture, unless it is there already: a continued run finds those of the run before.</summary>
    /// <param name="name">Without the ending.</param>
    /// <param name="extension">With its dot.</param>
    /// <param name="content">The whole file.</param>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Put(string name, string extension, byte[] content)
    {
        SafeFolder.Make(root);
        string? temporary = null;
        try
        {
            foreach (string target in SafeFolder.Names(root, name, extension))
            {
                bool isTaken = SafeFolder.IsTaken(target), mayGo = replaces && !written.Contains(target) && !IsOther(target);
                if (isTaken && SafeFolder.Holds(target, new MemoryStream(content, writable: false)))
                {
                    Remember(target);
                    return;
                }
                if (isTaken && !mayGo) continue;
                temporary ??= Write(content);
                if (isTaken) File.Move(temporary, target, overwrite: true);
                else if (!SafeFolder.Move(temporary, target)) continue;
                Remember(target);
                return;
            }
        }
        finally
        {
            if (temporary is not null) File.Delete(temporary);
        }
    }

    // A folder or a link is nothing that this program has made.
    private static bool IsOther(string path) => Directory.Exists(path) || SafeFolder.IsLink(path);

    // Only who replaces has to know what is of this run.
    private void Remember(string path)
    {
        if (replaces) written.Add(path);
    }

    private string Write(byte[] content)
    {
        string path = SafeFolder.Temporary(root);
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        stream.Write(content);
        return path;
    }
}

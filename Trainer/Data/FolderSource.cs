namespace EmotionMLNet.Trainer.Data;

/// <summary>Class folders, alone or below split folders. Every file in a class folder, at any depth, counts as an image:
/// what it is its content tells, not its name.</summary>
internal static class FolderSource
{
    // Far deeper than any data set, shallow enough to end a loop of links.
    private const int Depth = 8;

    private static readonly HashSet<string> Droppings = new(StringComparer.OrdinalIgnoreCase) { "Thumbs.db", "desktop.ini", "__MACOSX" };

    /// <summary>Folders inside in ordinal order; hidden ones and what operating systems leave behind do not count.</summary>
    public static string[] Subfolders(string path)
        => [.. Directory.GetDirectories(path).Where(d => Counts(Path.GetFileName(d))).Order(StringComparer.Ordinal)];

    /// <summary>Whether a folder named as a split holds folders.</summary>
    public static bool HasSplits(string path) => Subfolders(path).Any(IsSplit);

    public static SourceListing List(string root)
    {
        if (!HasSplits(root)) return Listing("class folders", ClassFolders(root, root, part: null), []);

        ILookup<bool, string> folders = Subfolders(root).ToLookup(IsSplit);
        IEnumerable<string> notes = folders[false].Select(f => $"folder {Path.GetFileName(f)} is not read: it is not named as a split");
        return Listing("split folders", folders[true].SelectMany(f => ClassFolders(root, f, Path.GetFileName(f))), notes);
    }

    private static bool IsSplit(string folder) => SplitNames.Parse(Path.GetFileName(folder)) is not null && Subfolders(folder).Length > 0;

    private static bool Counts(string name) => !name.StartsWith('.') && !Droppings.Contains(name);

    private static IEnumerable<ListedImage> ClassFolders(string root, string folder, string? part)
        => from c in Subfolders(folder)
           from file in Files(c)
           select new ListedImage(Path.GetRelativePath(root, file).Replace('\\', '/'), Path.GetFileName(c), part, new FileContent(file));

    private static IEnumerable<string> Files(string folder)
        => Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = Depth, AttributesToSkip = 0 })
            .Where(f => Counts(Path.GetFileName(f)));

    private static SourceListing Listing(string kind, IEnumerable<ListedImage> images, IEnumerable<string> notes)
    {
        ListedImage[] sorted = [.. images.OrderBy(i => i.Name, StringComparer.Ordinal)];
        string[] labels = [.. sorted.Select(i => i.Label).Distinct().Order(StringComparer.Ordinal)];
        return new SourceListing(kind, labels, sorted, [], [.. notes]);
    }
}

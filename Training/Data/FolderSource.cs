using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Data;

/// <summary>Class folders, alone or below split folders. Every file in a class folder, at any depth, counts as an image:
/// what it is its content tells, not its name.</summary>
internal static class FolderSource
{
    /// <summary>Folders inside in ordinal order; hidden ones and what operating systems leave behind do not count.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static string[] Subfolders(string path)
        => [.. Directory.GetDirectories(path).Where(d => FolderWalk.Counts(Path.GetFileName(d))).Order(StringComparer.Ordinal)];

    /// <summary>Whether a folder named as a split holds folders; one that can't be read might.</summary>
    public static bool HasSplits(string path) => SubfoldersOrNone(path).Any(IsSplit);

    /// <summary>Whether a folder holds class folders, by what they are called: it is a data set of its own, not a class.</summary>
    public static bool LooksLikeDataSet(string path)
        => HasSplits(path) || SubfoldersOrNone(path).Count(f => ExpressionNames.IsExpression(Path.GetFileName(f))) >= 2;

    public static SourceListing List(string root)
    {
        if (!HasSplits(root)) return Listing("class folders", root, ClassFolders(root, part: null), [], []);

        ILookup<bool, string> folders = Subfolders(root).ToLookup(IsSplit);
        IEnumerable<string> notes = folders[false].Select(f => $"folder {Path.GetFileName(f)} is not read: it is not named as a split");
        List<ClassFolder> classes = [];
        List<UnusableImage> unreadable = [];
        foreach (string split in folders[true])
        {
            string part = Path.GetFileName(split);
            try
            {
                classes.AddRange(ClassFolders(split, part));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                unreadable.Add(new UnusableImage(SplitNames.Parse(part), part, FolderWalk.Reason(e)));
            }
        }
        return Listing("split folders", root, classes, unreadable, notes);
    }

    private static bool IsSplit(string folder)
    {
        if (SplitNames.Parse(Path.GetFileName(folder)) is null) return false;
        try
        {
            return Subfolders(folder).Length > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static string[] SubfoldersOrNone(string path)
    {
        try
        {
            return Subfolders(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static IEnumerable<ClassFolder> ClassFolders(string folder, string? part) =>
        Subfolders(folder).Select(c => new ClassFolder(c, Path.GetFileName(c), part));

    private static SourceListing Listing(
        string kind,
        string root,
        IEnumerable<ClassFolder> classes,
        IReadOnlyList<UnusableImage> unreadable,
        IEnumerable<string> notes
    )
    {
        ClassFolder[] folders = [.. classes];
        var walk = new FolderWalk(root, folders);
        ListedImage[] sorted = [.. walk.Images.OrderBy(i => i.Name, StringComparer.Ordinal)];
        string[] labels = [.. sorted.Select(i => i.Label).Distinct().Order(StringComparer.Ordinal)];
        string[] without =
        [
            .. folders
                .Select(f => f.Label)
                .Distinct()
                .Except(labels)
                .Except(walk.Unreadable.Concat(walk.PassedOver).Select(u => u.Name))
                .Order(StringComparer.Ordinal),
        ];
        return new SourceListing(kind, labels, sorted, walk.PassedOver, [.. notes, .. Empty(without), .. Nested(folders)])
        {
            Unreadable = [.. unreadable, .. walk.Unreadable],
        };
    }

    private static IEnumerable<string> Empty(string[] folders) => folders.Select(f => $"folder {f} holds no file and is no class");

    /// <summary>What class folders hold that looks like something else.</summary>
    private static IEnumerable<string> Nested(ClassFolder[] classes)
    {
        string[][] inside = [.. classes.Select(c => SubfoldersOrNone(c.Path).Select(Path.GetFileName).OfType<string>().ToArray())];
        string[] splits =
        [
            .. inside.SelectMany(f => f).Where(f => SplitNames.Parse(f) is not null).Distinct().Order(StringComparer.Ordinal),
        ];
        if (splits.Length > 0)
        {
            string named = string.Join(", ", splits);
            yield return $"folders named as splits below class folders ({named}) are not taken as splits: put the class folders below them";
        }
        if (classes.Length < 2 || Array.Exists(classes, c => c.Part is not null)) yield break;
        string[] shared = [.. inside.Aggregate((a, b) => [.. a.Intersect(b)])];
        bool hasFiles = classes.Any(c => HasFiles(c.Path));
        if (shared.Length >= 2 && splits.Length == 0 && !hasFiles)
            yield return $"each class folder holds the folders {string.Join(", ", shared.Take(3))}{(shared.Length > 3 ? ", ..." : "")}: if "
                + $"those are the classes, give one of {string.Join(", ", classes.Select(c => c.Label))} as data";
    }

    private static bool HasFiles(string folder)
    {
        try
        {
            return Directory.EnumerateFiles(folder).Any(f => FolderWalk.Counts(Path.GetFileName(f)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}

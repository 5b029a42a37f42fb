using System.IO.Enumeration;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Data;

/// <summary>A folder whose files are images of one class.</summary>
/// <param name="Path">The path of the file or folder.</param>
/// <param name="Label">Its name.</param>
/// <param name="Part">Name of the split folder above it, or null.</param>
internal sealed record ClassFolder(string Path, string Label, string? Part);

/// <summary>
/// Finds the files of class folders at any depth. Links are followed, since data sets are put together by them; but no folder is entered
/// and no file counted twice, by whatever names they are reached, and a link to a folder around it leads nowhere. What lies in the data
/// itself comes first, links after it: so a link can't take images away from the class they lie in.
/// </summary>
internal sealed class FolderWalk
{
    // As many as Linux follows.
    private const int MostLinks = 40;

    private static readonly StringComparer Paths = OperatingSystem.IsLinux() ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;

    private static readonly HashSet<string> Droppings = new(StringComparer.OrdinalIgnoreCase) { "Thumbs.db", "desktop.ini", "__MACOSX" };

    private readonly string root;
    private readonly List<ListedImage> images = [];
    private readonly List<UnusableImage> passedOver = [], unreadable = [];
    private readonly Dictionary<string, string> entered = new(Paths), counted = new(Paths); // real path to the name it was reached by
    private readonly Queue<(string Path, ClassFolder Class)> folderLinks = new(), fileLinks = new();

    /// <param name="root">The data folder; names are relative to it.</param>
    /// <param name="classes">The classes, in any order; the same folders give the same result.</param>
    public FolderWalk(string root, IEnumerable<ClassFolder> classes)
    {
        this.root = root;
        foreach (ClassFolder c in classes.OrderBy(c => c.Path, StringComparer.Ordinal))
        {
            if (IsLink(c.Path)) folderLinks.Enqueue((c.Path, c));
            else if (RealPathOf(c.Path, c) is { } real) Enter(c.Path, real, c);
        }
        while (folderLinks.TryDequeue(out (string Path, ClassFolder Class) link)) Follow(link.Path, link.Class);
        foreach ((string path, ClassFolder c) in fileLinks.OrderBy(f => f.Path, StringComparer.Ordinal))
            if (RealPathOf(path, c) is { } real) Count(path, real, c);
    }

    public IReadOnlyList<ListedImage> Images => images;

    /// <summary>Links that were not followed and files that were counted already.</summary>
    public IReadOnlyList<UnusableImage> PassedOver => passedOver;

    /// <summary>Folders that may not be read, and the like: nobody knows what is missing.</summary>
    public IReadOnlyList<UnusableImage> Unreadable => unreadable;

    /// <summary>Whether a file or folder of that name can be data: hidden ones and what operating systems leave behind can't.</summary>
    public static bool Counts(string name) => !name.StartsWith('.') && !Droppings.Contains(name);

    /// <summary>Where a path leads to, without any link in it.</summary>
    /// <exception cref="IOException">Its links lead round in circles.</exception>
    public static string RealPath(string path) => RealPath(path, MostLinks);

    /// <summary>What keeps a folder from being read, in a few words.</summary>
    public static string Reason(Exception e) => e switch
    {
        UnauthorizedAccessException => "it may not be read: give yourself the right, or move it out of the data",
        PathTooLongException => "its path is longer than this system takes",
        DirectoryNotFoundException => "it can't be opened by its name, which may not be UTF-8 text: rename it",
        _ => e.Message,
    };

    /// <summary>Whether a real path is a folder or lies in it.</summary>
    public static bool IsWithin(string path, string folder)
    {
        StringComparison comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        return path.Equals(folder, comparison)
            || path.StartsWith(folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, comparison);
    }

    private static string RealPath(string path, int links)
    {
        string full = Path.GetFullPath(path), real = Path.GetPathRoot(full)!;
        foreach (string part in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            string next = Path.Combine(real, part);
            FileSystemInfo? target = IsLink(next) ? new FileInfo(next).ResolveLinkTarget(returnFinalTarget: false) : null;
            if (target is not null && links == 0) throw new IOException("its links lead round in circles");
            real = target is null ? next : RealPath(target.FullName, --links);
        }
        return real;
    }

    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    private string? RealPathOf(string path, ClassFolder c)
    {
        try
        {
            return RealPath(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            passedOver.Add(Row(c, path, Reason(e)));
            return null;
        }
    }

    private void Follow(string path, ClassFolder c)
    {
        if (RealPathOf(path, c) is not { } real) return;
        string above = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (entered.TryGetValue(real, out string? name))
            passedOver.Add(Row(c, path, $"a link to {name}, which is read already"));
        else if (IsWithin(RealPathOf(above, c) ?? above, real))
            passedOver.Add(Row(c, path, "a link to a folder around it, which is not followed"));
        else if (entered.FirstOrDefault(e => IsWithin(e.Key, real)) is { Value: { } inside })
            passedOver.Add(Row(c, path, $"a link to a folder around {inside}, which is read already"));
        else
            Enter(path, real, c);
    }

    /// <summary>Reads a folder and those in it; links are left for later.</summary>
    private void Enter(string folder, string real, ClassFolder c)
    {
        var open = new Stack<(string Path, string Real)>([(folder, real)]);
        while (open.TryPop(out (string Path, string Real) at))
        {
            if (!entered.TryAdd(at.Real, Name(at.Path))) continue;
            try
            {
                foreach ((string name, bool isFolder, bool isLink) in Entries(at.Path))
                {
                    string path = Path.Combine(at.Path, name), realPath = Path.Combine(at.Real, name);
                    if (isLink) (isFolder ? folderLinks : fileLinks).Enqueue((path, c));
                    else if (isFolder) open.Push((path, realPath));
                    else Count(path, realPath, c);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                unreadable.Add(Row(c, at.Path, Reason(e)));
            }
        }
    }

    private static IEnumerable<(string Name, bool IsFolder, bool IsLink)> Entries(string folder) =>
        new FileSystemEnumerable<(string Name, bool IsFolder, bool IsLink)>(
            folder,
            Describe,
            new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false }
        )
            .Where(e => Counts(e.Name))
            .OrderBy(e => e.Name, StringComparer.Ordinal);

    private static (string Name, bool IsFolder, bool IsLink) Describe(ref FileSystemEntry entry)
        => (entry.FileName.ToString(), entry.IsDirectory, (entry.Attributes & FileAttributes.ReparsePoint) != 0);

    private void Count(string path, string real, ClassFolder c)
    {
        if (!counted.TryAdd(real, Name(path)))
            passedOver.Add(Row(c, path, $"the same file as {counted[real]}, which counts"));
        else if (path.Contains('\uFFFD', StringComparison.Ordinal) && !File.Exists(path))
            passedOver.Add(Row(c, path, "its name is not UTF-8 text, so that it can't be opened: rename it"));
        else
            images.Add(new ListedImage(Name(path), c.Label, c.Part, new FileContent(path)));
    }

    private UnusableImage Row(ClassFolder c, string path, string reason) =>
        new(c.Part is null ? null : SplitNames.Parse(c.Part), Name(path), reason);

    private string Name(string path) => Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/');
}

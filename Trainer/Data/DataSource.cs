using EmotionMLNet.Terminal;
using System.Text;

namespace EmotionMLNet.Trainer.Data;

/// <summary>Lists the images of a data set of any known form; the form is found by looking.</summary>
internal static class DataSource
{
    private const string Forms = "give a folder of class folders, a folder of train/val/test folders over class folders, FER2013's CSV, or a CSV with the columns path,label[,split]";

    /// <summary>Looks at names and tables only: no picture is read.</summary>
    /// <exception cref="UserException">Nothing is there, or it is none of the forms.</exception>
    public static SourceListing List(DataOptions options)
    {
        string path = Path.GetFullPath(options.Path);
        if (!File.Exists(path) && !Directory.Exists(path)) throw new UserException($"{options.Path}: no such file or folder.");
        SourceListing listing = File.Exists(path) ? Csv(path) : Folder(path);
        listing = FixLabels(listing, options, File.Exists(path) ? Path.GetDirectoryName(path)! : path);
        return listing.Images.Count > 0 ? listing : throw new UserException($"{options.Path}: no images were found ({listing.Kind}).");
    }

    private static SourceListing Folder(string path)
    {
        string[] tables = [.. Directory.GetFiles(path, "*.csv", new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive }).Where(f => Recognise(f) is not null).Order(StringComparer.Ordinal)];
        string[] folders = FolderSource.Subfolders(path);
        if (FolderSource.HasSplits(path) || (folders.Length >= 2 && !folders.All(f => SplitNames.Parse(Path.GetFileName(f)) is not null)))
        {
            SourceListing listing = FolderSource.List(path);
            string[] ignored = [.. tables.Select(t => $"{Path.GetFileName(t)} is not read, the folders are: give the file itself as data to use it")];
            return listing with { Notes = [.. listing.Notes, .. ignored] };
        }
        if (tables.Length > 1) throw new UserException($"{path}: several tables could be the data ({string.Join(", ", tables.Select(Path.GetFileName))}): give one of them.");
        if (tables.Length == 1) return Csv(tables[0]);
        // An archive often unpacks into one folder more than needed.
        if (folders.Length == 1 && FolderSource.Subfolders(folders[0]).Length > 0)
        {
            SourceListing inner = Folder(folders[0]);
            string wrapper = Path.GetFileName(folders[0]);
            return inner with { Notes = [$"the data are in the folder {wrapper}", .. inner.Notes] };
        }
        return folders.Length > 0 ? FolderSource.List(path) : throw new UserException($"{path}: no class folders and no table: {Forms}.");
    }

    private static SourceListing Csv(string path) => Recognise(path) switch
    {
        "FER2013" => FerCsvSource.List(path),
        "paths" => PathCsvSource.List(path),
        _ => throw new UserException($"{path}: the first line is not a header known here (emotion,pixels,Usage or path,label[,split]): {Forms}."),
    };

    /// <summary>Which table it is by its first line; null for another file.</summary>
    private static string? Recognise(string path)
    {
        using var reader = new StreamReader(path, Encoding.UTF8);
        char[] start = new char[1024];
        string header = new string(start, 0, reader.ReadBlock(start)).Split('\n')[0];
        string[] columns = CsvHeader.Columns(header);
        return FerCsvSource.Recognises(columns) ? "FER2013" : PathCsvSource.Recognises(columns) ? "paths" : null;
    }

    /// <summary>Given labels (options, or labels.txt beside the data) fix order and set of the classes.</summary>
    private static SourceListing FixLabels(SourceListing listing, DataOptions options, string folder)
    {
        string beside = Path.Combine(folder, "labels.txt");
        List<string> notes = [.. listing.Notes];
        IReadOnlyList<string> labels = options.Labels ?? (File.Exists(beside) ? LabelList.Read(beside) : listing.Labels);
        if (options.Labels is null && File.Exists(beside)) notes.Add($"classes and their order are those of {Path.GetFileName(beside)}");

        var known = labels.ToHashSet(StringComparer.Ordinal);
        ILookup<bool, ListedImage> images = listing.Images.ToLookup(i => known.Contains(i.Label));
        if (images[false].Any())
        {
            string[] others = [.. images[false].Select(i => i.Label).Distinct().Order(StringComparer.Ordinal)];
            if (!images[true].Any()) throw new UserException($"{options.Path}: its classes ({string.Join(", ", others)}) are none of the wanted ones ({string.Join(", ", labels)}).");
            notes.Add($"{images[false].Count()} images of other classes are left out: {string.Join(", ", others)}");
        }
        foreach (IGrouping<string, string> alike in labels.GroupBy(l => l.ToUpperInvariant()).Where(g => g.Count() > 1))
            notes.Add($"{string.Join(" and ", alike)} differ by case only and are taken as different classes");
        foreach (string empty in labels.Except(images[true].Select(i => i.Label))) notes.Add($"class {empty} has no images");
        return listing with { Labels = labels, Images = [.. images[true]], Notes = notes };
    }
}

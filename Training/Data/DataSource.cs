using System.Text;
using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Data;

/// <summary>Lists the images of a data set of any known form; the form is found by looking.</summary>
internal static class DataSource
{
    private const string LabelsFile = "labels.txt";

    private const string Forms =
        "give a folder of class folders, a folder of train/val/test folders over class folders, FER2013's CSV, or a CSV with the "
        + "columns path,label[,split]";

    // How much of a file is looked at for a header.
    private const int MostHeader = 4096;

    /// <summary>Looks at names and tables only: no picture is read.</summary>
    /// <exception cref="TrainingException">Nothing is there, or it is none of the forms.</exception>
    public static SourceListing List(DataOptions options)
    {
        if (options.Path.Length == 0 || options.Path.Contains('\0', StringComparison.Ordinal))
            throw new TrainingException($"'{options.Path}' can't be a path: {Forms}.");
        string path = Path.GetFullPath(options.Path);
        if (!File.Exists(path) && !Directory.Exists(path)) throw new TrainingException($"{options.Path}: no such file or folder.");
        SourceListing listing;
        try
        {
            listing = File.Exists(path) ? Csv(path) : Folder(path, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or UnusableFileException)
        {
            string message = e.Message.Contains(path, StringComparison.Ordinal) ? e.Message : $"{options.Path}: {e.Message}";
            throw e is UnusableFileException ? new TrainingException(message, e) : new TrainingFailedException(message, e);
        }
        if (listing.Images.Count == 0 && listing.Unreadable.Count > 0)
            throw new TrainingFailedException(
                $"{options.Path}: no images were found, and {listing.Unreadable[0].Name} can't be read: {listing.Unreadable[0].Reason}."
            );
        listing = FixLabels(listing, options, File.Exists(path) ? Path.GetDirectoryName(path)! : path);
        return listing.Images.Count > 0
            ? listing
            : throw new TrainingException($"{options.Path}: no images were found ({listing.Kind}): {Forms}.");
    }

    /// <summary>The images of a program, under the labels that the options ask for.</summary>
    /// <exception cref="TrainingException">None is of a wanted label, or a label cannot be shown.</exception>
    public static SourceListing Choose(SourceListing images, DataOptions options) => FixLabels(images, options, folder: null);

    private static SourceListing Folder(string path, DataOptions options)
    {
        string[] tables =
        [
            .. Directory
                .GetFiles(path, "*.csv", new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive })
                .Where(f => RegularFile.Exists(f) && Recognise(f) is not null)
                .Order(StringComparer.Ordinal),
        ];
        string[] folders = FolderSource.Subfolders(path);
        bool hasSplits = FolderSource.HasSplits(path);
        if (hasSplits || (folders.Length >= 2 && !folders.All(f => SplitNames.Parse(Path.GetFileName(f)) is not null)))
        {
            if (!hasSplits) RefuseDataSets(path, folders, options);
            SourceListing listing = FolderSource.List(path);
            string[] ignored =
            [
                .. tables.Select(t => $"{Path.GetFileName(t)} is not read, the folders are: give the file itself as data to use it"),
            ];
            return listing with { Notes = [.. listing.Notes, .. ignored] };
        }
        if (tables.Length > 1)
            throw new TrainingException(
                $"{path}: several tables could be the data ({string.Join(", ", tables.Select(Path.GetFileName))}): give one of them."
            );
        if (tables.Length == 1) return Csv(tables[0]);
        // An archive often unpacks into one folder more than needed; a link back to this one is none.
        if (
            folders.Length == 1
            && FolderSource.Subfolders(folders[0]).Length > 0
            && !FolderWalk.IsWithin(FolderWalk.RealPath(path), FolderWalk.RealPath(folders[0]))
        )
        {
            SourceListing inner = Folder(folders[0], options);
            string wrapper = Path.GetFileName(folders[0]);
            return inner with { Notes = [$"the data are in the folder {wrapper}", .. inner.Notes] };
        }
        return folders.Length > 0
            ? FolderSource.List(path)
            : throw new TrainingException(
                $"{path}: "
                    + $"{(Directory.EnumerateFileSystemEntries(path).Any() ? "no class folders and no table" : "the folder is empty")}: "
                    + $"{Forms}."
            );
    }

    /// <summary>A folder of data sets would train a network to tell data sets apart.</summary>
    private static void RefuseDataSets(string path, string[] folders, DataOptions options)
    {
        string[] names = [.. folders.Select(f => Path.GetFileName(f))];
        string beside = Path.Combine(path, LabelsFile);
        IReadOnlyList<string> labels = options.Labels ?? (File.Exists(beside) ? LabelList.ReadBeside(beside) : []);
        if (names.Count(ExpressionNames.IsExpression) >= 2 || names.Intersect(labels, StringComparer.OrdinalIgnoreCase).Any()) return;
        string[] sets = [.. folders.Where(FolderSource.LooksLikeDataSet).Select(f => Path.GetFileName(f))];
        if (sets.Length > 0)
            throw new TrainingException(
                $"{options.Path} holds data sets, not classes: give one of "
                    + $"{string.Join(", ", sets.Select(s => Path.Combine(options.Path, s)))}."
            );
    }

    private static SourceListing Csv(string path) => Recognise(path) switch
    {
        "FER2013" => FerCsvSource.List(path),
        "paths" => PathCsvSource.List(path),
        _ => throw new TrainingException($"{path}: {Unrecognised(path)}: {Forms}."),
    };

    /// <summary>Which table it is by its first line; null for another file.</summary>
    private static string? Recognise(string path)
    {
        string[] columns = CsvHeader.Columns(Header(path));
        return FerCsvSource.Recognises(columns) ? "FER2013" : PathCsvSource.Recognises(columns) ? "paths" : null;
    }

    private static string Unrecognised(string path)
    {
        string header = Header(path);
        if (header.Contains('\0', StringComparison.Ordinal))
            return "this is no text, or UTF-16 without a byte order mark: a table is to be saved as UTF-8";
        string[] divided = CsvHeader.Columns(header.Replace(';', ',').Replace('\t', ','));
        if (FerCsvSource.Recognises(divided) || PathCsvSource.Recognises(divided))
            return "its columns are not divided by commas: save it with commas";
        return "the first line is not a header known here (emotion,pixels,Usage or path,label[,split])";
    }

    private static string Header(string path)
    {
        using var reader = new StreamReader(new FileStream(RegularFile.Open(path, long.MaxValue), FileAccess.Read), Encoding.UTF8);
        char[] start = new char[MostHeader];
        return new string(start, 0, reader.ReadBlock(start)).Split('\n', '\r')[0];
    }

    /// <summary>Given labels (options, or labels.txt beside the data) fix order and set of the classes.</summary>
    private static SourceListing FixLabels(SourceListing listing, DataOptions options, string? folder)
    {
        string? beside = folder is null ? null : Path.Combine(folder, LabelsFile);
        List<string> notes = [.. listing.Notes];
        IReadOnlyList<string> labels = options.Labels ?? (File.Exists(beside) ? LabelList.ReadBeside(beside!) : listing.Labels);
        if (options.Labels is null && File.Exists(beside)) notes.Add($"classes and their order are those of {LabelsFile}");
        if (LabelList.Unshowable(labels) is { } label)
            throw new TrainingException(
                $"{options.Path}: the class name {PrintableText.Line(label)} holds characters that can't be shown: rename it."
            );

        listing = Respell(listing, labels, notes);
        var known = labels.ToHashSet(StringComparer.Ordinal);
        ILookup<bool, ListedImage> images = listing.Images.ToLookup(i => known.Contains(i.Label));
        string[] others = [.. images[false].Select(i => i.Label).Distinct().Order(StringComparer.Ordinal)];
        if (others.Length > 0)
        {
            if (!images[true].Any())
                throw new TrainingException(
                    $"{options.Path}: its classes ({string.Join(", ", others)}) are none of the wanted ones "
                        + $"({string.Join(", ", labels)})."
                );
            notes.Add(
                $"{Plural.Format(images[false].Count(), "image of other classes is", "images of other classes are")} left out: "
                    + $"{string.Join(", ", others)}"
            );
        }
        foreach (IGrouping<string, string> alike in labels.GroupBy(l => l.ToUpperInvariant()).Where(g => g.Count() > 1))
            notes.Add($"{string.Join(" and ", alike)} differ by case only and are taken as different classes");
        foreach (string empty in labels.Except(images[true].Select(i => i.Label)))
            notes.Add($"class {empty} has no images{(ExpressionNames.Nearest(empty, others) is { } near ? $": was {near} meant?" : "")}");
        return listing with { Labels = labels, Images = [.. images[true]], Notes = notes };
    }

    /// <summary>Labels that are written as the wanted ones but for case become those.</summary>
    private static SourceListing Respell(SourceListing listing, IReadOnlyList<string> labels, List<string> notes)
    {
        var spelling = new Dictionary<string, string>();
        foreach (string label in listing.Labels.Except(labels))
        {
            string[] alike = [.. labels.Where(l => l.Equals(label, StringComparison.OrdinalIgnoreCase))];
            if (alike.Length != 1 || listing.Labels.Contains(alike[0])) continue;
            spelling[label] = alike[0];
            notes.Add($"class {label} is taken as {alike[0]}");
        }
        return spelling.Count == 0
            ? listing
            : listing with
            {
                Images = [.. listing.Images.Select(i => spelling.TryGetValue(i.Label, out string? name) ? i with { Label = name } : i)],
            };
    }
}

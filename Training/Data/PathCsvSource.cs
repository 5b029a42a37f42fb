using EmotionMLNet.Files;
using EmotionMLNet.Formatting;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Data;

/// <summary>
/// A table of path, label and perhaps split; paths are relative to the table's folder. They may also be absolute or leave that folder: a
/// table names pictures wherever they are, and nothing but pictures is made of what it names.
/// </summary>
internal static class PathCsvSource
{
    public static bool Recognises(string[] columns) => PathColumn(columns) >= 0 && LabelColumn(columns) >= 0;

    /// <exception cref="TrainingException">The table can't be read; the message names the line.</exception>
    public static SourceListing List(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!, table = Path.GetFileName(path);
        List<ListedImage> images = [];
        List<UnusableImage> unusable = [];
        using var csv = new CsvTable(path);
        int pathColumn = PathColumn(csv.Columns),
            labelColumn = LabelColumn(csv.Columns),
            splitColumn = CsvHeader.Find(csv.Columns, "split", "usage", "subset", "set");
        if (pathColumn < 0 || labelColumn < 0) throw csv.Wrong("a column path and a column label are wanted");
        int outside = 0;
        while (csv.Read())
        {
            string file = csv.Cell(pathColumn), label = CsvLine.Restore(csv.Cell(labelColumn));
            string? part = splitColumn < 0 ? null : csv.Cell(splitColumn);
            (string name, string? full) = Find(folder, file);
            string? reason =
                file.Length == 0 ? "the path is empty"
                : full is null ? "no such file: a path can't hold a NUL"
                : label.Length == 0 ? "the label is empty"
                : label.Contains('\uFFFD', StringComparison.Ordinal) ? "the label is not UTF-8 text: save the table as UTF-8"
                : splitColumn >= 0 && SplitNames.Parse(part ?? "") is null ? $"'{part}' is not a split: write train, validation or test"
                : !File.Exists(full)
                    ? name.Contains('\uFFFD', StringComparison.Ordinal) ? "no such file: the path is not UTF-8 text"
                        : "no such file"
                : null;
            if (reason is null)
            {
                images.Add(new ListedImage(name, label, part, new FileContent(full!)));
                if (!FolderWalk.IsWithin(full!, folder)) outside++;
            }
            else
            {
                string place = file.Length > 0 ? $"{table}:{csv.Line} ({name})" : $"{table}:{csv.Line}";
                unusable.Add(new UnusableImage(SplitNames.Parse(part ?? ""), place, reason));
            }
        }
        string[] labels = [.. images.Select(i => i.Label).Distinct().Order(StringComparer.Ordinal)];
        return new SourceListing(
            "CSV of paths",
            labels,
            images,
            unusable,
            outside > 0 ? [$"{Plural.Format(outside, "image lies", "images lie")} outside the folder of {table}, where its paths say"] : []
        );
    }

    /// <summary>
    /// The name in the table, without what protects spreadsheets, and where that is; null where no file can have the name.
    /// </summary>
    private static (string Name, string? Path) Find(string folder, string cell)
    {
        string restored = CsvLine.Restore(cell);
        foreach (string name in new[] { restored, cell })
        {
            if (name.Contains('\0', StringComparison.Ordinal)) return (name, null);
            // A table may come from Windows; a file whose name really holds a backslash is found as it is.
            foreach (string slashed in new[] { name, name.Replace('\\', '/') })
            {
                string full = Path.GetFullPath(Path.Combine(folder, slashed));
                if (name.Length > 0 && File.Exists(full)) return (slashed, full);
            }
        }
        return (restored, Path.GetFullPath(Path.Combine(folder, restored)));
    }

    private static int PathColumn(string[] columns) => CsvHeader.Find(columns, "path", "file", "filename", "image");

    private static int LabelColumn(string[] columns) => CsvHeader.Find(columns, "label", "class", "emotion", "expression");
}

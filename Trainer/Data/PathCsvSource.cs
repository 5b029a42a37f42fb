using EmotionMLNet.Terminal;
using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace EmotionMLNet.Trainer.Data;

/// <summary>A table of path, label and perhaps split; paths are relative to the table's folder.</summary>
internal static class PathCsvSource
{
    public static bool Recognises(string[] columns) => PathColumn(columns) >= 0 && LabelColumn(columns) >= 0;

    public static SourceListing List(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!, table = Path.GetFileName(path);
        List<ListedImage> images = [];
        List<UnusableImage> unusable = [];
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture) { TrimOptions = TrimOptions.Trim, MissingFieldFound = null };
        using var csv = new CsvReader(new StreamReader(path), configuration);
        try
        {
            csv.Read();
            csv.ReadHeader();
            string[] columns = CsvHeader.Columns(string.Join(',', csv.HeaderRecord!));
            int pathColumn = PathColumn(columns), labelColumn = LabelColumn(columns), splitColumn = CsvHeader.Find(columns, "split", "usage", "subset", "set");
            while (csv.Read())
            {
                string file = csv.GetField(pathColumn) ?? "", label = csv.GetField(labelColumn) ?? "";
                string? part = splitColumn < 0 ? null : csv.GetField(splitColumn);
                string full = Path.GetFullPath(Path.Combine(folder, Path.DirectorySeparatorChar == '/' ? file.Replace('\\', '/') : file));
                string? reason = file.Length == 0 ? "the path is empty"
                    : label.Length == 0 ? "the label is empty"
                    : splitColumn >= 0 && SplitNames.Parse(part ?? "") is null ? $"'{part}' is not a split: write train, validation or test"
                    : !File.Exists(full) ? "no such file"
                    : null;
                if (reason is null) images.Add(new ListedImage(file.Replace('\\', '/'), label, part, new FileContent(full)));
                else unusable.Add(new UnusableImage(SplitNames.Parse(part ?? ""), file.Length > 0 ? $"{table}:{csv.Parser.RawRow} ({file})" : $"{table}:{csv.Parser.RawRow}", reason));
            }
        }
        catch (CsvHelperException e)
        {
            throw new UserException($"{path}:{csv.Parser.RawRow}: {e.Message.Split('\n')[0].Trim()}");
        }
        string[] labels = [.. images.Select(i => i.Label).Distinct().Order(StringComparer.Ordinal)];
        return new SourceListing("CSV of paths", labels, images, unusable, []);
    }

    private static int PathColumn(string[] columns) => CsvHeader.Find(columns, "path", "file", "filename", "image");

    private static int LabelColumn(string[] columns) => CsvHeader.Find(columns, "label", "class", "emotion", "expression");
}

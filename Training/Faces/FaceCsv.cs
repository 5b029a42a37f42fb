using System.Globalization;
using EmotionMLNet.Training.Data;

namespace EmotionMLNet.Training.Faces;

/// <summary>
/// Boxes as a table, one row a box: columns image, x, y, width, height, and ignore (1 for places that count for nothing) where there is
/// one. Names are relative to the table's folder, or to the folder images in it. A table images.csv beside it lists pictures without boxes
/// too. In either, a column subset tells sets of pictures apart, and a column split says of a picture train or validation.
/// </summary>
internal static class FaceCsv
{
    private const string ImageList = "images.csv", ImageFolder = "images";

    private static readonly string[] Sides = ["x", "y", "width", "height"];

    /// <summary>Reads a table.</summary>
    /// <exception cref="TrainingException">A column is missing, or a cell is no number; the line is named.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static IReadOnlyList<AnnotatedPicture> Read(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var pictures = new Dictionary<string, Entry>(StringComparer.Ordinal);
        using (var table = new CsvTable(path))
        {
            int image = Column(table, "image"), ignore = FindColumn(table, "ignore");
            int[] sides = [.. Sides.Select(name => Column(table, name))];
            while (table.Read())
            {
                float[] v = [.. sides.Select(c => Number(table, c))];
                if (!(v[2] > 0 && v[3] > 0)) throw table.Wrong("a box has no width or height: give both above 0");
                Entry entry = EntryOf(pictures, table, image);
                (table.Cell(ignore) is "1" or "true" ? entry.Ignored : entry.Faces).Add(new FaceBox(v[0], v[1], v[2], v[3]));
            }
        }
        string list = Path.Combine(folder, ImageList);
        if (File.Exists(list))
        {
            using var table = new CsvTable(list);
            int image = Column(table, "image");
            while (table.Read()) EntryOf(pictures, table, image);
        }
        if (pictures.Count == 0) throw new TrainingException($"{path}: there is no picture in it: give rows image, x, y, width, height.");
        return
        [
            .. pictures
                .OrderBy(p => p.Key, StringComparer.Ordinal)
                .Select(p => new AnnotatedPicture(Find(folder, p.Key), p.Value.Faces, p.Value.Ignored, p.Value.Subset)
                {
                    IsValidation = p.Value.IsValidation,
                }),
        ];
    }

    private static string Find(string folder, string name)
    {
        string beside = Path.Combine(folder, name), inside = Path.Combine(folder, ImageFolder, name);
        return !File.Exists(beside) && File.Exists(inside) ? inside : beside;
    }

    // The picture of a row; the first row that tells its set or its split decides.
    private static Entry EntryOf(Dictionary<string, Entry> pictures, CsvTable table, int image)
    {
        string name = table.Cell(image);
        if (!pictures.TryGetValue(name, out Entry? entry)) pictures[name] = entry = new Entry();
        if (entry.Subset.Length == 0) entry.Subset = table.Cell(FindColumn(table, "subset"));
        entry.IsValidation ??= IsValidation(table, FindColumn(table, "split"));
        return entry;
    }

    private static bool? IsValidation(CsvTable table, int column) =>
        table.Cell(column) switch
        {
            "" => null,
            "train" => false,
            "validation" => true,
            string other => throw table.Wrong($"split '{other}': give train, validation, or nothing"),
        };

    // -1 where there is none, whose cells are empty.
    private static int FindColumn(CsvTable table, string name) => Array.IndexOf(table.Columns, name);

    private static int Column(CsvTable table, string name)
    {
        int column = Array.IndexOf(table.Columns, name);
        return column >= 0
            ? column
            : throw new TrainingException($"{table.Path}: column {name} is missing: give image, x, y, width, height and perhaps ignore.");
    }

    private static float Number(CsvTable table, int column) =>
        float.TryParse(table.Cell(column), NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value)
            ? value
            : throw table.Wrong($"'{table.Cell(column)}' is no number");

    private sealed class Entry
    {
        public List<FaceBox> Faces { get; } = [];

        public List<FaceBox> Ignored { get; } = [];

        public string Subset { get; set; } = "";

        public bool? IsValidation { get; set; }
    }
}

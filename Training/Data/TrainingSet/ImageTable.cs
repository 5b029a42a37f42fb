using System.Globalization;
using EmotionMLNet.Files;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Data.TrainingSet;

/// <summary>A CSV file with a row an image, which says something about images of the training set.</summary>
/// <remarks>
/// Images are named in a column path, file, filename or image, with a split in a column split where the table has one; or by their row of
/// FER2013's table, in a column fer2013_row (from 0) or, in FER+'s own fer2013new.csv (columns Usage and Image name), by the order of rows.
/// </remarks>
internal sealed class ImageTable : IDisposable
{
    private readonly CsvTable csv;
    private readonly int name, split, row;
    private readonly bool inOrder;

    /// <exception cref="TrainingException">The file cannot be read, or nothing in it names images.</exception>
    public ImageTable(string path)
    {
        csv = new CsvTable(path);
        name = CsvHeader.Find(Columns, "path", "file", "filename", "image");
        split = CsvHeader.Find(Columns, "split");
        row = CsvHeader.Find(Columns, "fer2013_row");
        inOrder = name < 0 && row < 0 && Columns.Contains("usage") && Columns.Contains("image name");
        if (name >= 0 || row >= 0 || inOrder) return;
        csv.Dispose();
        throw new TrainingException($"{path}: no column names images: head one 'path' (or 'file').");
    }

    public string Path => csv.Path;

    /// <summary>The column names in lower case.</summary>
    public string[] Columns => csv.Columns;

    /// <summary>Rows that name no image of the set, or not one alone, so far.</summary>
    public int Unmatched { get; private set; }

    /// <summary>Reads through the rows that name an image of the set.</summary>
    /// <returns>Each image's index; <see cref="Field"/> reads that row until the next step.</returns>
    public IEnumerable<int> Match(ImageNameIndex images)
    {
        for (int number = 0; csv.Read(); number++)
        {
            int image = Find(images, number);
            if (image < 0) Unmatched++;
            else yield return image;
        }
    }

    /// <summary>A cell of the current row; empty where the row is short.</summary>
    public string Field(int column) => csv.Cell(column);

    /// <summary>A mistake in the current row.</summary>
    public TrainingException Wrong(string what) => csv.Wrong(what);

    public void Dispose() => csv.Dispose();

    private int Find(ImageNameIndex images, int number)
    {
        int found = ImageNameIndex.None;
        string cell = Field(name), part = Field(split), restored = CsvLine.Restore(cell);
        if (cell.Length > 0) found = Find(images, part, restored);
        if (found < 0 && restored != cell)
            found = Find(images, part, cell); // a name that begins with an apostrophe, of a table that nobody protected
        if (found >= 0) return found;
        if (inOrder) return images.FindRow(number);
        return row >= 0 && int.TryParse(Field(row), NumberStyles.None, CultureInfo.InvariantCulture, out int line)
            ? images.FindRow(line)
            : found;
    }

    private static int Find(ImageNameIndex images, string part, string file)
    {
        int found = part.Length > 0 ? images.Find($"{part}/{file}") : ImageNameIndex.None;
        // Without the split's folder the name of a validation image could be that of a training image.
        return found < 0 && (part.Length == 0 || SplitNames.Parse(part) == Split.Train) ? images.Find(file) : found;
    }
}

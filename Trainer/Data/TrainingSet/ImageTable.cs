using EmotionMLNet.Terminal;
using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace EmotionMLNet.Trainer.Data.TrainingSet;

/// <summary>A CSV file with a row an image, which says something about images of the training set.</summary>
/// <remarks>
/// Images are named in a column path, file, filename or image, with a split in a column split where the table has one; or by their row of
/// FER2013's table, in a column fer2013_row (from 0) or, in FER+'s own fer2013new.csv (columns Usage and Image name), by the order of rows.
/// </remarks>
internal sealed class ImageTable : IDisposable
{
    private readonly CsvReader csv;
    private readonly int name, split, row;
    private readonly bool inOrder;

    /// <exception cref="UserException">The file cannot be read, or nothing in it names images.</exception>
    public ImageTable(string path)
    {
        Path = path;
        try
        {
            csv = new CsvReader(new StreamReader(path), new CsvConfiguration(CultureInfo.InvariantCulture) { TrimOptions = TrimOptions.Trim, MissingFieldFound = null });
            csv.Read();
            csv.ReadHeader();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CsvHelperException)
        {
            csv?.Dispose();
            throw new UserException($"{path}: {e.Message.Split('\n')[0].Trim()}");
        }
        Columns = CsvHeader.Columns(string.Join(',', csv.HeaderRecord!));
        (name, split, row) = (CsvHeader.Find(Columns, "path", "file", "filename", "image"), CsvHeader.Find(Columns, "split"), CsvHeader.Find(Columns, "fer2013_row"));
        inOrder = name < 0 && row < 0 && Columns.Contains("usage") && Columns.Contains("image name");
        if (name >= 0 || row >= 0 || inOrder) return;
        csv.Dispose();
        throw new UserException($"{path}: no column names images: head one 'path' (or 'file').");
    }

    public string Path { get; }

    /// <summary>In lower case.</summary>
    public string[] Columns { get; }

    /// <summary>Rows that name no image of the set, or not one alone, so far.</summary>
    public int Unmatched { get; private set; }

    /// <summary>Reads through the rows that name an image of the set.</summary>
    /// <returns>Each image's index; <see cref="Field"/> reads that row until the next step.</returns>
    public IEnumerable<int> Match(ImageNames images)
    {
        for (int number = 0; Read(); number++)
        {
            int image = Find(images, number);
            if (image < 0) Unmatched++;
            else yield return image;
        }
    }

    /// <summary>A cell of the current row; empty where the row is short.</summary>
    public string Field(int column) => csv.GetField(column) ?? "";

    /// <summary>A mistake in the current row.</summary>
    public UserException Wrong(string what) => new($"{Path}:{csv.Parser.RawRow}: {what}");

    public void Dispose() => csv.Dispose();

    private bool Read()
    {
        try
        {
            return csv.Read();
        }
        catch (CsvHelperException e)
        {
            throw Wrong(e.Message.Split('\n')[0].Trim());
        }
    }

    private int Find(ImageNames images, int number)
    {
        int found = ImageNames.None;
        if (name >= 0 && Field(name) is { Length: > 0 } file)
        {
            string part = split >= 0 ? Field(split) : "";
            if (part.Length > 0) found = images.Find($"{part}/{file}");
            // Without the split's folder the name of a validation image could be that of a training image.
            if (found < 0 && (part.Length == 0 || SplitNames.Parse(part) == Split.Train)) found = images.Find(file);
        }
        if (found >= 0) return found;
        if (inOrder) return images.FindRow(number);
        return row >= 0 && int.TryParse(Field(row), NumberStyles.None, CultureInfo.InvariantCulture, out int line) ? images.FindRow(line) : found;
    }
}

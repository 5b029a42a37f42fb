using EmotionMLNet.Terminal;
using System.Globalization;

namespace EmotionMLNet.Trainer.Data.TrainingSet;

/// <summary>A CSV file with the votes of several annotators on images of the training set: a column an answer, a row an image.</summary>
/// <remarks>Headed with a label of the data or, as FER+ (Barsoum et al. 2016, arXiv:1608.01041) says it, happiness, sadness, anger, contempt, unknown, NF.</remarks>
internal sealed class VoteTable : IDisposable
{
    private static readonly Dictionary<string, string> Synonyms = new() { ["happiness"] = "happy", ["sadness"] = "sad", ["anger"] = "angry", ["surprised"] = "surprise", ["fearful"] = "fear", ["disgusted"] = "disgust" };

    private static readonly HashSet<string> FerPlus = ["neutral", "happy", "surprise", "sad", "angry", "disgust", "fear", "contempt", "unknown", "nf"];

    private readonly ImageTable table;
    private readonly ImageSet train;
    private readonly bool[] seen;

    /// <param name="path">See <see cref="ImageTable"/> for how it names images.</param>
    /// <param name="train">Whose images it is about.</param>
    /// <exception cref="UserException">The file is no such table.</exception>
    public VoteTable(string path, ImageSet train)
    {
        (table, this.train, seen) = (new ImageTable(path), train, new bool[train.Count]);
        string[] columns = [.. table.Columns.Select(Canonical)];
        Labels = [.. train.Labels.Select(l => Array.IndexOf(columns, Canonical(l)))];
        Others = [.. Enumerable.Range(0, columns.Length).Where(c => FerPlus.Contains(columns[c]) && !Labels.Contains(c))];
    }

    /// <summary>The column of each of the data's labels; -1 where there is none.</summary>
    public int[] Labels { get; }

    /// <summary>Columns of FER+'s other answers.</summary>
    public int[] Others { get; }

    /// <summary>As the file has them, in lower case.</summary>
    public IReadOnlyList<string> Columns => table.Columns;

    /// <summary>Rows that name no training image, so far.</summary>
    public int Unmatched => table.Unmatched;

    /// <summary>Reads through the rows that name a training image; <see cref="Votes"/> reads that row until the next step.</summary>
    /// <exception cref="UserException">Two rows name the same image.</exception>
    public IEnumerable<int> Images()
    {
        foreach (int image in table.Match(new ImageNames(train.Sources)))
        {
            if (seen[image]) throw table.Wrong($"a second row for {train.Sources[image]}");
            seen[image] = true;
            yield return image;
        }
    }

    /// <summary>How many gave that answer to the image at hand; an empty cell is none.</summary>
    /// <exception cref="UserException">The cell is no number of votes.</exception>
    public double Votes(int column)
    {
        string text = table.Field(column);
        if (text.Length == 0) return 0;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double votes) && votes >= 0 && double.IsFinite(votes)
            ? votes
            : throw table.Wrong($"'{text}' in column {table.Columns[column]} is not a number of votes");
    }

    /// <summary>What to say when no row was of use.</summary>
    public UserException Useless() => new($"{table.Path}: none of its rows names a training image with votes; paths are relative to the data folder (the first image is {train.Sources[0]}).");

    public void Dispose() => table.Dispose();

    private static string Canonical(string name)
    {
        string lower = name.Trim().ToLowerInvariant();
        return Synonyms.GetValueOrDefault(lower, lower);
    }
}

using EmotionMLNet.Formatting;

namespace EmotionMLNet.Training.Data.TrainingSet;

/// <summary>A CSV file with the votes of several annotators on images of the training set: a column an answer, a row an image.</summary>
/// <remarks>
/// Headed with a label of the data or, as FER+ (Barsoum et al. 2016, arXiv:1608.01041) says it, happiness, sadness, anger, contempt,
/// unknown, NF.
/// </remarks>
internal sealed class VoteTable : IDisposable
{
    private static readonly HashSet<string> FerPlus =
    [
        "neutral",
        "happy",
        "surprise",
        "sad",
        "angry",
        "disgust",
        "fear",
        "contempt",
        "unknown",
        "nf",
    ];

    // Sums of such numbers stay far from what a double can't hold.
    private const double MostVotes = 1e9;

    private readonly ImageTable table;
    private readonly ImageSet train;
    private readonly bool[] seen;

    /// <param name="path">See <see cref="ImageTable"/> for how it names images.</param>
    /// <param name="train">The training split that the table is about.</param>
    /// <exception cref="TrainingException">The file is no such table.</exception>
    public VoteTable(string path, ImageSet train)
    {
        table = new ImageTable(path);
        this.train = train;
        seen = new bool[train.Count];
        string[] columns = [.. table.Columns.Select(ExpressionNames.Canonical)];
        Labels = [.. train.Labels.Select(l => Array.IndexOf(columns, ExpressionNames.Canonical(l)))];
        if (Labels.Where(c => c >= 0).FirstOrDefault(c => Array.LastIndexOf(columns, columns[c]) != c, -1) is >= 0 and int twice)
        {
            table.Dispose();
            throw new TrainingException(
                $"{path}:1: the columns {table.Columns[twice]} and {table.Columns[Array.LastIndexOf(columns, columns[twice])]} "
                    + "are the same label: drop one."
            );
        }
        Others = [.. Enumerable.Range(0, columns.Length).Where(c => FerPlus.Contains(columns[c]) && !Labels.Contains(c))];
    }

    /// <summary>The column of each of the data's labels; -1 where there is none.</summary>
    public int[] Labels { get; }

    /// <summary>Columns of FER+'s other answers.</summary>
    public int[] Others { get; }

    /// <summary>The answers as the file has them, in lower case.</summary>
    public IReadOnlyList<string> Columns => table.Columns;

    /// <summary>Rows that name no training image, so far.</summary>
    public int Unmatched => table.Unmatched;

    /// <summary>Reads through the rows that name a training image; <see cref="Votes"/> reads that row until the next step.</summary>
    /// <exception cref="TrainingException">Two rows name the same image.</exception>
    public IEnumerable<int> Images()
    {
        foreach (int image in table.Match(new ImageNameIndex(train.Sources)))
        {
            if (seen[image]) throw table.Wrong($"a second row for {train.Sources[image]}");
            seen[image] = true;
            yield return image;
        }
    }

    /// <summary>How many gave that answer to the image at hand; an empty cell is none.</summary>
    /// <exception cref="TrainingException">The cell is no number of votes.</exception>
    public double Votes(int column)
    {
        string text = table.Field(column);
        if (text.Length == 0) return 0;
        string? problem = Numbers.Read(text, out double votes);
        return problem is null && votes is >= 0 and <= MostVotes
            ? votes
            : throw table.Wrong(
                $"'{text}' in column {table.Columns[column]} is not a number of votes: "
                    + $"{problem ?? $"write one from 0 to {MostVotes:0}"}"
            );
    }

    /// <summary>What to say when no row was of use.</summary>
    public TrainingException Useless() =>
        new(
            $"{table.Path}: none of its rows names a training image with votes; paths are relative to the data folder (the first "
                + $"image is {train.Sources[0]})."
        );

    public void Dispose() => table.Dispose();
}

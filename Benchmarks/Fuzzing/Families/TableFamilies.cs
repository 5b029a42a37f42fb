using EmotionMLNet.Training.Options;
using System.Globalization;
using System.Text;
using EmotionMLNet.Benchmarks.Fuzzing.Mutation;
using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Data.TrainingSet;

namespace EmotionMLNet.Benchmarks.Fuzzing.Families;

/// <summary>Tables: cells, rows, separators, quotes and line ends.</summary>
internal abstract class TableFamily(string name, string words) : FormatFamily(name)
{
    private readonly byte[][] words =
    [
        .. (words + "|,|;|\"|\"\"|\r\n|\n|\r|\t|\0|#|\uFEFF|=1+1|..|../x|a b|é|💥|" + new string('x', 300))
            .Split('|')
            .Select(Encoding.UTF8.GetBytes),
        [0xFF],
        [0xC3],
        [0xFE, 0xFF],
        [0xFF, 0xFE],
    ];

    public override byte[] Mutate(ReadOnlySpan<byte> raw, FuzzRandom random, ReadOnlySpan<byte> other)
    {
        if (random.OneIn(3)) return ByteMutator.Mutate(raw, random, words, other);
        List<List<byte[]>> rows =
        [
            .. Encoding.Latin1.GetString(raw).Split('\n').Select(r => r.Split(',').Select(Encoding.Latin1.GetBytes).ToList()),
        ];
        int changes = 1 + random.Below(3);
        for (int i = 0; i < changes; i++)
        {
            List<byte[]> row = random.Of(rows);
            int at = random.Below(row.Count);
            switch (random.Below(9))
            {
                case 0:
                    rows.Remove(row);
                    if (rows.Count == 0) rows.Add([[]]);
                    break;
                case 1:
                    rows.Insert(random.Below(rows.Count), [.. row]);
                    break;
                case 2:
                    row.RemoveAt(at);
                    if (row.Count == 0) row.Add([]);
                    break;
                case 3:
                    row.Insert(at, row[at]);
                    break;
                case 4:
                    foreach (List<byte[]> each in rows) if (at < each.Count) each.Insert(0, each[at]);
                    break;
                case 5:
                    row[at] = Encoding.UTF8.GetBytes(ByteMutator.Number(random));
                    break;
                case 6:
                    row[at] = random.Of(words);
                    break;
                default:
                    row[at] = ByteMutator.Mutate(row[at], random, words, []);
                    break;
            }
        }
        byte[] changed =
        [
            .. rows.SelectMany(
                (r, i) => (i == 0 ? [] : "\n"u8.ToArray()).Concat(r.SelectMany((c, k) => (k == 0 ? [] : ","u8.ToArray()).Concat(c)))
            ),
        ];
        return changed.Length > ByteMutator.MostBytes ? changed[..ByteMutator.MostBytes] : changed;
    }
}

/// <summary>Tables of path, label and split.</summary>
internal sealed class PathTableFamily() : TableFamily("csv-paths", "path|file|label|class|split|train|validation|test|usage|a.png|happy")
{
    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        "path,label,split\na.png,happy,train\nb.png,sad,test\nsub/c.png,\"happy, very\",validation\n"u8.ToArray(),
        "label,file\nhappy,./a.png\nsad,b.png\n"u8.ToArray(),
    ];

    public override ulong Read(byte[] file, Scratch scratch)
    {
        if (scratch.Kept.TryAdd(nameof(PathTableFamily), true))
            foreach (string name in new[] { "a.png", "b.png" }) scratch.Write(name, "P5 1 1 255 x"u8);
        SourceListing listing = DataSource.List(new DataOptions { Path = scratch.Write("table.csv", file) });
        return (ulong)(listing.Images.Count << 8 | listing.Labels.Count << 4 | Math.Min(15, listing.Unusable.Count));
    }
}

/// <summary>FER2013's table, with its pixels parsed.</summary>
internal sealed class FerTableFamily()
    : TableFamily("csv-fer2013", "emotion|pixels|Usage|Training|PublicTest|PrivateTest|0|7|255|256|0 0 0 0")
{
    private static readonly ImagePreprocessing Grey = new() { Width = 4, Height = 4, Channels = 1, Mean = [0], StandardDeviation = [1] };

    public override IReadOnlyList<byte[]> Seeds { get; } = MakeSeeds();

    public override int BlockInputs => 4000;

    public override int TestInputs => 1000;

    public override ulong Read(byte[] file, Scratch scratch)
    {
        SourceListing listing = DataSource.List(new DataOptions { Path = scratch.Write("fer2013.csv", file) });
        Span<byte> pixels = stackalloc byte[Grey.Length];
        ulong decoded = 0;
        foreach (ListedImage image in listing.Images.Take(4))
        {
            byte[] content = image.Content.Read();
            image.Content.Describe(content);
            try
            {
                image.Content.Decode(content, Grey, ImageReaderOptions.Default, pixels);
                decoded++;
            }
            catch (ImageFormatException)
            {
                // a row that the report counts
            }
        }
        return decoded << 16 | (uint)listing.Images.Count << 8 | (uint)listing.Unusable.Count;
    }

    private static byte[][] MakeSeeds()
    {
        string pixels = string.Join(' ', Enumerable.Range(0, 48 * 48).Select(i => (i % 7).ToString(CultureInfo.InvariantCulture)));
        return
        [
            Encoding.UTF8.GetBytes($"emotion,pixels,Usage\n0,{pixels},Training\n6,1 2 3,PublicTest\n"),
            Encoding.UTF8.GetBytes($"emotion,Usage,pixels\n3,PrivateTest,\"{pixels}\"\n"),
            "emotion,pixels\n1,0 0 0\n2,255\n"u8.ToArray(),
        ];
    }
}

/// <summary>Votes of several annotators: as soft labels, as a second task, and as a list of images.</summary>
internal sealed class VoteTableFamily()
    : TableFamily(
        "csv-votes",
        "path|happy|sad|happiness|neutral|NF|unknown|contempt|Usage|Image name|fer2013_row|split|train|1.jpg|0|10|1e308|-1"
    )
{
    private static readonly ImageSet Images = new(
        Split.Train,
        "train",
        ["happy", "sad"],
        [0, 1, 0],
        [
            [0],
            [0],
            [0],
        ],
        ["happy/1.jpg", "sad/2.jpg", "fer2013.csv:2"]
    );

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        "path,happy,sad,neutral\n1.jpg,8,1,1\nsad/2.jpg,2,7,0\n"u8.ToArray(),
        (
            "Usage,Image "u8
            + "name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\nTraining,fer0000000.png,4,0,0,1,3,"u8
            + "2,0,0,0,0\n"u8
        ).ToArray(),
        "fer2013_row,happy,sad\n0,3,1\n"u8.ToArray(),
        "file,split\n1.jpg,train\n2.jpg,\n"u8.ToArray(),
    ];

    public override ulong Read(byte[] file, Scratch scratch)
    {
        string path = scratch.Write("votes.csv", file);
        ulong figure = 0;
        Exception? first = null;
        foreach (Func<ulong> read in (Func<ulong>[])[() => Soft(path), () => Second(path), () => Listed(path)])
        {
            try
            {
                figure = figure << 8 | read();
            }
            catch (EmotionMLNetException e)
            {
                first ??= e;
            }
        }
        return figure == 0 && first is not null ? throw first : figure;
    }

    private static ulong Soft(string path)
    {
        SoftLabels labels = SoftLabels.Read(path, Images, 0.5f);
        foreach (float[]? target in labels.Targets) Distribution(target);
        return 1 + (ulong)labels.Used;
    }

    private static ulong Second(string path)
    {
        AuxiliaryVotes votes = AuxiliaryVotes.Read(path, Images);
        foreach (float[]? target in votes.Targets) Distribution(target);
        return 1 + (ulong)votes.Used;
    }

    private static ulong Listed(string path)
    {
        using var table = new ImageTable(path);
        return 1 + (ulong)table.Match(new ImageNameIndex(Images.Sources)).Count();
    }

    private static void Distribution(float[]? target)
    {
        if (target is not null && !(Math.Abs(target.Sum() - 1) < 1e-3))
            throw new BrokenPromiseException("votes that do not become a distribution");
    }
}

/// <summary>A file of labels.</summary>
internal sealed class LabelFileFamily() : TableFamily("labels", "happy|sad|angry")
{
    public override IReadOnlyList<byte[]> Seeds { get; } = ["happy\nsad\nangry\n"u8.ToArray(), "\uFEFFhappy\r\nsad"u8.ToArray()];

    public override ulong Read(byte[] file, Scratch scratch) => (ulong)LabelList.ReadBeside(scratch.Write("labels.txt", file)).Length;
}

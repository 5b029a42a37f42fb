using EmotionMLNet.Files;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Data.TrainingSet;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Data.TrainingSet;

public sealed class SoftLabelsTests : IDisposable
{
    private const string FerPlusHeader =
        "split,file,fer2013_class,fer2013_row,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static ImageSet Set(string[] labels, params (string Source, int Class)[] images) =>
        new(
            Split.Train,
            "train",
            labels,
            [.. images.Select(i => i.Class)],
            [.. images.Select(_ => new byte[1])],
            [.. images.Select(i => i.Source)]
        );

    private static readonly string[] Fer = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"];

    private SoftLabels Read(string table, ImageSet set, float weight = 1)
    {
        AtomicFile.WriteText(folder["votes.csv"], table);
        return SoftLabels.Read(folder["votes.csv"], set, weight);
    }

    [Fact]
    public void FER_plus_votes_become_distributions_over_FER2013_labels()
    {
        ImageSet set = Set(
            Fer,
            ("train/angry/a.jpg", 0),
            ("train/angry/b.jpg", 0),
            ("train/happy/c.jpg", 3),
            ("train/sad/d.jpg", 5),
            ("train/sad/e.jpg", 5)
        );
        SoftLabels soft = Read($"""
            {FerPlusHeader}
            train,angry/a.jpg,angry,5,0,0,0,2,6,0,0,2,0,0
            train,angry/b.jpg,angry,6,,,,,,,,,,
            train,happy/c.jpg,happy,7,1,9,0,0,0,0,0,0,0,0
            train,sad/d.jpg,sad,8,0,0,0,4,1,0,0,2,2,1
            validation,sad/e.jpg,sad,9,10,0,0,0,0,0,0,0,0,0
            """, set);
        Assert.Equal([0.75f, 0, 0, 0, 0, 0.25f, 0], soft.Targets[0]!); // contempt's two votes do not count
        Assert.Null(soft.Targets[1]); // no votes
        Assert.Equal([0, 0, 0, 0.9f, 0.1f, 0, 0], soft.Targets[2]!);
        Assert.Null(soft.Targets[3]); // half of the votes are for nothing that the data have
        Assert.Null(soft.Targets[4]); // the row is another split's image of that name
        Assert.Equal((2, 2, 1, 1), (soft.Used, soft.Agreeing, soft.WithoutMajority, soft.Unmatched));
    }

    [Fact]
    public void The_weight_blends_votes_and_label()
    {
        SoftLabels soft = Read("path,sad,happy\ntrain/happy/a.png,3,1", Set(["happy", "sad"], ("train/happy/a.png", 0)), weight: 0.5f);
        Assert.Equal([0.625f, 0.375f], soft.Targets[0]!);
    }

    [Fact]
    public void Rows_of_FER2013_s_own_table_are_found_by_number()
    {
        ImageSet set = Set(Fer, ("fer2013.csv:2", 0), ("fer2013.csv:4", 3));
        string row(int number, string votes) => $"train,some/{number}.jpg,x,{number},{votes}";
        SoftLabels soft = Read(
            $"{FerPlusHeader}\n{row(2, "0,10,0,0,0,0,0,0,0,0")}\n{row(0, "0,0,0,0,8,0,2,0,0,0")}\n{row(1, "9,0,0,0,0,0,0,0,0,1")}",
            set
        );
        Assert.Equal([0.8f, 0, 0.2f, 0, 0, 0, 0], soft.Targets[0]!);
        Assert.Equal(1, soft.Targets[1]![3]);
        Assert.Equal(1, soft.Unmatched);

        // FER+'s own file has the rows of fer2013.csv in order and names no file of it.
        soft = Read(
            "Usage,Image "
                + "name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\nTraining,fer0000000.png,4,0,0,1,3,2,"
                + "0,0,0,0\nTraining,,0,0,0,0,0,0,0,0,0,10\nTraining,fer0000001.png,0,10,0,0,0,0,0,0,0,0",
            set
        );
        Assert.Equal([0.3f, 0.2f, 0, 0, 0.4f, 0.1f, 0], soft.Targets[0]!);
        Assert.Equal(1, soft.Targets[1]![3]);
    }

    [Fact]
    public void Votes_for_expressions_that_the_data_do_not_have_count_against_the_others()
    {
        ImageSet set = Set(["happy", "sad"], ("happy/a.jpg", 0), ("happy/b.jpg", 0));
        SoftLabels soft = Read(
            $"{FerPlusHeader}\ntrain,happy/a.jpg,happy,0,7,3,0,0,0,0,0,0,0,0\ntrain,happy/b.jpg,happy,1,2,6,0,2,0,0,0,0,0,0",
            set
        );
        Assert.Null(soft.Targets[0]); // seven of ten say neutral
        Assert.Equal([0.75f, 0.25f], soft.Targets[1]!);
    }

    [Theory]
    [InlineData("path,happy\na.png,3", "there is no column for the label sad")]
    [InlineData("path,happy,sad\na.png,3,-1", "votes.csv:2: '-1' in column sad is not a number of votes")]
    [InlineData("path,happy,sad\nb.png,3,1", "none of its rows names a training image")]
    [InlineData("path,happy,sad\na.png,3,1\na.png,3,1", "votes.csv:3: a second row for x/a.png")]
    [InlineData("happy,sad\n3,1", "no column names images")]
    public void A_table_that_cannot_be_used_is_refused_in_a_line(string table, string message)
        => Assert.Contains(message, Assert.ThrowsAny<TrainingException>(() => Read(table, Set(["happy", "sad"], ("x/a.png", 0)))).Message);

    [Fact]
    public void A_name_that_two_images_end_with_fits_neither()
    {
        var names = new ImageNameIndex(["train/happy/1.png", "train/sad/1.png", "train/sad/2.png"]);
        Assert.Equal(
            (ImageNameIndex.Ambiguous, 2, 1, ImageNameIndex.None),
            (names.Find("1.png"), names.Find("2.png"), names.Find(@"sad\1.png"), names.Find("d/2.png"))
        );
    }

    [SharedDataFact("ferplus-votes.csv")]
    public void The_real_votes_fit_the_real_images_in_both_forms()
    {
        string table = Path.Combine(SharedData.Folder!, "ferplus-votes.csv");
        string[][] rows = [.. File.ReadLines(table).Skip(1).Select(l => l.Split(',')).Where(r => r[0] == "train")];
        int Class(string[] row) => Array.IndexOf(Fer, row[2]);
        SoftLabels byFile = SoftLabels.Read(table, Set(Fer, [.. rows.Select(r => ($"train/{r[1]}", Class(r)))]), 1);
        Assert.Equal((28_265, 295), (byFile.Used, byFile.WithoutMajority));
        Assert.InRange((double)byFile.Agreeing / byFile.Used, 0.6, 0.7);
        Assert.All(byFile.Targets.OfType<float[]>(), t => Assert.Equal(1, t.Sum(), 1e-5f));

        string[][] placed = [.. rows.Where(r => r[4].Length > 0)];
        SoftLabels byRow = SoftLabels.Read(
            table,
            Set(
                Fer,
                [.. placed.Select(r => ($"fer2013.csv:{int.Parse(r[4], System.Globalization.CultureInfo.InvariantCulture) + 2}", Class(r)))]
            ),
            1
        );
        Assert.Equal(byFile.Used, byRow.Used);
        Assert.Equal(byFile.Agreeing, byRow.Agreeing);
    }
}

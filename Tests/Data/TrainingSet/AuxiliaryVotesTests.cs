using EmotionMLNet.Files;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Data.TrainingSet;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Data.TrainingSet;

public sealed class AuxiliaryVotesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static ImageSet Set =>
        new(
            Split.Train,
            "train",
            ["happy", "sad"],
            [0, 0, 1],
            [
                [0],
                [1],
                [2],
            ],
            ["train/happy/a.jpg", "train/happy/b.jpg", "train/sad/c.jpg"]
        );

    private AuxiliaryVotes Read(string table)
    {
        AtomicFile.WriteText(folder["votes.csv"], table);
        return AuxiliaryVotes.Read(folder["votes.csv"], Set);
    }

    [Fact]
    public void Every_answer_counts_also_those_without_a_label()
    {
        AuxiliaryVotes votes = Read(
            "split,file,fer2013_row,neutral,happiness,sadness,unknown\ntrain,happy/a.jpg,5,1,6,0,1\ntrain,sad/c.jpg,6,0,0,0,"
                + "0\nvalidation,happy/b.jpg,7,9,0,0,0\n"
        );
        Assert.Equal(["happiness", "sadness", "neutral", "unknown"], votes.Answers);
        Assert.Equal([0.75f, 0, 0.125f, 0.125f], votes.Targets[0]!);
        Assert.Null(votes.Targets[1]); // the row is another split's image of that name
        Assert.Null(votes.Targets[2]); // nobody voted
        Assert.Equal(1, votes.Used);
    }

    [Fact]
    public void Behind_an_image_s_target_stand_its_votes_or_zeros()
    {
        ImageSet set = Set with { Auxiliary = Read("path,happy,unknown\nhappy/b.jpg,1,3\n") };
        float[] target = [9, 9, 9, 9];
        set.CopyTarget(1, target);
        Assert.Equal([1, 0, 0.25f, 0.75f], target);
        set.CopyTarget(2, target);
        Assert.Equal([0, 1, 0, 0], target);
        ImageSet some = set.Subset([2, 1]);
        some.CopyTarget(1, target);
        Assert.Equal([1, 0, 0.25f, 0.75f], target);
    }

    [Theory]
    [InlineData("path,happy\nhappy/a.jpg,3\n", "two columns of votes at least")]
    [InlineData("path,happy,sad\nelsewhere/a.jpg,3,1\n", "none of its rows names a training image with votes")]
    [InlineData("path,happy,sad\nhappy/a.jpg,0,0\n", "none of its rows names a training image with votes")]
    [InlineData("path,happy,sad\nhappy/a.jpg,1,0\ntrain/happy/a.jpg,0,1\n", "votes.csv:3: a second row for train/happy/a.jpg")]
    [InlineData("path,happy,sad\nhappy/a.jpg,many,0\n", "votes.csv:2: 'many' in column happy is not a number of votes")]
    public void A_table_of_no_use_is_refused_in_one_line(string table, string message)
        => Assert.Contains(message, Assert.ThrowsAny<TrainingException>(() => Read(table)).Message);
}

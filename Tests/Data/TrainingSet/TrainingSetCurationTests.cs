using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Data.TrainingSet;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Data.TrainingSet;

/// <summary>Folders of two labels with one fault of each kind, and what is left of their training split.</summary>
public sealed class TrainingSetCurationTests : IDisposable
{
    private readonly DataFolder folder = new();

    public TrainingSetCurationTests()
    {
        folder.AddImages("data/train/happy", 4, first: 0).AddImages("data/train/sad", 4, first: 10);
        folder.AddImages("data/validation/happy", 2, first: 20).AddImages("data/validation/sad", 2, first: 30);
    }

    public void Dispose() => folder.Dispose();

    private static byte[] Blank => PngEncoder.Encode(new Image(8, 8, 1, [.. Enumerable.Repeat((byte)9, 64)]));

    private (Dataset Before, Dataset After) Apply(TrainingSetOptions options)
    {
        (Dataset data, DataReport report) = DataLoader.Load(
            new DataOptions { Path = folder["data"] },
            DataFolder.Grey8,
            [Split.Train, Split.Validation]
        );
        return (data, TrainingSetCuration.Apply(data, report, options));
    }

    [Fact]
    public void Dropping_leaks_leaves_out_twins_conflicts_and_blanks_of_training_alone()
    {
        folder.Add("data/train/happy/twin.png", DataFolder.Png(20)); // of validation/happy/0020.png
        folder.Add("data/train/sad/twin-of-another-label.png", DataFolder.Png(21));
        folder.Add("data/train/happy/both.png", DataFolder.Png(50)).Add("data/train/sad/both.png", DataFolder.Png(50));
        folder.Add("data/train/sad/copy.png", DataFolder.Png(10)); // of the same label in the same split: no harm
        folder.Add("data/train/sad/blank.png", Blank).Add("data/validation/sad/blank.png", Blank);
        // Theirs stays, and is not in the list.
        folder.Add("data/validation/happy/blank3.png", PngEncoder.Encode(new Image(8, 8, 1, [.. Enumerable.Repeat((byte)77, 64)])));
        folder.Add("data/train/happy/blank2.png", PngEncoder.Encode(new Image(8, 8, 1, new byte[64])));

        (Dataset before, Dataset after) = Apply(new TrainingSetOptions { DropLeaks = true });

        Assert.Equal(6, Leak.Find(DataLoader.Scan(new DataOptions { Path = folder["data"] }, DataFolder.Grey8)).Count);
        Assert.Equal(15, before[Split.Train]!.Count);
        Assert.Equal(["happy/0000", "happy/0001", "happy/0002", "happy/0003", "sad/0010", "sad/0011", "sad/0012", "sad/0013", "sad/copy"],
            after[Split.Train]!.Sources.Select(s => s["train/".Length..^".png".Length]));
        Assert.Same(before[Split.Validation], after[Split.Validation]);
        Assert.Equal(
            "6 of 15 training images left out: 3 identical to one of another split that was read, 2 identical under different "
                + "labels, 1 blank",
            Assert.Single(after.Changes.Notes)
        );
        Assert.Equal(6, after.Changes.LeftOut.Count);
        Assert.Equal(
            "identical to validation/happy/0020.png of validation",
            after.Changes.LeftOut.Single(l => l.Image == "train/happy/twin.png").Reason
        );
        Assert.Equal(before.Fingerprint, after.Fingerprint);
        Assert.NotEmpty(after.Changes.Fingerprint);
    }

    [Fact]
    public void Excluded_images_are_found_by_their_path_or_its_end_and_validation_keeps_all()
    {
        folder.Add(
            "list.csv",
            "path,why\ntrain/happy/0000.png,x\nsad/0011.png,x\n./train/sad/0012.png,x\nvalidation/happy/0020.png,x\nnowhere.png,x\n"
        );
        (Dataset before, Dataset after) = Apply(new TrainingSetOptions { Exclude = folder["list.csv"] });
        Assert.Equal(["train/happy/0000.png", "train/sad/0011.png", "train/sad/0012.png"], after.Changes.LeftOut.Select(l => l.Image));
        Assert.Equal(5, after[Split.Train]!.Count);
        Assert.Same(before[Split.Validation], after[Split.Validation]);
        Assert.Equal(
            "3 of 8 training images left out: listed in list.csv (2 of its rows name no training image)",
            Assert.Single(after.Changes.Notes)
        );
    }

    [Fact]
    public void A_list_that_names_nothing_or_leaves_nothing_is_refused()
    {
        folder
            .Add("list.csv", "path\nelsewhere/0000.png\n")
            .Add("all.csv", "file\nhappy/0000.png\nhappy/0001.png\nhappy/0002.png\nhappy/0003.png\n")
            .Add("headless.csv", "a,b\n1,2\n");
        Assert.Contains(
            "none of its rows names a training image",
            Assert.ThrowsAny<TrainingException>(() => Apply(new TrainingSetOptions { Exclude = folder["list.csv"] })).Message
        );
        Assert.Contains(
            "All training images of happy are left out",
            Assert.ThrowsAny<TrainingException>(() => Apply(new TrainingSetOptions { Exclude = folder["all.csv"] })).Message
        );
        Assert.Contains(
            "no column names images",
            Assert.ThrowsAny<TrainingException>(() => Apply(new TrainingSetOptions { Exclude = folder["headless.csv"] })).Message
        );
    }

    [Fact]
    public void Balance_is_reported_with_what_an_epoch_shows()
    {
        folder.AddImages("data/train/sad", 8, first: 40);
        Dataset after = Apply(new TrainingSetOptions { Balance = 1 }).After;
        Assert.Equal("sampled with balance 1: an epoch shows happy 8, sad 8", Assert.Single(after.Changes.Notes));
        Assert.Empty(after.Changes.Fingerprint);
    }

    [Fact]
    public void Without_rules_the_data_are_the_same_object()
    {
        (Dataset before, Dataset after) = Apply(new TrainingSetOptions());
        Assert.Same(before, after);
    }
}

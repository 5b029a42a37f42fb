using EmotionMLNet.Training;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Data;

public sealed class FolderSourceTests
{
    private static readonly Split[] All = Enum.GetValues<Split>();

    [Fact]
    public void Class_folders_become_classes_in_ordinal_order_and_files_keep_their_names()
    {
        using DataFolder data = new DataFolder()
            .AddImages("sad", 4, 0)
            .AddImages("Angry", 4, 10)
            .AddImages("happy/deeper", 4, 20)
            .Add("README.md", "x")
            .Add("sad/.DS_Store", "x")
            .Add("sad/Thumbs.db", "x");
        SourceListing listing = DataSource.List(new DataOptions { Path = data.Root });
        Assert.Equal("class folders", listing.Kind);
        Assert.Equal(["Angry", "happy", "sad"], listing.Labels);
        Assert.Equal(12, listing.Images.Count);
        Assert.Equal("Angry/0010.png", listing.Images[0].Name);
        Assert.Contains(listing.Images, i => i.Name == "happy/deeper/0020.png" && i.Label == "happy");
    }

    [Theory]
    [InlineData("train", "val", "test")]
    [InlineData("Training", "PublicTest", "PrivateTest")]
    [InlineData("TRAIN", "Valid", "Test")]
    [InlineData("train", "validation", "testing")]
    public void Split_folders_are_known_by_their_names_in_any_case(string train, string validation, string test)
    {
        using DataFolder data = new();
        int first = 0;
        foreach ((string name, int count) in new[] { (train, 6), (validation, 2), (test, 3) })
            foreach (string label in new[] { "happy", "sad" })
                data.AddImages($"{name}/{label}", count, (first += 10) - 10);
        (Dataset dataset, DataReport report) = DataLoader.Load(new DataOptions { Path = data.Root }, DataFolder.Grey8, All);
        Assert.Equal("split folders", report.Source);
        Assert.Equal(
            [(Split.Train, train, 12), (Split.Validation, validation, 4), (Split.Test, test, 6)],
            dataset.Sets.Select(s => (s.Split, s.Name, s.Count))
        );
        Assert.Equal($"{train}/happy/0000.png", dataset[Split.Train]!.Sources[0]);
        Assert.Equal([0, 0, 1, 1], dataset[Split.Validation]!.Classes);
    }

    [Fact]
    public void One_folder_around_the_data_is_looked_through()
    {
        using DataFolder data = new DataFolder().AddImages("archive/happy", 5, 0).AddImages("archive/sad", 5, 10);
        SourceListing listing = DataSource.List(new DataOptions { Path = data.Root });
        Assert.Equal(10, listing.Images.Count);
        Assert.Contains(listing.Notes, n => n.Contains("archive"));
    }

    [Fact]
    public void Only_the_wanted_splits_are_decoded()
    {
        using DataFolder data = new DataFolder()
            .AddImages("train/happy", 3, 0)
            .AddImages("train/sad", 3, 10)
            .AddImages("val/happy", 2, 20)
            .AddImages("val/sad", 2, 30);
        data.Add("test/happy/broken.png", "not a picture").Add("test/sad/broken.png", "neither");
        (Dataset dataset, DataReport report) = DataLoader.Load(
            new DataOptions { Path = data.Root },
            DataFolder.Grey8,
            [Split.Train, Split.Validation]
        );
        Assert.Empty(report.Unusable);
        Assert.Null(dataset[Split.Test]);
        Assert.Equal([1, 1], report.Splits.Single(s => s is { Split: Split.Test, Read: false }).Listed);
        Assert.Equal(2, DataLoader.Scan(new DataOptions { Path = data.Root }, DataFolder.Grey8).Unusable.Count);
    }

    [Fact]
    public void Unusable_files_are_named_with_their_reason_and_strict_refuses_them()
    {
        using DataFolder data = new DataFolder()
            .AddImages("happy", 5, 0)
            .AddImages("sad", 5, 10)
            .Add("sad/drawing.jpg", "<svg></svg>")
            .Add("sad/empty.png", "");
        var options = new DataOptions { Path = data.Root };
        (Dataset dataset, DataReport report) = DataLoader.Load(options, DataFolder.Grey8, All);
        Assert.Equal(10, dataset.Sets.Sum(s => s.Count));
        Assert.Equal(["sad/drawing.jpg", "sad/empty.png"], report.Unusable.Select(u => u.Name).Order());
        Assert.Contains(report.Unusable, u => u.Reason.Contains("SVG"));
        TrainingException e = Assert.ThrowsAny<TrainingException>(() =>
            DataLoader.Load(options with { Strict = true }, DataFolder.Grey8, All)
        );
        Assert.IsType<DataFindingsException>(e);
        Assert.Contains("2 unusable", e.Message);
    }

    [Fact]
    public void Labels_txt_fixes_order_and_set_of_the_classes()
    {
        using DataFolder data = new DataFolder()
            .AddImages("happy", 5, 0)
            .AddImages("sad", 5, 10)
            .AddImages("zzz", 5, 20)
            .Add("labels.txt", "sad\r\n\nhappy\nfear\n");
        SourceListing listing = DataSource.List(new DataOptions { Path = data.Root });
        Assert.Equal(["sad", "happy", "fear"], listing.Labels);
        Assert.Equal(10, listing.Images.Count);
        Assert.Contains(listing.Notes, n => n.Contains("5 images of other classes are left out: zzz"));
        Assert.Contains("class fear has no images", listing.Notes);
        Assert.Equal(["happy", "zzz"], DataSource.List(new DataOptions { Path = data.Root, Labels = ["happy", "zzz"] }).Labels);
    }

    [Fact]
    public void Nothing_usable_is_said_in_one_line()
    {
        using DataFolder data = new DataFolder().Add("picture.png", DataFolder.Png(1));
        Assert.Contains(
            "no class folders",
            Assert.ThrowsAny<TrainingException>(() => DataSource.List(new DataOptions { Path = data.Root })).Message
        );
        Assert.Contains(
            "no such file or folder",
            Assert.ThrowsAny<TrainingException>(() => DataSource.List(new DataOptions { Path = data["absent"] })).Message
        );
        data.AddImages("happy", 3, 0);
        Assert.Contains(
            "only one class (happy)",
            Assert.ThrowsAny<TrainingException>(() => DataLoader.Load(new DataOptions { Path = data.Root }, DataFolder.Grey8, All)).Message
        );
        data.AddImages("sad", 3, 10).Add("labels.txt", "joy\n");
        Assert.Contains(
            "none of the wanted ones (joy)",
            Assert.ThrowsAny<TrainingException>(() => DataSource.List(new DataOptions { Path = data.Root })).Message
        );
    }

    [Fact]
    public void Cancelling_stops_the_load()
    {
        using DataFolder data = new DataFolder().AddImages("happy", 5, 0).AddImages("sad", 5, 10);
        Assert.ThrowsAny<OperationCanceledException>(() =>
            DataLoader.Load(
                new DataOptions { Path = data.Root },
                DataFolder.Grey8,
                All,
                cancellation: new CancellationToken(canceled: true)
            )
        );
    }
}

using EmotionMLNet.Training;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Data;

public sealed class SplitPlanTests
{
    private static readonly Split[] All = Enum.GetValues<Split>();

    [Fact]
    public void Without_splits_images_are_dealt_70_20_10_in_every_class()
    {
        using DataFolder data = new DataFolder().AddImages("happy", 50, 0).AddImages("sad", 20, 100).AddImages("fear", 7, 200);
        DataReport report = DataLoader.Scan(new DataOptions { Path = data.Root }, DataFolder.Grey8);
        Assert.Equal([[5, 35, 14], [1, 10, 4], [1, 5, 2]], report.Splits.Select(s => s.Usable)); // fear, happy, sad
        Assert.Equal(["70 % of 77, seed 1", "20 % of 77, seed 1", "10 % of 77, seed 1"], report.Splits.Select(s => s.Name));
    }

    [Fact]
    public void Dealing_depends_on_seed_and_content_and_not_on_names()
    {
        using DataFolder data = new DataFolder().AddImages("happy", 40, 0).AddImages("sad", 40, 100);
        using DataFolder renamed = new();
        for (int i = 0; i < 40; i++)
            renamed.Add($"happy/{1000 - i}.png", DataFolder.Png(i)).Add($"sad/{1000 - i}.png", DataFolder.Png(100 + i));
        HashSet<string> Validation(DataFolder folder, ulong seed) =>
            [
                .. DataLoader.Load(new DataOptions { Path = folder.Root, SplitSeed = (long)seed }, DataFolder.Grey8, All).Dataset[
                    Split.Validation
                ]!.Pixels.Select(Convert.ToHexString),
            ];
        Assert.Equal(Validation(data, 1), Validation(data, 1));
        Assert.True(Validation(data, 1).SetEquals(Validation(renamed, 1)));
        Assert.False(Validation(data, 1).SetEquals(Validation(data, 2)));
    }

    [Fact]
    public void Byte_identical_images_stay_in_one_split()
    {
        using DataFolder data = new();
        for (int i = 0; i < 60; i++) data.Add($"happy/{i}.png", DataFolder.Png(i / 3)).Add($"sad/{i}.png", DataFolder.Png(100 + i / 2));
        DataReport report = DataLoader.Scan(new DataOptions { Path = data.Root }, DataFolder.Grey8);
        Assert.Equal(
            (50, 70, 0, 0),
            (
                report.ByteIdentical.Groups,
                report.ByteIdentical.Copies,
                report.ByteIdentical.AcrossSplits,
                report.ByteIdentical.ConflictingGroups
            )
        );
        Assert.Equal(120, report.Splits.Sum(s => s.Usable.Sum()));
        Assert.All(report.Splits, s => Assert.NotEqual(0, s.Usable[0]));
    }

    [Fact]
    public void A_missing_validation_is_carved_out_of_train_and_a_missing_test_stays_missing()
    {
        using DataFolder data = new DataFolder().AddImages("train/happy", 20, 0).AddImages("train/sad", 10, 100);
        (Dataset dataset, DataReport report) = DataLoader.Load(new DataOptions { Path = data.Root }, DataFolder.Grey8, All);
        Assert.Equal(
            [(Split.Train, "80 % of train's 30, seed 1", 24), (Split.Validation, "20 % of train's 30, seed 1", 6)],
            dataset.Sets.Select(s => (s.Split, s.Name, s.Count))
        );
        Assert.Contains(report.Notes, n => n.Contains("no validation split"));
        Assert.Contains(report.Notes, n => n.Contains("no test split"));
    }

    [Fact]
    public void Data_without_train_can_be_evaluated_on_but_not_trained_with()
    {
        using DataFolder data = new DataFolder().AddImages("test/happy", 3, 0).AddImages("test/sad", 3, 100);
        Assert.Equal(6, DataLoader.Load(new DataOptions { Path = data.Root }, DataFolder.Grey8, [Split.Test]).Dataset[Split.Test]!.Count);
        Assert.Contains(
            "no train split",
            Assert
                .ThrowsAny<TrainingException>(() => DataLoader.Load(new DataOptions { Path = data.Root }, DataFolder.Grey8, [Split.Train]))
                .Message
        );
    }

    [Fact]
    public void Everything_can_be_taken_as_one_split()
    {
        using DataFolder data = new DataFolder().AddImages("train/happy", 3, 0).AddImages("val/sad", 3, 100);
        Dataset dataset = DataLoader
            .Load(new DataOptions { Path = data.Root, WholeAs = Split.Test }, DataFolder.Grey8, [Split.Test])
            .Dataset;
        Assert.Equal((6, "all 6 images"), (dataset[Split.Test]!.Count, dataset[Split.Test]!.Name));
    }

    [Fact]
    public void The_merged_test_of_the_FER2013_folder_edition_is_named_as_such()
    {
        (string, int)[] counts =
        [
            ("angry", 958),
            ("disgust", 111),
            ("fear", 1024),
            ("happy", 1774),
            ("neutral", 1233),
            ("sad", 1247),
            ("surprise", 831),
        ];
        PlannedSplit Test(int more)
        {
            ListedImage[] images =
            [
                .. counts.SelectMany(c => Images("test", c.Item1, c.Item2 + (c.Item1 == "sad" ? more : 0))),
                .. counts.SelectMany(c => Images("train", c.Item1, 10)),
            ];
            var listing = new SourceListing("split folders", [.. counts.Select(c => c.Item1)], images, [], []);
            return SplitPlan.Make(listing, new DataOptions { Path = "fer2013" }, default).Splits.Single(s => s.Split == Split.Test);
        }
        Assert.Equal("PublicTest + PrivateTest (merged)", Test(more: 0).Name);
        Assert.Equal("test", Test(more: 1).Name);

        static IEnumerable<ListedImage> Images(string part, string label, int count)
            => Enumerable.Range(0, count).Select(i => new ListedImage($"{part}/{label}/{i}", label, part, new FileContent($"{i}")));
    }

    [Theory]
    [InlineData(0.5, 0.5)]
    [InlineData(-0.1, 0.1)]
    [InlineData(double.NaN, 0.1)]
    public void Impossible_fractions_are_refused(double validation, double test)
        => Assert.NotEmpty(new DataOptions { Path = "x", ValidationFraction = validation, TestFraction = test }.FindProblems());
}

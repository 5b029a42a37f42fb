using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Data;

/// <summary>Folders that are not quite what they should be, and what is said of them.</summary>
public sealed class DataLayoutTests
{
    private static SourceListing List(DataFolder data, params string[] labels) =>
        DataSource.List(new DataOptions { Path = data.Root, Labels = labels.Length > 0 ? labels : null });

    [Fact]
    public void A_folder_of_data_sets_is_not_taken_for_classes()
    {
        using DataFolder data = new DataFolder()
            .AddImages("fer2013/train/happy", 2, 0)
            .AddImages("fer2013/train/sad", 2, 10)
            .AddImages("photos/Happiness", 2, 20)
            .AddImages("photos/sad", 2, 30);
        string message = Assert.ThrowsAny<TrainingException>(() => List(data)).Message;
        Assert.Contains(
            $"holds data sets, not classes: give one of {data["fer2013"]}, {data["photos"]}",
            message,
            StringComparison.Ordinal
        );
        // Said so, it is what is wanted.
        Assert.Equal(4, List(data, "fer2013", "photos").Images.CountBy(i => i.Label).Single(c => c.Key == "photos").Value);

        using DataFolder people = new DataFolder()
            .AddImages("happy/anna", 2, 0)
            .AddImages("happy/ben", 2, 10)
            .AddImages("sad/anna", 2, 20)
            .AddImages("sad/ben", 2, 30);
        SourceListing nested = List(people);
        Assert.Equal(["happy", "sad"], nested.Labels);
        Assert.Contains(
            nested.Notes,
            n =>
                n.Contains(
                    "each class folder holds the folders anna, ben: if those are the classes, give one of happy, sad",
                    StringComparison.Ordinal
                )
        );
    }

    [Theory]
    [InlineData("train_set", "val_set", "test-set")]
    [InlineData("training_data", "validation_data", "testing_data")]
    [InlineData("01 Train", "02 Dev", "03 Test")]
    [InlineData("TrainImages", "ValidImages", "TestImages")]
    public void Split_folders_are_known_in_other_spellings(string train, string validation, string test)
    {
        using DataFolder data = new();
        int first = 0;
        foreach (string split in new[] { train, validation, test })
            foreach (string label in new[] { "happy", "sad" }) data.AddImages($"{split}/{label}", 2, (first += 10) - 10);
        SourceListing listing = List(data);
        Assert.Equal("split folders", listing.Kind);
        Assert.Equal(["happy", "sad"], listing.Labels);
        Assert.Equal(
            [(Split.Train, 4), (Split.Validation, 4), (Split.Test, 4)],
            listing.Images.CountBy(i => SplitNames.Parse(i.Part!)!.Value).Select(c => (c.Key, c.Value)).Order()
        );
    }

    [Fact]
    public void Splits_below_classes_and_empty_class_folders_are_mentioned()
    {
        using DataFolder data = new DataFolder()
            .AddImages("happy/train", 2, 0)
            .AddImages("happy/test", 2, 10)
            .AddImages("sad/train", 2, 20);
        Directory.CreateDirectory(data["fear"]);
        SourceListing listing = List(data);
        Assert.Contains(
            listing.Notes,
            n => n.StartsWith("folders named as splits below class folders (test, train) are not taken as splits", StringComparison.Ordinal)
        );
        Assert.Contains("folder fear holds no file and is no class", listing.Notes);
    }

    [Fact]
    public void Labels_fit_folders_in_any_case_and_a_near_spelling_is_named()
    {
        using DataFolder data = new DataFolder().AddImages("happy", 5, 0).AddImages("sad", 5, 10).AddImages("anger", 5, 20);
        SourceListing listing = List(data, "Happy", "Sad");
        Assert.Equal(["Happy", "Sad"], listing.Labels);
        Assert.Equal(["Happy", "Sad"], listing.Images.Select(i => i.Label).Distinct());
        Assert.Contains("class happy is taken as Happy", listing.Notes);
        Assert.Contains("class angry has no images: was anger meant?", List(data, "happy", "angry").Notes);
        Assert.Contains("class hapy has no images: was happy meant?", List(data, "hapy", "sad").Notes);
        Assert.Contains(
            "its classes (anger, happy, sad) are none of the wanted ones (joyful, gloomy)",
            Assert.ThrowsAny<TrainingException>(() => List(data, "joyful", "gloomy")).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(1, "1 image")]
    [InlineData(2, "2 images")]
    public void A_class_of_too_few_images_is_named_with_what_to_do(int images, string count)
    {
        using DataFolder data = new DataFolder().AddImages("happy", 10, 0).AddImages("sad", images, 20);
        DataReport report = DataLoader.Scan(new DataOptions { Path = data.Root }, DataFolder.Grey8);
        Assert.Contains(
            $"validation has no image of sad ({count} in all): nothing there says how well it is told; add images, or leave such "
                + $"a class out with {{data.labels}}",
            report.Notes
        );
        Assert.Equal(images, report.Splits.Single(s => s.Split == Split.Train).Usable[1]); // rather learned than measured
        Assert.Contains(report.Notes, n => n.StartsWith("test has no image of sad", StringComparison.Ordinal));
    }

    [Fact]
    public void Classes_that_given_splits_lack_and_a_validation_that_nothing_is_left_for_are_named()
    {
        using DataFolder data = new DataFolder()
            .AddImages("train/happy", 4, 0)
            .AddImages("train/sad", 4, 10)
            .AddImages("val/happy", 2, 20)
            .AddImages("val/fear", 2, 30);
        IReadOnlyList<string> notes = DataLoader.Scan(new DataOptions { Path = data.Root }, DataFolder.Grey8).Notes;
        Assert.Contains(
            notes,
            n => n.StartsWith("train has no image of fear (2 images in all): it can't be learned", StringComparison.Ordinal)
        );
        Assert.Contains(notes, n => n.StartsWith("validation has no image of sad (4 images in all)", StringComparison.Ordinal));
        using DataFolder few = new DataFolder().AddImages("happy", 2, 0).AddImages("sad", 2, 10);
        Assert.Contains(
            DataLoader.Scan(new DataOptions { Path = few.Root }, DataFolder.Grey8).Notes,
            n => n.StartsWith("there is no validation split: no class has images enough", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void What_holds_no_data_is_one_line_and_a_usage_error()
    {
        using DataFolder data = new DataFolder()
            .Add("picture.png", DataFolder.Png(1))
            .Add("texts/a/a.txt", "a")
            .Add("texts/b/b.txt", "b")
            .Add("flat/a.png", DataFolder.Png(2))
            .Add("semicolons.csv", "path;label\na.png;happy\n");
        Directory.CreateDirectory(data["empty"]);
        foreach (
            (string name, string what) in new[]
            {
                ("picture.png", "the first line is not a header"),
                ("texts", "none of 2 files and rows is a usable picture (a/a.txt: text, byte 0: text, not a picture)"),
                ("flat", "no class folders and no table"),
                ("empty", "the folder is empty"),
                ("absent", "no such file or folder"),
                ("semicolons.csv", "not divided by commas: save it with commas"),
            }
        )
        {
            ProcessResult result = TrainerProcess.Run("data", "--data", data[name]);
            Assert.Equal((name, ExitCode.Usage), (name, result.Code));
            Assert.Contains(what, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
            Assert.Equal("", result.Output);
        }
    }
}

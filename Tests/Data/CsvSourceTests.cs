using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Data;

public sealed class CsvSourceTests
{
    private static readonly Split[] All = Enum.GetValues<Split>();

    private static readonly ImagePreprocessing Grey48 = DataFolder.Grey8 with { Width = 48, Height = 48 };

    private static byte[] Picture(int number)
    {
        byte[] pixels = new byte[48 * 48];
        new Random(number).NextBytes(pixels);
        return pixels;
    }

    private static string Row(string format, int emotion, int number, string usage)
        => string.Format(System.Globalization.CultureInfo.InvariantCulture, format, emotion, string.Join(' ', Picture(number)), usage);

    [Theory]
    [InlineData("emotion,pixels,Usage", "{0},{1},{2}", "\n")]
    [InlineData("emotion, Usage, pixels", "{0}, {2}, {1}", "\n")]
    [InlineData("\uFEFF\"Emotion\",\"PIXELS\",\" usage\"", "\"{0}\",\"{1}\",\"{2}\"", "\r\n")]
    public void FER2013_is_read_in_every_column_order(string header, string format, string lineEnd)
    {
        string[] rows =
        [
            header,
            Row(format, 3, 1, "Training"),
            Row(format, 0, 2, "Training"),
            Row(format, 6, 3, "PublicTest"),
            Row(format, 4, 4, "PrivateTest"),
            Row(format, 1, 5, "privatetest"),
        ];
        using DataFolder data = new DataFolder().Add("fer2013.csv", string.Join(lineEnd, rows) + (lineEnd == "\n" ? "" : lineEnd));
        foreach (string path in new[] { data.Root, data["fer2013.csv"] })
        {
            (Dataset dataset, DataReport report) = DataLoader.Load(new DataOptions { Path = path }, Grey48, All);
            Assert.Equal("FER2013 CSV", report.Source);
            Assert.Equal(["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"], dataset.Labels);
            Assert.Equal([3, 0], dataset[Split.Train]!.Classes);
            Assert.Equal(Picture(1), dataset[Split.Train]!.Pixels[0]);
            Assert.Equal("fer2013.csv:2", dataset[Split.Train]!.Sources[0]);
            Assert.Equal(("PublicTest", 6), (dataset[Split.Validation]!.Name, dataset[Split.Validation]!.Classes.Single()));
            Assert.Equal([4, 1], dataset[Split.Test]!.Classes);
            Assert.Equal(Picture(5), dataset[Split.Test]!.Pixels[1]);
        }
    }

    [Fact]
    public void Bad_FER2013_rows_are_named_with_line_and_reason()
    {
        string pixels = string.Join(' ', Picture(1));
        string[] rows =
        [
            "emotion,pixels,Usage",
            $"0,{pixels},Training",
            $"7,{pixels},Training",
            $"1,{pixels} 3,Training",
            "1,1 2 3,Training",
            $"2,{pixels.Replace(' ', '\t')},Training",
            $"1,{pixels},Holiday",
            "",
            $"3,256 {pixels},Training",
            $"3,x {pixels},Training",
            "1,2",
        ];
        using DataFolder data = new DataFolder().Add("fer2013.csv", string.Join('\n', rows));
        DataReport report = DataLoader.Scan(new DataOptions { Path = data.Root, ValidationFraction = 0 }, Grey48);
        Assert.Equal(2, report.Splits.Sum(s => s.Usable.Sum()));
        Assert.Equal(
            [10, 11, 3, 4, 5, 7, 9],
            report.Unusable.Select(u => u.Name).Order(StringComparer.Ordinal).Select(n => int.Parse(n.Split(':')[1], null))
        );
        string Reason(int line) => report.Unusable.Single(u => u.Name == $"fer2013.csv:{line}").Reason;
        Assert.Contains("emotion is '7'", Reason(3));
        Assert.Contains("more than 2304 pixels", Reason(4));
        Assert.Contains("3 pixels instead of 2304", Reason(5));
        Assert.Contains("'Holiday'", Reason(7));
        Assert.Contains("above 255", Reason(9));
        Assert.Contains("'x' is not a digit", Reason(10));
        Assert.Contains("2 columns instead of 3", Reason(11));
    }

    [Fact]
    public void Rows_longer_than_the_read_buffer_keep_their_place()
    {
        using DataFolder data = new();
        string[] rows = ["emotion,pixels,Usage", .. Enumerable.Range(0, 400).Select(i => Row("{0},{1},{2}", i % 7, i, "Training"))];
        data.Add("fer2013.csv", string.Join('\n', rows));
        ImageSet train = DataLoader.Load(new DataOptions { Path = data.Root, ValidationFraction = 0 }, Grey48, [Split.Train]).Dataset[
            Split.Train
        ]!;
        Assert.Equal(400, train.Count);
        Assert.All(Enumerable.Range(0, 400), i => Assert.Equal(Picture(i), train.Pixels[i]));
    }

    [Fact]
    public void A_table_of_paths_is_read_relative_to_itself()
    {
        using DataFolder data = new DataFolder().AddImages("pictures", 8, 0);
        data.Add(
            "faces.csv",
            "Path,Label,Split\npictures/0000.png,sad,train\n\"pictures\\0001.png\",happy,train\npictures/0002.png,sad,"
                + "val\npictures/0003.png,happy,Test\npictures/0009.png,sad,train\npictures/0004.png,,train\npictures/0005.png,sad,later\n"
        );
        foreach (string path in new[] { data.Root, data["faces.csv"] })
        {
            (Dataset dataset, DataReport report) = DataLoader.Load(new DataOptions { Path = path }, DataFolder.Grey8, All);
            Assert.Equal("CSV of paths", report.Source);
            Assert.Equal(["happy", "sad"], dataset.Labels);
            Assert.Equal([1, 0], dataset[Split.Train]!.Classes);
            Assert.Equal("pictures/0001.png", dataset[Split.Train]!.Sources[1]);
            Assert.Equal((1, 1), (dataset[Split.Validation]!.Count, dataset[Split.Test]!.Count));
            Assert.Equal(
                ["no such file", "the label is empty", "'later' is not a split: write train, validation or test"],
                report.Unusable.Select(u => u.Reason)
            );
            Assert.StartsWith("faces.csv:6 ", report.Unusable[0].Name, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_table_without_splits_is_dealt_and_one_beside_class_folders_is_mentioned()
    {
        using DataFolder data = new DataFolder().AddImages("happy", 10, 0).AddImages("sad", 10, 100);
        data.Add(
            "list.csv",
            "file,class\n" + string.Concat(Enumerable.Range(0, 10).Select(i => $"happy/{i:D4}.png,yes\nsad/{100 + i:D4}.png,no\n"))
        );
        Dataset dataset = DataLoader.Load(new DataOptions { Path = data["list.csv"] }, DataFolder.Grey8, All).Dataset;
        Assert.Equal([14, 4, 2], dataset.Sets.Select(s => s.Count));
        Assert.Equal(["no", "yes"], dataset.Labels);
        SourceListing folders = DataSource.List(new DataOptions { Path = data.Root });
        Assert.Equal("class folders", folders.Kind);
        Assert.Contains(folders.Notes, n => n.StartsWith("list.csv is not read", StringComparison.Ordinal));
    }

    [Fact]
    public void A_table_of_something_else_is_refused_with_what_is_wanted()
    {
        using DataFolder data = new DataFolder().Add("prices.csv", "day,price\n1,2\n");
        Assert.Contains(
            "path,label[,split]",
            Assert.ThrowsAny<TrainingException>(() => DataSource.List(new DataOptions { Path = data["prices.csv"] })).Message
        );
    }
}

using EmotionMLNet.Imaging;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Tuning.Experiments;

namespace EmotionMLNet.Tests.Tuning.Experiments;

/// <summary>Pictures in memory as files of a search.</summary>
public sealed class PictureTableTests : IDisposable
{
    private static readonly string[] Labels = ["happy/sad", "..", "=1+1", "a,\"b\""];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Any_label_comes_back_and_pictures_are_what_they_were()
    {
        var image = new Image(3, 2, 3, [.. Enumerable.Range(0, 18).Select(i => (byte)(i * 13))]);
        byte[] encoded = TinyData.Png(1, 7);
        LabelledImage[] train = [.. Labels.Select(l => new LabelledImage(image, l)), new(encoded, Labels[0])];
        string table = Write(train);
        SourceListing listed = DataSource.List(new DataOptions { Path = table });
        Assert.Equal(Labels.Order(StringComparer.Ordinal), listed.Labels);
        Assert.Equal(train.Select(i => i.Label), listed.Images.Select(i => i.Label));
        Assert.All(listed.Images, i => Assert.Equal("train", i.Part));
        Assert.Equal(image.Pixels, ImageReader.Read(listed.Images[2].Content.Read()).Pixels);
        Assert.Equal(encoded, listed.Images[4].Content.Read());
        Assert.All(Directory.GetFiles(folder.FullName, "*.png", SearchOption.AllDirectories), f =>
            Assert.StartsWith(folder["pictures/train"], f, StringComparison.Ordinal));
        Assert.Equal(5, Directory.GetFiles(folder.FullName, "*.png", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void The_same_pictures_have_the_same_table_and_others_are_refused()
    {
        LabelledImage[] some = [new(TinyData.Png(0, 1), "a"), new(TinyData.Png(1, 2), "b")];
        string table = Write(some);
        File.Delete(Directory.GetFiles(folder.FullName, "*.png", SearchOption.AllDirectories)[0]);
        Assert.Equal(table, Write(some));
        Assert.Single(Directory.GetFiles(folder.FullName, "*.png", SearchOption.AllDirectories)); // not written again
        Assert.Throws<TrainingException>(() => Write([new(TinyData.Png(0, 1), "b"), new(TinyData.Png(1, 2), "a")]));
        Assert.Throws<TrainingException>(() => Write([some[1], some[0]]));
    }

    private string Write(LabelledImage[] train) =>
        PictureTable.Write(folder.FullName, MemorySource.List(train, null).Images, CancellationToken.None);
}

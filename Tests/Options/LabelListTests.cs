using EmotionMLNet.Files;
using EmotionMLNet.Tests.Data;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.Options;

public sealed class LabelListTests
{
    [Fact]
    public void Labels_come_from_the_line_or_from_a_file()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["labels.txt"], "sad\r\n\n happy \n");
        Assert.Equal(["happy", "sad"], LabelList.Read("happy, sad"));
        Assert.Equal(["sad", "happy"], LabelList.Read(folder["labels.txt"]));
    }

    [Theory]
    [InlineData("missing.txt", "no such labels file")]
    [InlineData("happy,sad,happy", "happy stands there twice")]
    [InlineData(",", "no labels in it")]
    public void What_is_no_list_is_one_line(string text, string message)
        => Assert.Contains(message, Assert.Throws<FormatException>(() => LabelList.Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Images_of_other_classes_are_left_out_of_a_run()
    {
        using DataFolder data = new DataFolder().AddImages("happy", 5, 0).AddImages("fear", 5, 10).AddImages("sad", 5, 20);
        TrainingOptions options = TrainingDefaults.For("three-block-cnn", data.Root) with
        {
            Data = TrainingDefaults.For("three-block-cnn", data.Root).Data with { Labels = ["sad", "happy"] },
        };
        DataReport report = DataLoader.Scan(options.DividedData, RunFactory.CreatePreprocessing(options));
        Assert.Equal(["sad", "happy"], report.Labels);
        Assert.Equal(10, report.Splits.Sum(s => s.Listed.Sum()));
        Assert.Contains(report.Notes, n => n.Contains("5 images of other classes are left out: fear", StringComparison.Ordinal));
    }
}

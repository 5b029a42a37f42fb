using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Data;

public sealed class DataReportTests
{
    [Fact]
    public void Twins_are_counted_by_bytes_and_by_pixels_within_and_across_splits()
    {
        using DataFolder data = new DataFolder()
            .AddImages("train/happy", 4, 0)
            .AddImages("train/sad", 4, 100)
            .AddImages("test/happy", 2, 2)
            .AddImages("val/sad", 2, 200);
        byte[] padded = [.. DataFolder.Png(100), 0]; // other bytes after the end of the picture, same pixels
        data.Add("train/sad/again.png", DataFolder.Png(101)).Add("test/happy/padded.png", padded);
        DataReport report = DataLoader.Scan(new DataOptions { Path = data.Root }, DataFolder.Grey8);
        Assert.Equal(
            (3, 3, 2, 0),
            (
                report.ByteIdentical.Groups,
                report.ByteIdentical.Copies,
                report.ByteIdentical.AcrossSplits,
                report.ByteIdentical.ConflictingGroups
            )
        );
        Assert.Equal(
            (4, 4, 3, 1),
            (
                report.PixelIdentical.Groups,
                report.PixelIdentical.Copies,
                report.PixelIdentical.AcrossSplits,
                report.PixelIdentical.ConflictingGroups
            )
        );
        DuplicateGroup conflict = report.PixelIdentical.Worst.Single(w => w.Labels.Distinct().Count() > 1);
        Assert.Equal(["train/sad/0100.png", "test/happy/padded.png"], conflict.Images);
        Assert.True(report.HasFindings);
        Assert.Equal("3 also in another split, 1 identical under different labels (groups)", report.Findings());
    }

    [Fact]
    public void Formats_sizes_and_blank_images_are_reported()
    {
        using DataFolder data = new DataFolder().AddImages("happy", 5, 0).AddImages("sad", 5, 100);
        data.Add("sad/blank.png", PngEncoder.Encode(new Image(30, 20, 3, [.. Enumerable.Repeat((byte)200, 1800)])));
        DataReport report = DataLoader.Scan(new DataOptions { Path = data.Root }, DataFolder.Grey8);
        Assert.Equal(new FormatCount("PNG", 11), report.Formats.Single());
        Assert.Equal(new SizeRange(8, 8, 8, 8, 30, 20, 2), report.Sizes);
        Assert.Equal("sad/blank.png", Assert.Single(report.Blank).Name);
    }

    [Fact]
    public void Clean_data_have_no_findings()
    {
        using DataFolder data = new DataFolder().AddImages("happy", 10, 0).AddImages("sad", 10, 100);
        DataReport report = DataLoader.Scan(new DataOptions { Path = data.Root, Strict = true }, DataFolder.Grey8);
        Assert.False(report.HasFindings);
        Assert.Equal("", report.Findings());
    }

    [Fact]
    public void The_fingerprint_changes_with_pixels_labels_and_splits_and_with_nothing_else()
    {
        using DataFolder data = new DataFolder().AddImages("train/happy", 4, 0).AddImages("train/sad", 4, 100).AddImages("val/sad", 4, 200);
        string Fingerprint(DataOptions options) =>
            DataLoader.Load(options, DataFolder.Grey8, [Split.Train, Split.Validation]).Dataset.Fingerprint;
        var options = new DataOptions { Path = data.Root };
        string first = Fingerprint(options);
        Assert.Matches("^[0-9a-f]{64}$", first);
        Assert.Equal(first, Fingerprint(options with { SplitSeed = 7 }));
        Assert.NotEqual(first, Fingerprint(options with { Labels = ["sad", "happy"] }));
        data.Add("train/happy/0000.png", DataFolder.Png(999));
        Assert.NotEqual(first, Fingerprint(options));
    }
}

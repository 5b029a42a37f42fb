using System.Formats.Tar;
using System.IO.Compression;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Data;

/// <summary>The real set, where it lies beside the checkout.</summary>
public sealed class Fer2013Tests
{
    [SharedDataFact("fer2013.tar.gz")]
    public void The_real_folders_have_the_published_counts_and_their_known_twins()
    {
        using var folder = new TemporaryFolder();
        using (var archive = new GZipStream(File.OpenRead(Path.Combine(SharedData.Folder!, "fer2013.tar.gz")), CompressionMode.Decompress))
            TarFile.ExtractToDirectory(archive, folder.FullName, overwriteFiles: false);
        var options = new DataOptions { Path = folder.FullName };
        SourceListing listing = DataSource.List(options);
        SplitPlan plan = SplitPlan.Make(listing, options, default);
        Assert.Equal(["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"], listing.Labels);
        Assert.Equal([(Split.Train, "train"), (Split.Validation, "validation")], plan.Splits.Select(s => (s.Split, s.Name)));
        int[] Counts(int split) => [.. listing.Labels.Select(l => plan.Splits[split].Images.Count(i => i.Label == l))];
        Assert.Equal([3995, 436, 4097, 7215, 4965, 4830, 3171], Counts(0));
        Assert.Equal([467, 56, 496, 895, 607, 653, 415], Counts(1));
        Assert.Contains(plan.Notes, n => n.Contains("no test split"));

        var twins = DuplicateCount.Count(
            plan.Splits.SelectMany(s => s.Images.Select(i => (ContentHash.Compute(i.Content.Read()), i, s.Split)))
        );
        Assert.Equal((280, 47), (twins.AcrossSplits, twins.ConflictingGroups));
    }
}

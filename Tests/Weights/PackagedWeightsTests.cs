using System.IO.Compression;
using System.Security.Cryptography;
using EmotionMLNet.Files;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Weights;

namespace EmotionMLNet.Tests.Weights;

/// <summary>Weights that a NuGet package holds: out of the cache, out of a package, checked in full.</summary>
public sealed class PackagedWeightsTests : IDisposable
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * i % 251))];

    private static readonly NuGetPackage Package = new("Some.Package", "1.2.3", "tools/models/net.onnx");

    private static readonly PretrainedWeights Weights = new(
        "some",
        "onnx:net",
        "net.onnx",
        Convert.ToHexStringLower(SHA256.HashData(Content)),
        "none"
    )
    {
        Graph = new PublishedGraph
        {
            Length = Content.Length,
            Mean = [0, 0, 0],
            StandardDeviation = [1, 1, 1],
            Package = Package,
        },
    };

    private readonly TemporaryFolder folder = new();

    private WeightStore Store => new(folder["store"]);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_and_a_package_are_taken_where_their_hash_is_right()
    {
        Write("plain", Content);
        Pack("some.package.nupkg", Package.Entry, Content);
        foreach (string source in new[] { "plain", "some.package.nupkg" })
        {
            string path = Store.Take(Weights, folder[source]);
            Assert.Equal(Content, File.ReadAllBytes(path));
            Store.Verify(Weights);
            File.Delete(path);
        }
    }

    [Fact]
    public void Anything_else_is_one_line_and_nothing_is_kept()
    {
        byte[] altered = [.. Content];
        altered[^1] ^= 1;
        Write("altered", altered);
        Pack("altered.nupkg", Package.Entry, altered);
        Pack("other.nupkg", "tools/other.onnx", Content);
        Pack("larger.nupkg", Package.Entry, [.. Content, 0]);
        Write("broken.nupkg", [(byte)'P', (byte)'K', 1, 2, 3]);
        foreach (
            (string file, string said) in new[]
            {
                ("altered", "SHA-256"),
                ("altered.nupkg", "SHA-256"),
                ("other.nupkg", Package.Entry),
                ("larger.nupkg", "announces"),
                ("broken.nupkg", "no whole NuGet package"),
            }
        )
        {
            var e = Assert.ThrowsAny<TrainingException>(() => Store.Take(Weights, folder[file]));
            Assert.Contains(said, e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', e.Message);
            Assert.False(Directory.Exists(folder["store"]));
        }
    }

    [Fact]
    public void The_cache_is_searched_for_the_version_and_then_for_others()
    {
        Assert.Null(WeightStore.FindInCache(Weights, folder["cache"]));
        byte[] altered = [.. Content];
        altered[0] ^= 1;
        Write("cache/some.package/9.0.0/tools/models/net.onnx", altered);
        Assert.Null(WeightStore.FindInCache(Weights, folder["cache"]));
        Write("cache/some.package/1.0.0/tools/models/net.onnx", Content);
        Assert.Equal(folder["cache/some.package/1.0.0/tools/models/net.onnx"], WeightStore.FindInCache(Weights, folder["cache"]));
        Write("cache/some.package/1.2.3/tools/models/net.onnx", Content);
        Assert.Equal(folder["cache/some.package/1.2.3/tools/models/net.onnx"], WeightStore.FindInCache(Weights, folder["cache"]));
        Assert.Null(WeightStore.FindInCache(PretrainedWeights.Find("resnet18"), folder["cache"]));
    }

    [Fact]
    public void The_publishers_address_is_that_of_a_flat_container() =>
        Assert.EndsWith("/some.package/1.2.3/some.package.1.2.3.nupkg", Package.Location.AbsoluteUri, StringComparison.Ordinal);

    [Fact]
    public void Whole_hashes_are_known_of_all_graphs() =>
        Assert.All(PretrainedWeights.All.Where(w => w.Graph is not null), w => Assert.Equal(64, w.Sha256.Length));

    [Fact]
    public void Weights_of_the_catalogue_are_no_backbone()
    {
        TrainingOptions options = TinyData.Options with { FineTuning = new FineTuningOptions { Backbone = "resnet18" } };
        SettingProblem problem = Assert.Single(options.FindProblems());
        Assert.Equal("fineTuning.backbone", problem.Path);
        Assert.Contains("fineTuning.weights", problem.Remedy, StringComparison.Ordinal);
    }

    private void Write(string name, byte[] content) => AtomicFile.Write(folder[name], s => s.Write(content));

    private void Pack(string name, string entry, byte[] content) =>
        AtomicFile.Write(folder[name], s =>
        {
            using var zip = new ZipArchive(s, ZipArchiveMode.Create, leaveOpen: true);
            using Stream to = zip.CreateEntry(entry).Open();
            to.Write(content);
        });
}

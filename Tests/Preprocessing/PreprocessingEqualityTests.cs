using System.Text.Json;
using EmotionMLNet.Architectures;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Tests.Preprocessing;

public sealed class PreprocessingEqualityTests
{
    [Fact]
    public void A_preprocessing_that_was_written_and_read_is_equal_and_so_is_what_depends_on_it()
    {
        foreach (Architecture architecture in Catalogue.All)
        {
            ImagePreprocessing read = Read(architecture.Preprocessing);
            Assert.NotSame(read, architecture.Preprocessing);
            Assert.Equal(architecture.Preprocessing, read);
            Assert.Equal(architecture.Preprocessing.GetHashCode(), read.GetHashCode());
            Assert.Equal(architecture.ScalesWidths, (architecture with { Preprocessing = read }).ScalesWidths);
        }
        Assert.Equal(
            ["resnet18", "resnet50", "mobilenet-v2", "mobilenet-v3-small", "vgg16", "efficientnet-b0"],
            Catalogue.All.Where(a => a.ScalesWidths).Select(a => a.Name)
        );
    }

    [Fact]
    public void Every_property_tells_two_apart()
    {
        ImagePreprocessing p = Backbone.Preprocessing;
        ImagePreprocessing[] others =
        [
            p with
            {
                Width = 97,
            },
            p with
            {
                Height = 97,
            },
            p with
            {
                Channels = 1,
            },
            p with
            {
                Resize = ResizeMode.Pad,
            },
            p with
            {
                PadValue = 7,
            },
            p with
            {
                Mean = [0.5f, .. p.Mean.Skip(1)],
            },
            p with
            {
                Mean = [.. p.Mean.Take(2)],
            },
            p with
            {
                StandardDeviation = [0.5f, .. p.StandardDeviation.Skip(1)],
            },
            p with
            {
                Mean = null!,
            },
        ];
        Assert.All(others, o => Assert.NotEqual(p, o));
        Assert.Equal(others.Length + 1, others.Append(p).Append(Read(p)).ToHashSet().Count);
        Assert.False(p.Equals(null));
    }

    private static ImagePreprocessing Read(ImagePreprocessing p) =>
        JsonSerializer.Deserialize(
            JsonSerializer.Serialize(p, ManifestJson.Default.ImagePreprocessing),
            ManifestJson.Default.ImagePreprocessing
        )!;
}

using System.Formats.Tar;
using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.Data;

public sealed class SimilarImagesTests
{
    [Fact]
    public void Copies_at_other_sizes_and_brightness_are_one_group_and_other_pictures_are_not()
    {
        ListedImage[] images =
        [
            Drawn(1, 64),
            Drawn(2, 64),
            Drawn(1, 200),
            Drawn(3, 90),
            Drawn(2, 120, brighter: 20),
            Drawn(1, 33, brighter: -10),
        ];
        Assert.Equal([0, 1, 0, 3, 1, 0], SimilarImages.Groups(images, long.MaxValue, CancellationToken.None));
    }

    [Fact]
    public void What_cannot_be_decoded_is_alone()
    {
        ListedImage[] images = [new("a", "happy", null, new Broken()), new("b", "happy", null, new Broken())];
        Assert.Equal([0, 1], SimilarImages.Groups(images, long.MaxValue, CancellationToken.None));
    }

    [Fact]
    public void Hashes_differ_by_their_bits()
    {
        Assert.Equal(3, SimilarImages.Distance([0b1011, 0], [0, 0]));
        Assert.Equal(int.MaxValue, SimilarImages.Distance([1], []));
        Assert.Equal(int.MaxValue, SimilarImages.Distance([], []));
    }

    [Fact]
    public void Similar_images_are_dealt_to_one_split_if_asked()
    {
        ListedImage[] images =
        [
            .. from kind in Enumerable.Range(0, 30)
            from size in (int[])[40, 64, 101]
            select Drawn(kind, size) with
            {
                Label = kind % 2 == 0 ? "happy" : "sad",
            },
        ];
        Split[] Deal(bool together) =>
            StratifiedSplit.Deal(
                images,
                ["happy", "sad"],
                [0.5, 0.2, 0.3],
                new DataOptions { Path = "", SimilarTogether = together },
                CancellationToken.None
            );
        bool Whole(Split[] dealt) => dealt.Chunk(3).All(kind => kind.Distinct().Count() == 1);
        Assert.True(Whole(Deal(together: true)));
        Assert.False(Whole(Deal(together: false)));
        Assert.Equal(3, Deal(together: true).Distinct().Count());
    }

    [SharedDataFact("photos.tar")]
    public void The_photographs_fall_into_the_groups_that_their_collectors_made_by_resizing()
    {
        using var folder = new TemporaryFolder();
        TarFile.ExtractToDirectory(Path.Combine(SharedData.Folder!, "photos.tar"), folder.FullName, overwriteFiles: false);
        SourceListing listing = DataSource.List(new DataOptions { Path = Path.Combine(folder.FullName, "photos", "happy-sad") });
        int groups = SimilarImages.Groups(listing.Images, long.MaxValue, CancellationToken.None).Distinct().Count();
        Assert.InRange(groups, 200, 240); // its README speaks of some 220 distinct pictures
    }

    [Fact]
    public void A_saved_model_remembers_how_its_data_were_divided()
    {
        TrainingOptions options = TinyData.Options with
        {
            Seed = 7,
            Data = TinyData.Options.Data with { SplitSeed = 3, ValidationFraction = 0.25, TestFraction = 0.5, SimilarTogether = true },
        };
        var manifest = TinyModel.Make().Manifest with { Division = options.Division };
        DataOptions again = RecordedDivision.CreateOptions(manifest, "elsewhere", seed: null);
        Assert.Equal(
            (3UL, 0.25, 0.5, true, "elsewhere"),
            (again.Seed, again.ValidationFraction, again.TestFraction, again.SimilarTogether, again.Path)
        );
        Assert.Equal(9UL, RecordedDivision.CreateOptions(manifest, "elsewhere", seed: 9).Seed);
        Assert.Equal(
            (1UL, 0.2),
            (
                RecordedDivision.CreateOptions(manifest with { Division = null }, "x", null).Seed,
                RecordedDivision.CreateOptions(manifest with { Division = null }, "x", null).ValidationFraction
            )
        );
    }

    private static ListedImage Drawn(int kind, int size, int brighter = 0) =>
        new($"{kind}-{size}", "happy", null, new Picture(kind, size, brighter));

    // A smooth picture of random waves, stored at some size.
    private sealed class Picture(int kind, int size, int brighter) : ImageContent
    {
        public override byte[] Read() => [(byte)kind, (byte)size, (byte)brighter];

        public override ImageHeader? Describe(ReadOnlySpan<byte> content) => null;

        public override void Decode(
            ReadOnlySpan<byte> content,
            ImagePreprocessing preprocessing,
            ImageReaderOptions options,
            Span<byte> pixels
        )
        {
            var image = new Image(size, size, 1, new byte[size * size]);
            var random = new Random(kind);
            (double X, double Y, double Phase)[] waves =
            [
                .. Enumerable.Range(0, 6).Select(_ => (9 * random.NextDouble(), 9 * random.NextDouble(), 7 * random.NextDouble())),
            ];
            for (int y = 0; y < size; y++)
                for (int x = 0; x < size; x++)
                    image.Pixels[y * size + x] = (byte)
                        Math.Clamp(128 + brighter + 12 * waves.Sum(w => Math.Sin(w.X * x / size + w.Y * y / size + w.Phase)), 0, 255);
            preprocessing.ToPixels(image, pixels);
        }
    }

    private sealed class Broken : ImageContent
    {
        public override byte[] Read() => throw new IOException("gone");

        public override ImageHeader? Describe(ReadOnlySpan<byte> content) => null;

        public override void Decode(
            ReadOnlySpan<byte> content,
            ImagePreprocessing preprocessing,
            ImageReaderOptions options,
            Span<byte> pixels
        ) => throw new IOException("gone");
    }
}

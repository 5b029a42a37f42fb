using EmotionMLNet.Trainer;
using EmotionMLNet.Imaging;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.DrawnFaces;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.DrawnFaces;

public sealed class FaceGeneratorTests
{
    private static readonly ImagePreprocessing Grey48 = new()
    {
        Width = 48,
        Height = 48,
        Channels = 1,
        Mean = [0.5f],
        StandardDeviation = [0.25f],
    };

    [Fact]
    public void A_face_depends_on_seed_label_and_number_alone()
    {
        byte[] first = FaceGenerator.Draw("happy", 3, seed: 1).Pixels;
        Assert.Equal(first, FaceGenerator.Draw("happy", 3, seed: 1).Pixels);
        Assert.NotEqual(first, FaceGenerator.Draw("happy", 3, seed: 2).Pixels);
        Assert.NotEqual(first, FaceGenerator.Draw("happy", 4, seed: 1).Pixels);
        Assert.NotEqual(first, FaceGenerator.Draw("sad", 3, seed: 1).Pixels);
    }

    [Fact]
    public void Faces_vary_and_are_never_flat()
    {
        foreach (string label in FaceGenerator.Labels)
        {
            byte[][] faces = [.. Enumerable.Range(0, 20).Select(i => FaceGenerator.Draw(label, i, seed: 7).Pixels)];
            Assert.All(faces, f => Assert.True(f.Max() - f.Min() > 20, label));
            double[] means = [.. faces.Select(f => f.Average(p => (double)p))];
            Assert.True(means.Max() - means.Min() > 40, label); // light and skin, the same range for every class
        }
    }

    [Fact]
    public void The_grey_level_does_not_give_the_class_away()
    {
        // Mean and contrast of the picture are drawn alike for all classes: what remains is the drawing itself.
        double[] means =
        [
            .. FaceGenerator.Labels.Select(label =>
                Enumerable.Range(0, 40).Average(i => FaceGenerator.Draw(label, i, seed: 5).Pixels.Average(p => (double)p))
            ),
        ];
        Assert.True(means.Max() - means.Min() < 30, string.Join(", ", means));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(100)]
    public void Any_size_can_be_drawn(int size)
    {
        Image face = FaceGenerator.Draw("fear", 0, seed: 1, size);
        Assert.Equal((size, size, 1), (face.Width, face.Height, face.Channels));
    }

    [Fact]
    public void The_committed_set_is_what_the_generator_draws()
    {
        string folder = Path.Combine(Repository.Root, "data", "faces");
        (Dataset dataset, DataReport report) = DataLoader.Load(
            new DataOptions
            {
                Path = folder,
                WholeAs = Split.Train,
                Strict = true,
            },
            Grey48,
            [Split.Train]
        );
        Assert.Equal(FaceGenerator.Labels, dataset.Labels);
        Assert.All(report.Splits.Single().Usable, n => Assert.Equal(180, n));
        ImageSet set = dataset[Split.Train]!;
        for (int i = 0; i < set.Count; i += 97)
        {
            string label = set.Labels[set.Classes[i]];
            byte[] drawn = FaceGenerator.Draw(label, int.Parse(Path.GetFileNameWithoutExtension(set.Sources[i]), null), seed: 1).Pixels;
            // Another platform's sines may round a grey level the other way.
            Assert.All(drawn.Zip(set.Pixels[i]), p => Assert.InRange(p.First - p.Second, -1, 1));
        }
    }

    [Fact]
    public void The_verb_writes_class_folders_or_split_folders()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(ExitCode.Ok, Program.Main(["faces", "--out", folder["plain"], "--per-class", "10", "--seed", "3", "--size", "16"]));
        Assert.Equal(
            ExitCode.Ok,
            Program.Main(["faces", "--out", folder["split"], "--per-class", "10", "--seed", "3", "--size", "16", "--split"])
        );
        DataReport plain = DataLoader.Scan(new DataOptions { Path = folder["plain"] }, Grey48),
            split = DataLoader.Scan(new DataOptions { Path = folder["split"] }, Grey48);
        Assert.Equal(
            [("class folders", 70), ("split folders", 70)],
            new[] { plain, split }.Select(r => (r.Source, r.Splits.Sum(s => s.Usable.Sum())))
        );
        Assert.All(split.Splits.Zip([7, 2, 1]), s => Assert.All(s.First.Usable, n => Assert.Equal(s.Second, n)));
        Assert.Equal(16, split.Sizes!.MaximumWidth);
    }

    [Theory]
    [InlineData("--per-class", "abc", "'abc' is no whole number")]
    [InlineData("--per-class", "0", "give a number from 1 to 1000000")]
    [InlineData("--size", "abc", "'abc' is no whole number")]
    [InlineData("--size", "-1", "give a number from 16 to 1024")]
    [InlineData("--size", "99999999999", "is out of range")]
    public void A_number_that_is_none_or_out_of_range_is_one_line(string option, string value, string message)
    {
        using var folder = new TemporaryFolder();
        ProcessResult result = TrainerProcess.Run("faces", "--out", folder["faces"], option, value);
        Assert.Equal(ExitCode.Usage, result.Code);
        string line = Assert.Single(result.ErrorLines);
        Assert.Contains(option, line, StringComparison.Ordinal);
        Assert.Contains(message, line, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["faces"]));
    }

    [Fact]
    public void A_folder_that_holds_something_is_not_drawn_into_unasked()
    {
        using var folder = new TemporaryFolder();
        EmotionMLNet.Files.AtomicFile.WriteText(folder["mine.txt"], "x");
        Assert.Equal(ExitCode.Usage, Program.Main(["faces", "--out", folder.FullName, "--per-class", "1", "--size", "16"]));
        Assert.Equal(["mine.txt"], Directory.GetFileSystemEntries(folder.FullName).Select(Path.GetFileName));
        Assert.Equal(ExitCode.Ok, Program.Main(["faces", "--out", folder.FullName, "--per-class", "1", "--size", "16", "--force"]));
    }
}

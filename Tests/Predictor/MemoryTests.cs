using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Imaging;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Predictor;

[Collection(Alone.Name)]
public sealed class MemoryTests
{
    [Fact]
    public void Thousands_of_calls_keep_memory_flat()
    {
        using var folder = new TemporaryFolder();
        TinyModel.Make().Save(folder["model.zip"]);
        EmotionClassifier classifier = EmotionClassifier.Load(folder["model.zip"]);
        byte[] file = PngEncoder.Encode(new Image(12, 10, 1, new byte[120]));
        for (int i = 0; i < 200; i++) classifier.Classify(file.AsSpan());
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < 5000; i++) classifier.Classify(file.AsSpan());
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 500_000);
    }

    /// <summary>README and ImageReaderOptions promise it: files under 4 MB, whatever is in them, at default settings.</summary>
    [LinuxTheory]
    [InlineData(2), InlineData(4)]
    public void A_folder_of_the_worst_files_stays_below_the_ceiling(int threads)
    {
        const long ceiling = 500_000_000, largestFile = 4 << 20;
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["pictures"]);
        int files = 0;
        foreach ((string name, Func<byte[]> make) in WorstPictures.All)
        {
            byte[] file = make();
            Assert.InRange(file.Length, 1, largestFile);
            EmotionMLNet.Files.AtomicFile.Write(folder[Path.Combine("pictures", name)], s => s.Write(file));
            files++;
            // Those that take most memory meet each other on the threads.
            for (int copy = 1; copy <= (WorstPictures.Largest.Contains(name) ? 3 : 0); copy++, files++)
                EmotionMLNet.Files.AtomicFile.Write(
                    folder[Path.Combine("pictures", $"{Path.GetFileNameWithoutExtension(name)}-{copy}{Path.GetExtension(name)}")],
                    s => s.Write(file)
                );
        }
        (ProcessResult result, long peak) = PredictorProcess.Measure(
            Path.Combine(Repository.Root, "artifacts"),
            folder["pictures"],
            "--threads",
            $"{threads}",
            "--quiet"
        );
        Assert.True(result.Code == ExitCode.Findings, result.Error);
        Assert.Equal(files + 1, result.Output.TrimEnd().Split('\n').Length);
        Assert.InRange(peak, 1, ceiling);
    }
}

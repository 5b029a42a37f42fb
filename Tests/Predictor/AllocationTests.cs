using EmotionMLNet.Tests.Imaging.Jpeg;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Predictor;

/// <summary>
/// What a classified picture leaves to the garbage collector: its answer. A file adds the handle that .NET opens it with.
/// </summary>
[Collection(Alone.Name)]
public sealed class AllocationTests
{
    private const int Calls = 200;

    // What .NET allocates to open and close a file; a decoder's tables would be thousands.
    private const int FileHandle = 400;

    [Theory]
    [
        InlineData("420"),
        InlineData("422"),
        InlineData("grey"),
        InlineData("restarts"),
        InlineData("progressive-420"),
        InlineData("two-scans"),
        InlineData("cmyk"),
        InlineData("orientation6")
    ]
    public void Only_the_answer_is_allocated_for_a_JPEG(string name)
    {
        EmotionClassifier classifier = EmotionClassifier.From(TinyModel.Make());
        byte[] file = JpegGolden.Encoded(name);
        for (int i = 0; i < 50; i++) classifier.Classify(file.AsSpan());
        long answers = Allocated(() => GC.KeepAlive(Prediction.FromModel(new LabelScore[classifier.Labels.Count])));
        Assert.Equal(answers, Allocated(() => classifier.Classify(file.AsSpan())));
    }

    [Fact]
    public void Only_the_answers_and_handles_are_allocated_for_a_folder()
    {
        using var folder = new TemporaryFolder();
        string[] files = [.. Enumerable.Range(0, 100).Select(i => folder[$"{i:000}.jpg"])];
        foreach (string path in files) File.Copy(Path.Combine(AppContext.BaseDirectory, "Imaging", "Jpeg", "Golden", "420.jpg"), path);
        EmotionClassifier classifier = EmotionClassifier.From(TinyModel.Make());
        long Run(int times)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            foreach (FileResult result in classifier.ClassifyMany(Enumerable.Repeat(files, times).SelectMany(f => f), threads: 2))
                Assert.Null(result.Error);
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        }
        Run(times: 5);
        // The difference of two runs: what a run costs by itself falls out.
        long more = Run(times: 25) - Run(times: 5);
        long answer =
            Allocated(() => GC.KeepAlive(new FileResult("", Prediction.FromModel(new LabelScore[classifier.Labels.Count])))) / Calls;
        Assert.InRange(more / (20 * files.Length), answer, answer + FileHandle);
    }

    private static long Allocated(Action call)
    {
        call();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Calls; i++) call();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}

using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
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
}

using System.Collections.Concurrent;
using System.IO.Compression;
using EmotionMLNet.Architectures;
using EmotionMLNet.Benchmarks.Delivery;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Onnx;
using EmotionMLNet.Tests.Support;
using Xunit.Sdk;

namespace EmotionMLNet.Tests.MLNetZip.Stock;

/// <summary>Every zip of the delivery in the real ML.NET: the same labels and scores as our engine, and saved again as it was.</summary>
public sealed class DeliveryTests : IDisposable
{
    // Networks for larger pictures get these: every layer is in them, and ML.NET has fewer pixels to move.
    private const int LargestSide = 64;

    // The variants of an architecture are of one network.
    private static readonly ConcurrentDictionary<string, ModelZip> Made = new();

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string, string> Every()
    {
        var data = new TheoryData<string, string>();
        foreach (Architecture architecture in Catalogue.All)
            foreach ((string variant, _, _) in DeliveryZips.Variants) data.Add(architecture.Name, variant);
        return data;
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Every))]
    public void ML_NET_loads_scores_and_saves_a_zip_as_we_do(string architecture, string variant)
    {
        (_, ModelInputMode mode, OnnxWeights weights) = DeliveryZips.Variants.Single(v => v.Name == variant);
        ModelZip model = Made.GetOrAdd(architecture, name => DeliveryZips.Make(Catalogue.Find(name)!, LargestSide));
        model = model with { Manifest = model.Manifest with { InputMode = mode, Weights = weights } };
        model.Save(folder["ours.zip"]);
        EmotionClassifier ours = EmotionClassifier.Load(folder["ours.zip"]);
        int side = model.Manifest.Preprocessing.Width;
        // Few: the front of the chain takes longer than all these networks together.
        Image[] faces = [DeliveryZips.Face("happy", side), DeliveryZips.Face("sad", side)];

        using StockModel stock = StockModel.Load(folder["ours.zip"], mode);
        Assert.Equal(["Label", "ImageSource"], stock.Schema.Select(c => c.Name));
        object[] sources = [.. faces.Select(f => Source(f, mode))];
        List<StockOutput> theirs = stock.PredictEach(sources);
        Assert.Equal(DeliveryZips.Labels, stock.SlotNames);
        AssertSpread(theirs);
        AssertSame(faces.Select(f => ours.Classify(f)), theirs, 1e-4f);
        AssertSame(faces.Select(f => ours.Classify(f)), stock.Transform(sources), 1e-4f);
        if (mode != ModelInputMode.Raw) // there the application resizes
        {
            Image[] larger = [DeliveryZips.Face("neutral", 3 * side + 11)];
            // The graph finds these pixels; a sum near a half may round the other way (docs/model-zip.md).
            AssertSame(larger.Select(f => ours.Classify(f)), stock.PredictEach(larger.Select(f => Source(f, mode))), 0.03f);
        }

        stock.Save(folder["theirs.zip"]);
        AssertSameEntries(folder["ours.zip"], folder["theirs.zip"]);
        using (StockModel again = StockModel.Load(folder["theirs.zip"], mode))
            AssertSame([ours.Classify(faces[0])], again.PredictEach(sources[0]), 1e-4f);
        ModelZip resaved = ModelZip.Load(folder["theirs.zip"]);
        Assert.Equal(mode, resaved.Manifest.InputMode);
        EmotionClassifier oursAgain = EmotionClassifier.From(resaved);
        Assert.All(faces, f => Assert.Equal(ours.Classify(f).Scores, oursAgain.Classify(f).Scores));
    }

    [Theory]
    [InlineData("fer2013.zip")]
    [InlineData("fer2013-best.zip")]
    [InlineData("happy-sad.zip")]
    public void The_shipped_models_say_the_same_there(string name)
    {
        string zip = Path.Combine(Repository.Root, "artifacts", name);
        EmotionClassifier ours = EmotionClassifier.Load(zip);
        using StockModel stock = StockModel.Load(zip, ours.Manifest.InputMode);
        Image[] faces = [.. DeliveryZips.Labels.Select(label => DeliveryZips.Face(label, ours.Manifest.Preprocessing.Width))];
        List<StockOutput> theirs = stock.PredictEach(faces.Select(f => Source(f, ours.Manifest.InputMode)));
        AssertSpread(theirs);
        AssertSame(faces.Select(f => ours.Classify(f)), theirs, 1e-4f);
    }

    [Fact]
    public void Scores_that_are_all_equal_would_be_noticed()
    {
        StockOutput Row(params float[] scores) => new() { PredictedLabel = "happy", Score = scores };
        StockOutput other = Row(0.2f, 0.7f, 0.1f);
        Assert.Throws<TrueException>(() => AssertSpread([Row(0.33f, 0.33f, 0.34f), other]));
        Assert.Throws<TrueException>(() => AssertSpread([Row(float.NaN, 0.5f, 0.5f), other]));
        Assert.Throws<TrueException>(() => AssertSpread([other, other]));
        AssertSpread([Row(0.6f, 0.3f, 0.1f), other]);
    }

    public static TheoryData<ModelInputMode, string[]> Labels()
    {
        var data = new TheoryData<ModelInputMode, string[]>();
        foreach (ModelInputMode mode in Enum.GetValues<ModelInputMode>())
        {
            data.Add(mode, ["glücklich", "悲しい"]);
            data.Add(mode, ["a\"b", "c, d", "😀 smile"]);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Labels))]
    public void Labels_of_any_script_come_out_as_they_went_in(ModelInputMode mode, string[] labels)
    {
        ModelZip model = TinyModel.Make(labels.Length == 2 ? "happy-sad-cnn" : "residual", labels);
        model = model with { Manifest = model.Manifest with { InputMode = mode } };
        model.Save(folder["ours.zip"]);
        using StockModel stock = StockModel.Load(folder["ours.zip"], mode);
        var p = model.Manifest.Preprocessing;
        var grey = new Image(p.Width, p.Height, 3, [.. Enumerable.Repeat((byte)99, 3 * p.Width * p.Height)]);
        AssertSame([EmotionClassifier.From(model).Classify(grey)], stock.PredictEach(Source(grey, mode)), 1e-4f);
        Assert.Equal(labels, stock.SlotNames);
        stock.Save(folder["theirs.zip"]);
        AssertSameEntries(folder["ours.zip"], folder["theirs.zip"]);
    }

    [Theory]
    [InlineData(EmotionMLNet.Preprocessing.ResizeMode.CentreCrop)]
    [InlineData(EmotionMLNet.Preprocessing.ResizeMode.Pad)]
    public void Other_ways_to_resize_are_saved_again_as_they_were(EmotionMLNet.Preprocessing.ResizeMode resize)
    {
        ModelZip model = TinyModel.Make("residual");
        model = model with { Manifest = model.Manifest with { Preprocessing = model.Manifest.Preprocessing with { Resize = resize } } };
        model.Save(folder["ours.zip"]);
        using StockModel stock = StockModel.Load(folder["ours.zip"], ModelInputMode.Bytes);
        var p = model.Manifest.Preprocessing;
        Image face = DeliveryZips.Face("happy", 64);
        var exact = new Image(p.Width, p.Height, 3, [.. face.Pixels.SelectMany(v => new[] { v, v, v }).Take(3 * p.Width * p.Height)]);
        AssertSame([EmotionClassifier.From(model).Classify(exact)], stock.PredictEach(Source(exact, ModelInputMode.Bytes)), 1e-4f);
        Assert.All(Assert.Single(stock.PredictEach(Source(face, ModelInputMode.Bytes))).Score, s => Assert.True(float.IsFinite(s)));
        stock.Save(folder["theirs.zip"]);
        AssertSameEntries(folder["ours.zip"], folder["theirs.zip"]);
    }

    // What the writer makes byte by byte is what ML.NET makes of the model that it loaded. Version.txt names the writer; TrainSchema has
    // columns there that nothing reads.
    private static void AssertSameEntries(string ours, string theirs)
    {
        using ZipArchive a = ZipFile.OpenRead(ours), b = ZipFile.OpenRead(theirs);
        ZipArchiveEntry[] mine = [.. a.Entries.Where(e => !e.FullName.StartsWith("EmotionMLNet/", StringComparison.Ordinal))];
        Assert.Equal(mine.Select(e => e.FullName), b.Entries.Select(e => e.FullName.Replace('\\', '/')));
        foreach ((ZipArchiveEntry mine1, ZipArchiveEntry their1) in mine.Zip(b.Entries))
        {
            if (mine1.Name is "Version.txt" or "TrainSchema") continue;
            Assert.True(Content(mine1).AsSpan().SequenceEqual(Content(their1)), $"{mine1.FullName} is another");
        }

        // Texts have the platform's line ends there.
        static byte[] Content(ZipArchiveEntry entry)
        {
            byte[] bytes = ZipContent.Read(entry, int.MaxValue);
            return entry.Name == "Terms.txt" ? [.. bytes.Where(c => c != '\r')] : bytes;
        }
    }

    private static void AssertSame(IEnumerable<Prediction> ours, List<StockOutput> theirs, float tolerance)
    {
        Prediction[] expected = [.. ours];
        Assert.Equal(expected.Length, theirs.Count);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i].Label, theirs[i].PredictedLabel);
            float[] scores = InOrder(expected[i]);
            for (int c = 0; c < scores.Length; c++) Assert.Equal(scores[c], theirs[i].Score[c], tolerance);
        }
    }

    /// <summary>A network whose scores are equal, or the same for every picture, would agree with anything.</summary>
    private static void AssertSpread(List<StockOutput> rows)
    {
        foreach (StockOutput row in rows)
        {
            Assert.True(row.Score.All(float.IsFinite), $"scores are no numbers: {string.Join(' ', row.Score)}");
            Assert.True(row.Score.Max() - row.Score.Min() > 0.05f, $"scores are all alike: {string.Join(' ', row.Score)}");
        }
        Assert.True(
            rows[0].Score.Zip(rows[1].Score, (a, b) => Math.Abs(a - b)).Max() > 1e-3f,
            $"scores do not depend on the picture: {string.Join(' ', rows[0].Score)}"
        );
    }

    private static float[] InOrder(Prediction prediction) => [.. prediction.Scores.Select(s => s.Probability)];

    private object Source(Image image, ModelInputMode mode)
    {
        if (mode == ModelInputMode.Raw)
            return image.Channels == 3 ? image.Pixels : (byte[])[.. image.Pixels.SelectMany(v => new[] { v, v, v })];
        byte[] png = PngEncoder.Encode(image);
        if (mode == ModelInputMode.Bytes) return png;
        string path = folder[$"{Guid.NewGuid():N}.png"];
        AtomicFile.Write(path, s => s.Write(png));
        return path;
    }
}

using System.IO.Compression;
using System.Text.Json.Nodes;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Onnx;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.MLNetZip;

public sealed class ModelZipTests
{
    [Theory]
    [InlineData("residual")]
    [InlineData("happy-sad-cnn")]
    public void What_was_saved_is_loaded_and_equal_contents_give_equal_bytes(string network)
    {
        using var folder = new TemporaryFolder();
        ModelZip model = TinyModel.Make(network);
        model.Save(folder["a.zip"]);
        ModelZip loaded = ModelZip.Load(folder["a.zip"]);
        loaded.Save(folder["b.zip"]);
        Assert.Equal(model.Manifest.Labels, loaded.Manifest.Labels);
        Assert.Equal(model.Manifest.Preprocessing.Mean, loaded.Manifest.Preprocessing.Mean);
        Assert.Equal(
            model.Network.Parameters.SelectMany(p => p.Parameter.Values),
            loaded.Network.Parameters.SelectMany(p => p.Parameter.Values)
        );
        Assert.Equal(File.ReadAllBytes(folder["a.zip"]), File.ReadAllBytes(folder["b.zip"]));
    }

    [Theory]
    [InlineData(ModelInputMode.Bytes)]
    [InlineData(ModelInputMode.Path)]
    [InlineData(ModelInputMode.Raw)]
    public void Weights_stand_in_the_zip_once_and_every_mode_is_read_back(ModelInputMode mode)
    {
        using var folder = new TemporaryFolder();
        ModelZip model = TinyModel.Make("residual");
        model = model with { Manifest = model.Manifest with { InputMode = mode } };
        model.Save(folder["a.zip"]);
        Assert.Equal(mode, ModelZip.Load(folder["a.zip"]).Manifest.InputMode);
        using ZipArchive zip = ZipFile.OpenRead(folder["a.zip"]);
        long weights = 4 * model.Network.Parameters.Sum(p => (long)p.Parameter.Length);
        ZipArchiveEntry onnx = Assert.Single(zip.Entries, e => e.Length >= weights);
        Assert.EndsWith("/OnnxModel", onnx.FullName, StringComparison.Ordinal);
        Assert.Equal(onnx.Length, onnx.CompressedLength);
        Assert.Equal(
            ["EmotionMLNet/licence.txt", "EmotionMLNet/manifest.json", "EmotionMLNet/model-card.md"],
            zip.Entries.Select(e => e.FullName)
                .Where(n => n.StartsWith("EmotionMLNet", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData(ModelInputMode.Bytes, '/')]
    [InlineData(ModelInputMode.Path, '\\')] // ML.NET on Windows
    public void A_zip_that_ML_NET_saved_again_still_opens(ModelInputMode mode, char separator)
    {
        using var folder = new TemporaryFolder();
        ModelZip model = TinyModel.Make("residual");
        model = model with { Manifest = model.Manifest with { InputMode = mode, Licence = "CC0" } };
        model.Save(folder["a.zip"]);
        using (ZipArchive from = ZipFile.OpenRead(folder["a.zip"]), to = ZipFile.Open(folder["b.zip"], ZipArchiveMode.Create))
        {
            foreach (ZipArchiveEntry entry in from.Entries.Where(e => !e.FullName.StartsWith("EmotionMLNet", StringComparison.Ordinal)))
            {
                using Stream read = entry.Open(), write = to.CreateEntry(entry.FullName.Replace('/', separator)).Open();
                read.CopyTo(write);
            }
        }
        ModelZip loaded = ModelZip.Load(folder["b.zip"]);
        Assert.Equal(model.Manifest.Labels, loaded.Manifest.Labels);
        Assert.Equal((mode, "CC0"), (loaded.Manifest.InputMode, loaded.Manifest.Licence));
        Assert.Equal(model.Manifest.Preprocessing.Mean, loaded.Manifest.Preprocessing.Mean);
        Assert.Equal(
            model.Network.Parameters.SelectMany(p => p.Parameter.Values),
            loaded.Network.Parameters.SelectMany(p => p.Parameter.Values)
        );
    }

    [Theory]
    [InlineData(OnnxWeights.Half, 2)]
    [InlineData(OnnxWeights.Quantised, 4)]
    internal void A_zip_of_compressed_weights_is_smaller_keeps_its_form_and_holds_what_rounding_says(OnnxWeights weights, int times)
    {
        using var folder = new TemporaryFolder();
        ModelZip model = TinyModel.Make("happy-sad-cnn");
        model.Save(folder["full.zip"]);
        (model with { Manifest = model.Manifest with { Weights = weights } }).Save(folder["a.zip"]);
        Assert.True(new FileInfo(folder["a.zip"]).Length < new FileInfo(folder["full.zip"]).Length * 1.05 / times + 20_000);
        ModelZip loaded = ModelZip.Load(folder["a.zip"]);
        loaded.Save(folder["b.zip"]);
        Assert.Equal(File.ReadAllBytes(folder["a.zip"]), File.ReadAllBytes(folder["b.zip"]));
        WeightWriter.Round(model.Network, weights);
        Assert.Equal(
            model.Network.Parameters.SelectMany(p => p.Parameter.Values),
            loaded.Network.Parameters.SelectMany(p => p.Parameter.Values)
        );
    }

    // ML.NET's OnnxTransformer wants to know the type of every initialiser, and float16 is none of its types.
    [Fact]
    public void No_initialiser_is_a_float16() =>
        Assert.DoesNotContain(
            OnnxGraph.Parse(Onnx.OnnxRoundTripTests.Write(TinyModel.Make().Network, weights: OnnxWeights.Half)).Initialisers.Keys,
            name => name.EndsWith(".half", StringComparison.Ordinal)
        );

    [Fact]
    public void A_file_that_is_cut_off_anywhere_is_refused_in_one_line()
    {
        using var folder = new TemporaryFolder();
        TinyModel.Make().Save(folder["a.zip"]);
        byte[] whole = File.ReadAllBytes(folder["a.zip"]);
        for (int length = 0; length < whole.Length; length += Math.Max(1, whole.Length / 40)) Refuse(folder, whole[..length]);
    }

    [Fact]
    public void Altered_weights_are_refused()
    {
        using var folder = new TemporaryFolder();
        TinyModel.Make().Save(folder["a.zip"]);
        byte[] bytes = File.ReadAllBytes(folder["a.zip"]);
        bytes[bytes.Length / 2] ^= 1; // the ONNX entry is stored, not deflated
        Refuse(folder, bytes);
    }

    [Theory]
    [InlineData("notes.txt", "hello", "not a model of EmotionMLNet")]
    [InlineData("TransformerChain/Model.key", "ML", "steps cannot be read")]
    [InlineData("EmotionMLNet/manifest.json", "{\"schemaVersion\": 99}", "manifest version 99")]
    [InlineData("EmotionMLNet/manifest.json", "nonsense", "not a readable model")]
    public void Foreign_and_newer_zips_are_named(string entry, string content, string expected)
    {
        using var folder = new TemporaryFolder();
        using (var zip = ZipFile.Open(folder["a.zip"], ZipArchiveMode.Create))
        using (var writer = new StreamWriter(zip.CreateEntry(entry).Open())) writer.Write(content);
        Assert.Contains(expected, Refuse(folder, File.ReadAllBytes(folder["a.zip"])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("a", "b", "a")]
    [InlineData("a", "b", "c", "d")]
    public void Labels_that_do_not_fit_are_refused(params string[] labels)
    {
        using var folder = new TemporaryFolder();
        TinyModel.Make("residual", labels).Save(folder["a.zip"]);
        Assert.Contains("contradicts itself", Refuse(folder, File.ReadAllBytes(folder["a.zip"])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_zip_from_before_a_manifest_had_all_its_entries_is_read_and_saved_again()
    {
        using var folder = new TemporaryFolder();
        TinyModel.Make().Save(folder["new.zip"]);
        using (var zip = ZipFile.Open(folder["new.zip"], ZipArchiveMode.Update))
        {
            ZipArchiveEntry entry = zip.GetEntry("EmotionMLNet/manifest.json")!;
            JsonObject manifest;
            using (Stream stream = entry.Open()) manifest = JsonNode.Parse(stream)!.AsObject();
            foreach (string name in new[] { "trainingNotes", "metrics", "licence", "calibration", "members", "weights", "settings" })
                manifest.Remove(name);
            entry.Delete();
            using var writer = new StreamWriter(zip.CreateEntry("EmotionMLNet/manifest.json").Open());
            writer.Write(manifest.ToJsonString());
        }
        ModelZip model = ModelZip.Load(folder["new.zip"]);
        Assert.Empty(model.Manifest.TrainingNotes);
        Assert.Empty(model.Manifest.Metrics);
        Assert.Contains("not stated", model.Manifest.Licence, StringComparison.Ordinal);
        model.Save(folder["again.zip"]);
        Assert.Equal(model.Manifest.Labels, ModelZip.Load(folder["again.zip"]).Manifest.Labels);
    }

    private static string Refuse(TemporaryFolder folder, byte[] bytes)
    {
        EmotionMLNet.Files.AtomicFile.Write(folder["broken.zip"], s => s.Write(bytes));
        string message = Assert.Throws<ModelFormatException>(() => ModelZip.Load(folder["broken.zip"])).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }
}

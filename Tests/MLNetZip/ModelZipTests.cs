using System.IO.Compression;
using EmotionMLNet.MLNetZip;
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
        Assert.Equal(model.Network.Parameters.SelectMany(p => p.Parameter.Value), loaded.Network.Parameters.SelectMany(p => p.Parameter.Value));
        Assert.Equal(File.ReadAllBytes(folder["a.zip"]), File.ReadAllBytes(folder["b.zip"]));
    }

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
    [InlineData("TransformerChain/Model.key", "ML", "model of ML.NET")]
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

    private static string Refuse(TemporaryFolder folder, byte[] bytes)
    {
        Files.AtomicFile.Write(folder["broken.zip"], s => s.Write(bytes));
        string message = Assert.Throws<ModelFormatException>(() => ModelZip.Load(folder["broken.zip"])).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }
}

using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using EmotionMLNet.Files;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.MLNetZip;

/// <summary>A trained model as one file: the network as ONNX (the weights stand there, once) and the manifest. docs/model-zip.md describes it.</summary>
public sealed record ModelZip(Network Network, ModelManifest Manifest)
{
    /// <summary>Where the weights stand.</summary>
    internal const string OnnxEntry = "EmotionMLNet/model.onnx";

    /// <summary>Where the manifest stands.</summary>
    internal const string ManifestEntry = "EmotionMLNet/manifest.json";

    // A zip may announce any size: what is larger is not unpacked.
    private const long LargestOnnx = 1L << 30, LargestManifest = 1L << 24;

    /// <summary>Writes atomically; equal contents give equal bytes.</summary>
    public void Save(string path)
    {
        byte[] onnx = OnnxWriter.Write(Network, Manifest.Preprocessing, new Onnx.Inputs.FloatInput(), OnnxWeights.Full, Metadata()).ToArray();
        ModelManifest manifest = Manifest with { OnnxSha256 = Convert.ToHexStringLower(SHA256.HashData(onnx)) };
        AtomicFile.Write(path, stream =>
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            Add(zip, ManifestEntry, JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJson.Default.ModelManifest));
            Add(zip, OnnxEntry, onnx);
        });
    }

    /// <summary>Reads and checks a zip.</summary>
    /// <exception cref="ModelFormatException">Truncated, altered, foreign or from a newer version; one line says which.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ModelZip Load(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            using var zip = new ZipArchive(file, ZipArchiveMode.Read);
            ModelManifest manifest = ReadManifest(zip, path);
            byte[] onnx = Unpack(zip, OnnxEntry, LargestOnnx) ?? throw new ModelFormatException($"{path} has no network in it ({OnnxEntry} is missing): the file was altered.");
            if (Convert.ToHexStringLower(SHA256.HashData(onnx)) != manifest.OnnxSha256)
                throw new ModelFormatException($"{path} is damaged or was altered: the network is not the one that the manifest was written for.");
            Network network = Onnx.Import.OnnxImport.Read(onnx).Network;
            Check(network, manifest, path);
            return new ModelZip(network, manifest);
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or NotSupportedException or EndOfStreamException)
        {
            throw new ModelFormatException($"{path} is not a readable model: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static ModelManifest ReadManifest(ZipArchive zip, string path)
    {
        byte[]? json = Unpack(zip, ManifestEntry, LargestManifest);
        if (json is null)
        {
            throw new ModelFormatException(zip.Entries.Any(e => e.FullName.StartsWith("TransformerChain", StringComparison.Ordinal))
                ? $"{path} is a model of ML.NET that EmotionMLNet did not write: load it with ML.NET."
                : $"{path} is a zip, but not a model of EmotionMLNet: it has no {ManifestEntry}.");
        }
        using JsonDocument document = JsonDocument.Parse(json);
        int version = document.RootElement.TryGetProperty("schemaVersion", out JsonElement v) && v.TryGetInt32(out int n) ? n : 0;
        if (version != ModelManifest.CurrentSchema)
            throw new ModelFormatException($"{path} has manifest version {version}, this program reads {ModelManifest.CurrentSchema}: use the version of EmotionMLNet that wrote it, or a newer one.");
        return document.Deserialize(ManifestJson.Default.ModelManifest) ?? throw new ModelFormatException($"{path} has an empty manifest: the file was altered.");
    }

    private static void Check(Network network, ModelManifest manifest, string path)
    {
        ImagePreprocessing p = manifest.Preprocessing;
        string? problem =
            manifest.Labels.Count != network.Classes ? $"it names {manifest.Labels.Count} labels for {network.Classes} outputs"
            : manifest.Labels.Distinct().Count() != manifest.Labels.Count ? "it names a label twice"
            : (p.Height, p.Width, p.Channels) != (network.InputShape.Height, network.InputShape.Width, network.InputShape.Channels) ? $"it prepares pictures of {p.Height} x {p.Width} x {p.Channels} for a network of {network.InputShape}"
            : p.Mean.Count != p.Channels || p.StandardDeviation.Count != p.Channels || p.StandardDeviation.Any(d => !(d > 0)) ? "its normalisation does not fit its channels"
            : null;
        if (problem is not null) throw new ModelFormatException($"{path} contradicts itself: {problem}.");
    }

    private Dictionary<string, string> Metadata() => new()
    {
        [OnnxMetadata.Labels] = JsonSerializer.Serialize([.. Manifest.Labels], ManifestJson.Default.StringArray),
        [OnnxMetadata.Input] = $"{Manifest.Preprocessing.Width}x{Manifest.Preprocessing.Height}x{Manifest.Preprocessing.Channels}",
        [OnnxMetadata.Colour] = Manifest.Preprocessing.Channels == 1 ? "grey, ITU-R BT.601" : "RGB",
        [OnnxMetadata.Samples] = "0 to 255; the normalisation is in the graph",
        [OnnxMetadata.Architecture] = Manifest.Architecture,
        [OnnxMetadata.CreatedBy] = Manifest.CreatedBy,
    };

    private static void Add(ZipArchive zip, string name, byte[] content)
    {
        // Weights do not deflate; storing them lets a reader map them.
        ZipArchiveEntry entry = zip.CreateEntry(name, name == OnnxEntry ? CompressionLevel.NoCompression : CompressionLevel.Optimal);
        entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using Stream stream = entry.Open();
        stream.Write(content);
    }

    private static byte[]? Unpack(ZipArchive zip, string name, long largest)
    {
        if (zip.GetEntry(name) is not { } entry) return null;
        if (entry.Length > largest) throw new InvalidDataException($"{name} of {entry.Length} bytes is larger than any model of ours");
        using Stream stream = entry.Open();
        var content = new byte[entry.Length];
        stream.ReadExactly(content);
        return content;
    }
}

using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EmotionMLNet.Files;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Onnx.Import;
using EmotionMLNet.Onnx.Inputs;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.MLNetZip;

/// <summary>
/// A trained model as one file: an ML.NET model whose ONNX step holds the network (the weights stand there, once), and beside it, in a
/// folder that ML.NET ignores, the manifest from which our own predictors read it. docs/model-zip.md describes both.
/// </summary>
public sealed record ModelZip(Network Network, ModelManifest Manifest)
{
    private const string Folder = "EmotionMLNet/", ManifestEntry = Folder + "manifest.json", CardEntry = Folder + "model-card.md", LicenceEntry = Folder + "licence.txt";

    // A zip may announce any size: what is larger is not unpacked.
    private const long LargestOnnx = int.MaxValue - 1024, LargestManifest = 1L << 24;

    /// <summary>Writes atomically; equal contents give equal bytes.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ChainDescription chain = Chain();
        var input = new FixedSizeInput(chain.OnnxInput, chain.Width / Manifest.Preprocessing.Width);
        OnnxModel onnx = OnnxWriter.Write(Network, Manifest.Preprocessing, input, Manifest.Weights, ModelMetadata.Of(Manifest, "uint8 RGB, resized and normalised in the graph"));
        string hash = onnx.Sha256();
        bool inEightBits = Manifest.Quantisation is not null;
        ModelManifest manifest = Manifest with { OnnxSha256 = hash, Measurements = [.. Manifest.Measurements.Where(m => m.OnnxSha256 == hash && m.InEightBits == inEightBits)] };
        AtomicFile.Write(path, stream =>
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            foreach ((string name, byte[]? content) in TransformerChain.Entries(chain))
            {
                if (content is null) AddOnnx(zip, name, onnx);
                else Add(zip, name, content);
            }
            Add(zip, ManifestEntry, JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJson.Default.ModelManifest));
            Add(zip, CardEntry, Encoding.UTF8.GetBytes(ModelCard.Render(manifest, Network)));
            Add(zip, LicenceEntry, Encoding.UTF8.GetBytes($"Weights: {manifest.Licence}\nWritten by EmotionMLNet, which is under the MIT licence; that licence does not extend to the weights.\n"));
        });
    }

    /// <summary>Writes the network alone, for any ONNX runtime; atomically, equal contents give equal bytes.</summary>
    /// <param name="path">The .onnx file.</param>
    /// <param name="input">What it takes.</param>
    /// <param name="weights">How it holds the weights.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void ExportOnnx(string path, OnnxInput input = OnnxInput.Prepared, OnnxWeights weights = OnnxWeights.Full)
    {
        OnnxModel onnx = Onnx(input, weights);
        AtomicFile.Write(path, onnx.WriteTo);
    }

    /// <summary>What <see cref="ExportOnnx"/> writes.</summary>
    internal OnnxModel Onnx(OnnxInput input, OnnxWeights weights)
    {
        InputStage stage = input == OnnxInput.Prepared ? new FloatInput() : new AnySizeInput();
        string samples = input == OnnxInput.Prepared ? "0 to 255; the normalisation is in the graph" : "uint8 RGB of any size; resize and normalisation are in the graph";
        return OnnxWriter.Write(Network, Manifest.Preprocessing, stage, weights, ModelMetadata.Of(Manifest, samples));
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
            return ReadManifest(zip, path) is { } manifest ? Load(zip, manifest, path) : LoadResaved(zip, path);
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or NotSupportedException or EndOfStreamException or UnsupportedOnnxException)
        {
            throw new ModelFormatException($"{path} is not a readable model: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static ModelZip Load(ZipArchive zip, ModelManifest manifest, string path)
    {
        string name = TransformerChain.OnnxEntry(manifest.InputMode);
        ReadOnlyMemory<byte> onnx = ReadOnnx(zip, name) ?? throw new ModelFormatException($"{path} has no network in it ({name} is missing): the file was altered.");
        if (Convert.ToHexStringLower(SHA256.HashData(onnx.Span)) != manifest.OnnxSha256)
            throw new ModelFormatException($"{path} is damaged or was altered: the network is not the one that the manifest was written for.");
        Network network = OnnxImport.Read(onnx).Network;
        ModelMetadata.Check(network, manifest, path);
        return new ModelZip(network, manifest);
    }

    // ML.NET keeps its own entries only when it saves a model of ours; what is needed stands in the ONNX as well.
    private static ModelZip LoadResaved(ZipArchive zip, string path)
    {
        foreach (ModelInputMode mode in Enum.GetValues<ModelInputMode>())
        {
            if (ReadOnnx(zip, TransformerChain.OnnxEntry(mode)) is not { } onnx) continue;
            if (OnnxGraph.Parse(onnx).Producer != GraphWriter.Producer) break;
            OnnxImport import = OnnxImport.Read(onnx);
            return new ModelZip(import.Network, ModelMetadata.Read(import, path) with { InputMode = mode });
        }
        throw new ModelFormatException(Foreign(zip, path));
    }

    private static string Foreign(ZipArchive zip, string path)
    {
        var keys = new Dictionary<string, byte[]>();
        foreach (ZipArchiveEntry entry in zip.Entries.Where(e => e.Name == "Model.key" && e.Length < LargestManifest))
            keys[entry.FullName.Replace('\\', '/')] = Unpack(entry, LargestManifest);
        return keys.Count > 0
            ? $"{path} is {ForeignModel.Describe(keys)}; EmotionMLNet did not write it: load it with ML.NET."
            : $"{path} is a zip, but not a model of EmotionMLNet: it has no {ManifestEntry}.";
    }

    private static ModelManifest? ReadManifest(ZipArchive zip, string path)
    {
        if (zip.GetEntry(ManifestEntry) is not { } entry) return null;
        using JsonDocument document = JsonDocument.Parse(Unpack(entry, LargestManifest));
        int version = document.RootElement.TryGetProperty("schemaVersion", out JsonElement v) && v.TryGetInt32(out int n) ? n : 0;
        if (version != ModelManifest.CurrentSchema)
            throw new ModelFormatException($"{path} has manifest version {version}, this program reads {ModelManifest.CurrentSchema}: use the version of EmotionMLNet that wrote it, or a newer one.");
        return document.Deserialize(ManifestJson.Default.ModelManifest) ?? throw new ModelFormatException($"{path} has an empty manifest: the file was altered.");
    }

    private static ReadOnlyMemory<byte>? ReadOnnx(ZipArchive zip, string name)
    {
        // ML.NET on Windows writes back-slashes.
        if (zip.Entries.FirstOrDefault(e => e.FullName.Replace('\\', '/') == name) is not { } entry) return null;
        byte[] content = Unpack(entry, LargestOnnx);
        if (content.Length < 4 || BinaryPrimitives.ReadInt32LittleEndian(content) != content.Length - 4) throw new InvalidDataException($"{name} does not have the length that it announces");
        return content.AsMemory(4);
    }

    private ChainDescription Chain()
    {
        ImagePreprocessing p = Manifest.Preprocessing;
        bool raw = Manifest.InputMode == ModelInputMode.Raw;
        int scale = raw ? 1 : FixedSizeInput.ScaleFor(p);
        return new ChainDescription
        {
            Labels = Manifest.Labels,
            Mode = Manifest.InputMode,
            Width = scale * p.Width,
            Height = scale * p.Height,
            Resize = p.Resize switch { ResizeMode.CentreCrop => ResizeKind.IsoCrop, ResizeMode.Pad => ResizeKind.IsoPad, _ => ResizeKind.Fill },
            OnnxInput = raw ? "ImageSource" : "input",
            OnnxOutput = OnnxWriter.OutputName,
        };
    }

    private static void AddOnnx(ZipArchive zip, string name, OnnxModel onnx)
    {
        using Stream entry = Create(zip, name, CompressionLevel.NoCompression); // weights do not deflate
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, (int)onnx.Length);
        entry.Write(length);
        onnx.WriteTo(entry);
    }

    private static void Add(ZipArchive zip, string name, byte[] content)
    {
        using Stream stream = Create(zip, name, CompressionLevel.Optimal);
        stream.Write(content);
    }

    private static Stream Create(ZipArchive zip, string name, CompressionLevel level)
    {
        ZipArchiveEntry entry = zip.CreateEntry(name, level);
        entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return entry.Open();
    }

    private static byte[] Unpack(ZipArchiveEntry entry, long largest)
    {
        if (entry.Length > largest) throw new InvalidDataException($"{entry.FullName} of {entry.Length} bytes is larger than any model of ours");
        using Stream stream = entry.Open();
        var content = new byte[entry.Length];
        stream.ReadExactly(content);
        return content;
    }
}

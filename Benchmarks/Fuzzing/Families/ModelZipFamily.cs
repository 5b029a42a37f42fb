using EmotionMLNet.Training.Options;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EmotionMLNet.Benchmarks.Fuzzing.Mutation;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Onnx;

namespace EmotionMLNet.Benchmarks.Fuzzing.Families;

/// <summary>
/// Model zips, entry by entry: manifest as JSON, network as protobuf, the rest as bytes; lengths, checksums and the network's hash are put
/// right.
/// </summary>
internal sealed class ModelZipFamily() : FormatFamily("model-zip")
{
    private const string Hash = "\"onnxSha256\": \"";

    public static IReadOnlyList<byte[]> Words { get; } =
    [
        .. (
            "EmotionMLNet/manifest.json|schemaVersion|labels|preprocessing|quantisation|members|calibration|measurements|"
            + "settings|inputMode|Path|Raw|Bytes|Stretch|Pad|CentreCrop|Softmax|Sigmoid|Full|Half|Quantised|99|"
            + "TransformerChain/Transform_003/OnnxModel|ML\0MODEL|MulticlassPredXfer|OnnxTransform"
        )
            .Split('|')
            .Select(Encoding.UTF8.GetBytes),
    ];

    public override IReadOnlyList<byte[]> Seeds { get; } = MakeSeeds();

    public override int BlockInputs => 8000;

    public override int TestInputs => 2500;

    public static ModelZip[] Models() =>
        [
            TinyNetworks.Model(TinyNetworks.Grey()),
            TinyNetworks.Model(TinyNetworks.Residual(), OnnxWeights.Half, full: true),
            TinyNetworks.Model(TinyNetworks.Gated(), OnnxWeights.Quantised),
        ];

    /// <summary>The models as files.</summary>
    public static IEnumerable<byte[]> Zips()
    {
        using var scratch = new Scratch();
        foreach (ModelZip model in Models())
        {
            model.Save(Path.Combine(scratch.Folder, "model.zip"));
            yield return File.ReadAllBytes(Path.Combine(scratch.Folder, "model.zip"));
        }
    }

    public override byte[] Mutate(ReadOnlySpan<byte> raw, FuzzRandom random, ReadOnlySpan<byte> other)
    {
        List<(string Name, byte[] Content)> entries = EntryList.Entries(raw);
        if (entries.Count == 0 || random.OneIn(20)) return ByteMutator.Mutate(raw, random, Words, other);
        int at = entries.FindIndex(e =>
            random.OneIn(2)
                ? e.Name.EndsWith("manifest.json", StringComparison.Ordinal)
                : e.Name.EndsWith("OnnxModel", StringComparison.Ordinal)
        );
        if (at < 0 || random.OneIn(8)) at = random.Below(entries.Count);
        EntryList.Change(
            entries,
            at,
            random,
            Words,
            (name, content) =>
                name.EndsWith(".json", StringComparison.Ordinal) ? JsonMutator.Mutate(content, random, Words, [])
                : name.EndsWith("OnnxModel", StringComparison.Ordinal) && content.Length > 4
                    ? [.. content.AsSpan(0, 4), .. ProtobufMutator.Mutate(content.AsSpan(4), random, OnnxFamily.Words, [])]
                : ByteMutator.Mutate(content, random, Words, [])
        );
        return EntryList.Of(entries);
    }

    public override byte[] Complete(byte[] raw)
    {
        List<(string Name, byte[] Content)> entries = EntryList.Entries(raw);
        string? hash = null;
        foreach ((string name, byte[] content) in entries)
        {
            if (!name.EndsWith("OnnxModel", StringComparison.Ordinal) || content.Length < 4) continue;
            BinaryPrimitives.WriteInt32LittleEndian(content, content.Length - 4);
            hash ??= Convert.ToHexStringLower(SHA256.HashData(content.AsSpan(4)));
        }
        if (hash is not null)
            for (int i = 0; i < entries.Count; i++)
            {
                if (!entries[i].Name.EndsWith("manifest.json", StringComparison.Ordinal)) continue;
                string text = Encoding.Latin1.GetString(entries[i].Content).Replace("\"onnxSha256\":\"", Hash, StringComparison.Ordinal);
                int start = text.IndexOf(Hash, StringComparison.Ordinal) + Hash.Length;
                if (start >= Hash.Length && text.IndexOf('"', start) is >= 0 and int end)
                    entries[i] = (entries[i].Name, Encoding.Latin1.GetBytes(text[..start] + hash + text[end..]));
            }
        return EntryList.ToZip(entries);
    }

    public override ulong Read(byte[] file, Scratch scratch) => ModelUse.Classify(ModelZip.Load(scratch.Write("model.zip", file)));

    private static byte[][] MakeSeeds()
    {
        List<byte[]> seeds = [.. Zips().Select(z => EntryList.OfZip(new MemoryStream(z)))];
        // As ML.NET saves a model of ours: without the manifest.
        seeds.AddRange(
            seeds
                .Take(2)
                .ToArray()
                .Select(s => EntryList.Of(EntryList.Entries(s).Where(e => !e.Name.StartsWith("EmotionMLNet/", StringComparison.Ordinal))))
        );
        return [.. seeds];
    }
}

/// <summary>Zips as bytes: directory, sizes, names, checksums and compressed streams as they stand in the file.</summary>
internal sealed class ZipFamily() : FormatFamily("zip-bytes")
{
    private static readonly byte[][] Words =
    [
        [(byte)'P', (byte)'K', 1, 2],
        [(byte)'P', (byte)'K', 3, 4],
        [(byte)'P', (byte)'K', 5, 6],
        [(byte)'P', (byte)'K', 6, 6],
        [(byte)'P', (byte)'K', 6, 7],
        [255, 255, 255, 255],
        [1, 0, 16, 0],
    ];

    public override IReadOnlyList<byte[]> Seeds { get; } = [.. ModelZipFamily.Zips(), PyTorchZipFamily.Zip(PyTorchZipFamily.MakeEntries())];

    public override byte[] Mutate(ReadOnlySpan<byte> raw, FuzzRandom random, ReadOnlySpan<byte> other) =>
        ByteMutator.Mutate(raw, random, Words, other);

    public override ulong Read(byte[] file, Scratch scratch)
    {
        string path = scratch.Write("file.zip", file);
        if (file.AsSpan().IndexOf("data.pkl"u8) >= 0) return WeightUse.Read(path);
        return ModelUse.Classify(ModelZip.Load(path));
    }

    public override bool Documents(Exception exception) =>
        exception is InvalidDataException && exception.StackTrace!.Contains("EmotionMLNet.Weights.", StringComparison.Ordinal);
}

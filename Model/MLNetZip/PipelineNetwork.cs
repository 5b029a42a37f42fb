using System.Buffers.Binary;
using System.IO.Compression;
using EmotionMLNet.Files;

namespace EmotionMLNet.MLNetZip;

/// <summary>A network of ours in a pipeline that ML.NET saved, wherever its ONNX step stands, with whatever before and behind it.</summary>
/// <param name="Onnx">The ONNX file.</param>
/// <param name="Mode">What the pipeline takes, by the steps before the network.</param>
internal sealed record PipelineNetwork(ReadOnlyMemory<byte> Onnx, ModelInputMode Mode)
{
    /// <summary>Steps of a pipeline that are looked at: people's have some ten.</summary>
    public const int MostSteps = 200;

    private const string OnnxName = "OnnxModel",
        KeyName = "Model.key";

    // A zip may announce any size: what is larger is not unpacked.
    private const long LargestOnnx = int.MaxValue - 1024;

    /// <summary>Bytes of length in front of what ML.NET keeps as one piece.</summary>
    private const int LengthBytes = 4;

    private static ReadOnlySpan<byte> Producer => "EmotionMLNet"u8; // GraphWriter.Producer

    /// <summary>Finds and unpacks it.</summary>
    /// <param name="zip">Open for reading.</param>
    /// <param name="path">Its name in messages.</param>
    /// <param name="cancellationToken">Checked throughout.</param>
    /// <returns>Null where no network of ours is in it.</returns>
    /// <exception cref="ModelFormatException">There are two or more.</exception>
    /// <exception cref="InvalidDataException">The entry is damaged.</exception>
    public static PipelineNetwork? Find(ZipArchive zip, string path, CancellationToken cancellationToken)
    {
        ZipArchiveEntry[] ours =
        [
            .. zip.Entries.Where(e => e.FullName.EndsWith(OnnxName, StringComparison.Ordinal)).Take(MostSteps).Where(IsOurs),
        ];
        if (ours.Length > 1)
            throw new ModelFormatException(
                $"{path} holds {ours.Length} networks of EmotionMLNet ({BrokenContent.Short(string.Join(", ", ours.Select(StepOf)))}), and "
                    + "one is wanted: save each as a model of its own."
            );
        if (ours.Length == 0) return null;
        byte[] content = ZipContent.Read(ours[0], LargestOnnx, cancellationToken);
        if (BinaryPrimitives.ReadInt32LittleEndian(content) != content.Length - LengthBytes)
            throw new InvalidDataException($"{BrokenContent.Short(NameOf(ours[0]))} does not have the length that it announces");
        return new PipelineNetwork(content.AsMemory(LengthBytes), ModeOf(zip, StepOf(ours[0])));
    }

    /// <summary>The Model.key entries by name, as far as they say what a step is.</summary>
    public static IReadOnlyDictionary<string, byte[]> Steps(ZipArchive zip)
    {
        var keys = new Dictionary<string, byte[]>();
        foreach (ZipArchiveEntry entry in zip.Entries.Where(e => NameOf(e).EndsWith(KeyName, StringComparison.Ordinal)).Take(MostSteps))
            keys[NameOf(entry)] = ZipContent.ReadStart(entry, ModelKey.HeaderLength);
        return keys;
    }

    // ML.NET keeps an ONNX file as it is, and ours begin with the version of the format and the name of their writer.
    private static bool IsOurs(ZipArchiveEntry entry)
    {
        const int version = 2, header = 2;
        byte[] start = ZipContent.ReadStart(entry, LengthBytes + version + header + Producer.Length);
        ReadOnlySpan<byte> producer = start.AsSpan(Math.Min(start.Length, LengthBytes + version));
        return producer.Length == header + Producer.Length
            && start[LengthBytes] == 0x08
            && producer[0] == 0x12
            && producer[1] == Producer.Length
            && producer[header..].SequenceEqual(Producer);
    }

    // Steps are numbered, and those of a pipeline inside a pipeline stand below their own: the order of names is the order of steps.
    private static ModelInputMode ModeOf(ZipArchive zip, string step)
    {
        HashSet<string> before =
        [
            .. Steps(zip).Where(s => string.CompareOrdinal(s.Key, step) < 0).Select(s => ModelKey.LoaderOf(s.Value)).OfType<string>(),
        ];
        return before.Contains("ImageLoaderTransform") ? ModelInputMode.Path
            : before.Contains("ImagePixelExtractor") ? ModelInputMode.Bytes
            : ModelInputMode.Raw;
    }

    private static string StepOf(ZipArchiveEntry entry) => NameOf(entry)[..^OnnxName.Length].TrimEnd('/');

    // ML.NET on Windows writes back-slashes.
    private static string NameOf(ZipArchiveEntry entry) => entry.FullName.Replace('\\', '/');
}

using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EmotionMLNet.Files;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Weights;

namespace EmotionMLNet.Faces;

/// <summary>
/// A detector as one file: a zip with the network as ONNX for any runtime, the manifest from which ours is built, and a page for people.
/// docs/faces.md describes it.
/// </summary>
internal sealed record FaceDetectorZip(Network Network, FaceManifest Manifest)
{
    /// <summary>Most bytes of such a file: ours has two megabytes.</summary>
    public const int LargestFile = 64 << 20;

    private const string ManifestEntry = "manifest.json",
        OnnxEntry = "model.onnx",
        CardEntry = "README.md";

    private const long LargestManifest = 1L << 22;

    private const int LargestWidth = 4096;

    // One time for all: equal contents give equal bytes.
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes atomically; equal contents give equal bytes.</summary>
    /// <exception cref="OnnxFormatException">A weight is NaN or infinite: nothing is written.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path) => AtomicFile.Write(path, Save);

    /// <summary>The same into a stream that can seek, which is left open.</summary>
    public void Save(Stream stream)
    {
        OnnxModel onnx = FaceOnnx.Write(Network, Manifest);
        FaceManifest manifest = Manifest with { OnnxSha256 = onnx.Sha256() };
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        Add(zip, ManifestEntry, JsonSerializer.SerializeToUtf8Bytes(manifest, FaceManifestJson.Default.FaceManifest));
        Add(zip, OnnxEntry, onnx.ToArray());
        Add(zip, CardEntry, Encoding.UTF8.GetBytes(FaceCard.Render(manifest, Network)));
    }

    /// <summary>Reads and checks a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Checked throughout.</param>
    /// <exception cref="ModelFormatException">
    /// Truncated, altered, foreign or from a newer version, or with something in its manifest that is missing or means nothing; one line
    /// says which.
    /// </exception>
    /// <exception cref="UnusableFileException">It is a folder, a pipe or a device, or too large.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public static FaceDetectorZip Load(string path, CancellationToken cancellationToken = default)
        => Load(RegularFile.ReadAllBytes(path, LargestFile), path, cancellationToken);

    /// <summary>The same from memory.</summary>
    /// <param name="content">A whole file; it is read while this runs only.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="cancellationToken">Checked throughout.</param>
    public static FaceDetectorZip Load(ReadOnlyMemory<byte> content, string name, CancellationToken cancellationToken = default)
    {
        using MemoryStream stream = MemoryMarshal.TryGetArray(content, out ArraySegment<byte> array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(content.ToArray(), writable: false);
        try
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            FaceManifest manifest = ReadManifest(zip, name, cancellationToken);
            return new FaceDetectorZip(ReadNetwork(zip, manifest, name, cancellationToken), manifest);
        }
        catch (Exception e) when (BrokenContent.Explains(e) || e is OnnxFormatException or WeightFormatException)
        {
            throw new ModelFormatException($"{name} is not a readable face detector: {BrokenContent.Short(e.Message)}", e);
        }
    }

    private static FaceManifest ReadManifest(ZipArchive zip, string name, CancellationToken cancellationToken)
    {
        if (zip.GetEntry(ManifestEntry) is not { } entry)
            throw new ModelFormatException(
                zip.GetEntry("EmotionMLNet/manifest.json") is not null
                    ? $"{name} is a classifier, not a face detector: give the file that finds faces."
                    : $"{name} is a zip, but not a face detector of EmotionMLNet: it has no {ManifestEntry}."
            );
        using JsonDocument document = JsonDocument.Parse(ZipContent.Read(entry, LargestManifest, cancellationToken));
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new ModelFormatException($"{name} has a manifest that is no JSON object: the file was altered.");
        int version = ManifestVersion.Read(document.RootElement);
        if (version != FaceManifest.CurrentSchema)
            throw new ModelFormatException(
                $"{name} has a detector's manifest of version {version}, this program reads {FaceManifest.CurrentSchema}: use the version "
                    + "of EmotionMLNet that wrote it, or a newer one."
            );
        FaceManifest manifest =
            document.Deserialize(FaceManifestJson.Default.FaceManifest)
            ?? throw new ModelFormatException($"{name} has an empty manifest: the file was altered.");
        return Problem(manifest) is { } problem
            ? throw new ModelFormatException($"{name} contradicts itself: {BrokenContent.Short(problem)}.")
            : manifest;
    }

    // What is wrong, as a clause that names the entry; null: nothing.
    private static string? Problem(FaceManifest m)
    {
        if (m.Architecture != FaceNetwork.Name) return $"its 'architecture' is not '{FaceNetwork.Name}', which this program knows";
        if (m.CreatedBy is null) return "its 'createdBy' is missing";
        if (m.Widths is not { Count: 4 } || m.Widths.Append(m.Pyramid).Any(w => w is < 1 or > LargestWidth))
            return $"its 'widths' and 'pyramid' must be four numbers and one from 1 to {LargestWidth}";
        if (!(m.Threshold > 0 && m.Threshold < 1)) return "its 'threshold' must lie between 0 and 1";
        if (m.LongSide is < FaceScan.LeastLongSide or > FaceScan.MostLongSide)
            return $"its 'longSide' must be a number from {FaceScan.LeastLongSide} to {FaceScan.MostLongSide}";
        if (m.Metrics.Any(f => !double.IsFinite(f.Value))) return "its 'metrics' hold a figure that is no number";
        if (m.Data.Concat(m.MetricNotes).Any(t => t is null)) return "its 'data' or 'metricNotes' hold a null";
        return m.Weights is OnnxWeights.Full or OnnxWeights.Half ? null : "its 'weights' must be Full or Half";
    }

    private static Network ReadNetwork(ZipArchive zip, FaceManifest manifest, string name, CancellationToken cancellationToken)
    {
        ZipArchiveEntry entry =
            zip.GetEntry(OnnxEntry) ?? throw new ModelFormatException($"{name} has no {OnnxEntry} in it: the file was altered.");
        byte[] onnx = ZipContent.Read(entry, LargestFile, cancellationToken);
        if (Convert.ToHexStringLower(SHA256.HashData(onnx)) != manifest.OnnxSha256)
            throw new ModelFormatException(
                $"{name} is damaged or was altered: the network is not the one that the manifest was written for."
            );
        // Before a network of that size is made: a weight takes two bytes at least.
        if (FaceNetwork.CountWeights(manifest.Widths, manifest.Pyramid) > onnx.Length / 2)
            throw new ModelFormatException($"{name} contradicts itself: its network has not the widths that its manifest names.");
        Network network = FaceNetwork.Build(FaceNetwork.Multiple, FaceNetwork.Multiple, manifest.Widths, manifest.Pyramid);
        WeightReport report = WeightLoader.Load(network, WeightFile.Read(onnx, cancellationToken), cancellationToken);
        if (report.Missing.Concat(report.Mismatched).FirstOrDefault() is { } wrong)
            throw new ModelFormatException($"{name} contradicts itself: its network has not the tensor {BrokenContent.Short(wrong)}.");
        return network;
    }

    private static void Add(ZipArchive zip, string name, byte[] content)
    {
        ZipArchiveEntry entry = zip.CreateEntry(name, CompressionLevel.Optimal);
        entry.LastWriteTime = Epoch;
        using Stream stream = entry.Open();
        stream.Write(content);
    }
}

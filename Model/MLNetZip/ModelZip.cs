using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
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
internal sealed record ModelZip(Network Network, ModelManifest Manifest)
{
    private const string Folder = "EmotionMLNet/",
        ManifestEntry = Folder + "manifest.json",
        CardEntry = Folder + "model-card.md",
        LicenceEntry = Folder + "licence.txt";

    // A zip may announce any size: what is larger is not unpacked.
    private const long LargestManifest = 1L << 22;

    /// <summary>Writes atomically; equal contents give equal bytes.</summary>
    /// <returns>
    /// What the user should know of how the weights are held: a sentence for each tensor that stays float32 because its values are too
    /// large for the wanted form. The manifest keeps them.
    /// </returns>
    /// <exception cref="OnnxFormatException">
    /// A weight is NaN or infinite, or the network is too large for an ONNX file: nothing is written.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public IReadOnlyList<string> Save(string path)
    {
        IReadOnlyList<string> notes = [];
        AtomicFile.Write(path, stream => notes = Save(stream));
        return notes;
    }

    /// <summary>The same into a stream that can seek, which is left open.</summary>
    public IReadOnlyList<string> Save(Stream stream)
    {
        ChainDescription chain = Chain();
        OnnxModel onnx = Graph(chain);
        string hash = onnx.Sha256();
        bool inEightBits = Manifest.Quantisation is not null;
        ModelManifest manifest = Manifest with
        {
            OnnxSha256 = hash,
            WeightNotes = onnx.Notes,
            Measurements = [.. Manifest.Measurements.Where(m => m.OnnxSha256 == hash && m.InEightBits == inEightBits)],
        };
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        AddChain(zip, chain, onnx);
        Add(zip, ManifestEntry, JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJson.Default.ModelManifest));
        Add(zip, CardEntry, Encoding.UTF8.GetBytes(ModelCard.Render(manifest, Network)));
        Add(
            zip,
            LicenceEntry,
            Encoding.UTF8.GetBytes(
                $"Weights: {manifest.Licence}\nWritten by EmotionMLNet, which is under the MIT licence; that licence does not extend "
                    + "to the weights.\n"
            )
        );
        return onnx.Notes;
    }

    /// <summary>Writes the steps that a trainer adds to a pipeline of ML.NET, without anything of ours beside them.</summary>
    /// <param name="stream">It can seek, and is left open.</param>
    /// <param name="mode">What the application hands over.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="between">The columns in which the graph's input and output stand.</param>
    /// <param name="trainSchema">As in <see cref="ChainDescription.TrainSchema"/>.</param>
    public void SaveSteps(
        Stream stream,
        ModelInputMode mode,
        ChainColumns columns,
        (string Input, string Output) between,
        byte[] trainSchema
    )
    {
        ModelZip model = this with { Manifest = Manifest with { InputMode = mode } };
        // A path is all that is needed for the bytes of the file.
        if (mode == ModelInputMode.Path) columns = columns with { File = columns.File ?? between.Input + "File" };
        ChainDescription chain = model.Chain() with
        {
            Columns = columns,
            OnnxInput = between.Input,
            OnnxOutput = between.Output,
            IsWhole = false,
            TrainSchema = trainSchema,
        };
        OnnxModel onnx = model.Graph(chain);
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        AddChain(zip, chain, onnx);
    }

    /// <summary>Writes the network alone, for any ONNX runtime; atomically, equal contents give equal bytes.</summary>
    /// <param name="path">The .onnx file.</param>
    /// <param name="input">The input that the file takes.</param>
    /// <param name="weights">How it holds the weights.</param>
    /// <returns>As <see cref="Save(string)"/>.</returns>
    /// <exception cref="OnnxFormatException">
    /// A weight is NaN or infinite, or the network is too large for an ONNX file: nothing is written.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public IReadOnlyList<string> ExportOnnx(string path, OnnxInput input = OnnxInput.Prepared, OnnxWeights weights = OnnxWeights.Full)
    {
        OnnxModel onnx = Onnx(input, weights);
        AtomicFile.Write(path, onnx.WriteTo);
        return onnx.Notes;
    }

    /// <summary>What <see cref="ExportOnnx"/> writes.</summary>
    internal OnnxModel Onnx(OnnxInput input, OnnxWeights weights)
    {
        InputStage stage = input == OnnxInput.Prepared ? new FloatInput() : new AnySizeInput();
        string samples =
            input == OnnxInput.Prepared
                ? "0 to 255; the normalisation is in the graph"
                : "uint8 RGB of any size; resize and normalisation are in the graph";
        return OnnxWriter.Write(Network, Manifest.Preprocessing, stage, weights, ModelMetadata.Of(Manifest, samples));
    }

    /// <summary>Reads and checks a zip: the network, and the whole manifest.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Checked throughout: a CancellationTokenSource with a time span sets a deadline.</param>
    /// <exception cref="ModelFormatException">
    /// Truncated, altered, foreign or from a newer version, or with something in its manifest that is missing or means nothing; one line
    /// says which.
    /// </exception>
    /// <exception cref="UnusableFileException">It is a folder, a pipe or a device.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public static ModelZip Load(string path, CancellationToken cancellationToken = default)
    {
        RegularFile.Check(path, long.MaxValue);
        using FileStream file = File.OpenRead(path);
        return Load(file, path, cancellationToken);
    }

    /// <summary>The same from memory.</summary>
    /// <param name="content">A whole file; it is read while this runs only.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="cancellationToken">Checked throughout.</param>
    /// <exception cref="ModelFormatException">As of a file.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public static ModelZip Load(ReadOnlyMemory<byte> content, string name, CancellationToken cancellationToken = default)
    {
        using MemoryStream stream = MemoryMarshal.TryGetArray(content, out ArraySegment<byte> array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(content.ToArray(), writable: false);
        return Load(stream, name, cancellationToken);
    }

    private static ModelZip Load(Stream stream, string path, CancellationToken cancellationToken)
    {
        try
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            return ReadManifest(zip, path, cancellationToken) is { } manifest
                ? Load(zip, manifest, path, cancellationToken)
                : LoadResaved(zip, path, cancellationToken);
        }
        catch (Exception e) when (BrokenContent.Explains(e) || e is UnsupportedOnnxException or OnnxFormatException)
        {
            throw new ModelFormatException($"{path} is not a readable model: {BrokenContent.Short(e.Message)}", e);
        }
    }

    private static ModelZip Load(ZipArchive zip, ModelManifest manifest, string path, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> onnx =
            PipelineNetwork.Find(zip, path, cancellationToken)?.Onnx
            ?? throw new ModelFormatException($"{path} has no network of EmotionMLNet in it: the file was altered.");
        if (Convert.ToHexStringLower(SHA256.HashData(onnx.Span)) != manifest.OnnxSha256)
            throw new ModelFormatException(
                $"{path} is damaged or was altered: the network is not the one that the manifest was written for."
            );
        Network network = OnnxImport.Read(onnx, cancellationToken: cancellationToken).Network;
        ModelMetadata.Check(network, manifest, path);
        return new ModelZip(network, manifest);
    }

    // ML.NET keeps its own entries only when it saves a model of ours; what is needed stands in the ONNX as well.
    private static ModelZip LoadResaved(ZipArchive zip, string path, CancellationToken cancellationToken)
    {
        if (PipelineNetwork.Find(zip, path, cancellationToken) is not { } found) throw new ModelFormatException(Foreign(zip, path));
        OnnxImport import = OnnxImport.Read(found.Onnx, cancellationToken: cancellationToken);
        return new ModelZip(import.Network, ModelMetadata.Read(import, path) with { InputMode = found.Mode });
    }

    private static string Foreign(ZipArchive zip, string path) =>
        PipelineNetwork.Steps(zip) is { Count: > 0 } steps
            ? $"{path} is {ForeignModel.Describe(steps)}; EmotionMLNet did not write it: load it with ML.NET."
            : $"{path} is a zip, but not a model of EmotionMLNet: it has no {ManifestEntry}.";

    private static ModelManifest? ReadManifest(ZipArchive zip, string path, CancellationToken cancellationToken)
    {
        if (zip.GetEntry(ManifestEntry) is not { } entry) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(ZipContent.Read(entry, LargestManifest, cancellationToken));
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new ModelFormatException($"{path} has a manifest that is no JSON object: the file was altered.");
            int version = ManifestVersion.Read(document.RootElement);
            if (version != ModelManifest.CurrentSchema)
                throw new ModelFormatException(
                    $"{path} has manifest version {version}, this program reads {ModelManifest.CurrentSchema}: use the version of "
                        + "EmotionMLNet that wrote it, or a newer one."
                );
            ModelManifest manifest =
                document.Deserialize(ManifestJson.Default.ModelManifest)
                ?? throw new ModelFormatException($"{path} has an empty manifest: the file was altered.");
            // Before anything of it is used, the network included.
            manifest = FormerManifest.Complete(manifest);
            return ManifestCheck.Problem(manifest) is { } problem
                ? throw new ModelFormatException($"{path} contradicts itself: {BrokenContent.Short(problem)}.")
                : manifest;
        }
        catch (JsonException e)
        {
            throw new ModelFormatException($"{path} is not a readable model, its manifest is damaged: {BrokenContent.Short(e.Message)}", e);
        }
    }

    private ChainDescription Chain()
    {
        ImagePreprocessing p = Manifest.Preprocessing;
        bool raw = Manifest.InputMode == ModelInputMode.Raw;
        bool isSampled = !raw && p.Resize == ResizeMode.Stretch;
        return new ChainDescription
        {
            Labels = Manifest.Labels,
            Mode = Manifest.InputMode,
            Width = isSampled ? SampledPictureInput.SideFor(p) : p.Width,
            Height = isSampled ? SampledPictureInput.SideFor(p) : p.Height,
            IsSampled = isSampled,
            Resize = p.Resize switch
            {
                ResizeMode.CentreCrop => ResizeKind.IsoCrop,
                ResizeMode.Pad => ResizeKind.IsoPad,
                _ => ResizeKind.Fill,
            },
            OnnxInput = raw ? "ImageSource" : "input",
            OnnxOutput = OnnxWriter.OutputName,
            Columns = new ChainColumns
            {
                File = Manifest.InputMode switch
                {
                    ModelInputMode.Bytes => "ImageSource",
                    ModelInputMode.Path => "ImageFile",
                    _ => null,
                },
            },
        };
    }

    /// <summary>The graph of a chain's ONNX step.</summary>
    private OnnxModel Graph(ChainDescription chain) =>
        OnnxWriter.Write(
            Network,
            Manifest.Preprocessing,
            Input(chain),
            Manifest.Weights,
            ModelMetadata.Of(
                Manifest,
                $"uint8 {(chain.IsSampled ? "alpha and RGB multiplied with it" : "RGB")}, resized and normalised in the graph"
            ),
            chain.OnnxOutput
        );

    private static InputStage Input(ChainDescription chain)
    {
        InputStage picture = chain.IsSampled ? new SampledPictureInput(chain.OnnxInput) : new FixedSizeInput(chain.OnnxInput);
        return chain.Columns.File is { } file ? new UprightInput(picture, file) : picture;
    }

    private static void AddChain(ZipArchive zip, ChainDescription chain, OnnxModel onnx)
    {
        foreach ((string name, byte[]? content) in TransformerChain.Entries(chain))
        {
            if (content is null) AddOnnx(zip, name, onnx);
            else Add(zip, name, content);
        }
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
}

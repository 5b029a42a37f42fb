using EmotionMLNet.Files;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Onnx.Import;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.MLNetZip;

/// <summary>What an ONNX file of another origin does not say of itself; null means unknown, and then the field's customs apply.</summary>
internal sealed record OnnxSource
{
    /// <summary>Class names in the order of the scores; null means class 0, class 1, ...</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>Side lengths in pixels, needed where the graph leaves them free.</summary>
    public int? Width { get; init; }

    /// <summary>Height in pixels, needed where the graph leaves it free.</summary>
    public int? Height { get; init; }

    /// <summary>How pictures become the network's rectangle.</summary>
    public ResizeMode Resize { get; init; } = ResizeMode.Stretch;

    /// <summary>Mean a channel, of samples scaled to [0, 1]; null means ImageNet's for RGB and 0 for grey.</summary>
    public IReadOnlyList<float>? Mean { get; init; }

    /// <summary>
    /// Standard deviation a channel, of samples scaled to [0, 1]; null means ImageNet's for RGB, and 1/255 for grey: samples stay 0 to 255.
    /// </summary>
    public IReadOnlyList<float>? StandardDeviation { get; init; }

    /// <summary>Whether the graph wants blue, green, red: its first convolutions are turned round, and pictures stay RGB.</summary>
    public bool IsBgr { get; init; }

    /// <summary>What the weights may be used for.</summary>
    public string? Licence { get; init; }

    /// <summary>Reads an ONNX image classifier. A file that EmotionMLNet wrote says everything itself.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Checked throughout: a CancellationTokenSource with a time span sets a deadline.</param>
    /// <exception cref="UnsupportedOnnxException">Names operator, node and opset.</exception>
    /// <exception cref="ModelFormatException">The file is no ONNX image classifier, or labels and normalisation do not fit it.</exception>
    /// <exception cref="HeadlessGraphException">It ends in features.</exception>
    /// <exception cref="UnusableFileException">It is a folder, a pipe, a device, or larger than an ONNX file can be.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public ModelZip Read(string path, CancellationToken cancellationToken = default) =>
        Read(path, asBackbone: false, cancellationToken);

    /// <summary>
    /// Reads an ONNX image classifier, or a graph that ends in features: that one has no labels, and is no model before it is given a head.
    /// A size that the graph names itself is kept.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Checked throughout: a CancellationTokenSource with a time span sets a deadline.</param>
    /// <exception cref="UnsupportedOnnxException">Names operator, node and opset.</exception>
    /// <exception cref="ModelFormatException">The file is no network of pictures, or normalisation does not fit it.</exception>
    /// <exception cref="UnusableFileException">It is a folder, a pipe, a device, or larger than an ONNX file can be.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public ModelZip ReadBackbone(string path, CancellationToken cancellationToken = default) =>
        Read(path, asBackbone: true, cancellationToken);

    private ModelZip Read(string path, bool asBackbone, CancellationToken cancellationToken)
    {
        RegularFile.Check(path, Array.MaxLength);
        OnnxImport import;
        try
        {
            byte[] file = File.ReadAllBytes(path);
            (int, int)? size = Width is int w && Height is int h ? (h, w) : null;
            import = asBackbone ? OnnxImport.ReadBackbone(file, size, cancellationToken) : OnnxImport.Read(file, size, cancellationToken);
        }
        catch (OnnxFormatException e)
        {
            throw new ModelFormatException($"{path} cannot be used: {e.Message}", e);
        }
        if (import.IsOwn)
        {
            ModelManifest own = ModelMetadata.Read(import, path);
            if (Mean is not null || StandardDeviation is not null)
                throw new ModelFormatException($"{path} was written by EmotionMLNet and says its mean and deviation itself: give none.");
            if (Labels is null) return new ModelZip(import.Network, own);
            CheckLabels(import.Network, path);
            own = own with { Labels = Labels };
            ModelMetadata.Check(import.Network, own, path);
            return new ModelZip(import.Network, own);
        }
        bool isClassifier = import.HasHead || (Labels is not null && Labels.Count == import.Network.Classes);
        if (!isClassifier && !asBackbone)
            throw new HeadlessGraphException(
                $"{path} ends in {import.Network.OutputShape.Channels} features and has no head, no layer that makes classes of them: it "
                    + "can be the backbone of a model that is still to be trained. If they are classes after all, give as many labels."
            );
        Network network = IsBgr ? ChannelOrder.Reverse(import.Network) : import.Network;
        int channels = network.InputShape.Channels;
        if (Labels is not null) CheckLabels(network, path);
        foreach ((IReadOnlyList<float>? numbers, string what) in new[] { (Mean, "mean"), (StandardDeviation, "standard deviation") })
        {
            if (numbers is not null && numbers.Count != channels)
                throw new ModelFormatException(
                    $"{path} takes pictures of {channels} {(channels == 1 ? "channel" : "channels")}: give the {what} of each, "
                        + $"not {numbers.Count} {(numbers.Count == 1 ? "number" : "numbers")}."
                );
        }
        var manifest = new ModelManifest
        {
            CreatedBy = $"EmotionMLNet, from {Path.GetFileName(path)}",
            Architecture = $"onnx:{Path.GetFileNameWithoutExtension(path)}",
            Labels = Labels ?? (isClassifier ? [.. Enumerable.Range(0, network.Classes).Select(i => $"class {i}")] : []),
            Head = network.Head,
            Preprocessing = new ImagePreprocessing
            {
                Width = network.InputShape.Width,
                Height = network.InputShape.Height,
                Channels = channels is 1 or 3
                    ? channels
                    : throw new ModelFormatException($"{path} wants pictures of {channels} channels: 1 (grey) or 3 (RGB) can be prepared."),
                Resize = Resize,
                // torchvision's normalisation, which nearly every RGB classifier was trained with; grey ones (FER+) mostly take samples as
                // they are.
                Mean = Mean ?? (channels == 3 ? [0.485f, 0.456f, 0.406f] : [0f]),
                StandardDeviation = StandardDeviation ?? (channels == 3 ? [0.229f, 0.224f, 0.225f] : [1 / 255f]),
            },
            Licence = Licence ?? "not stated; that of the ONNX file holds",
        };
        if (isClassifier) ModelMetadata.Check(network, manifest, path);
        return new ModelZip(network, manifest);
    }

    private void CheckLabels(Network network, string path)
    {
        if (Labels!.Count != network.Classes)
            throw new ModelFormatException(
                $"{path} has {network.Classes} outputs, and {Labels.Count} labels were given ({string.Join(", ", Labels)}): give one "
                    + "for each, in the order of the outputs."
            );
        if (Labels.Distinct().Count() != Labels.Count || Labels.Any(string.IsNullOrWhiteSpace))
            throw new ModelFormatException($"{path}: of its labels ({string.Join(", ", Labels)}) one is empty or stands there twice.");
    }
}

namespace EmotionMLNet.Training.Weights;

/// <summary>Published weights of a backbone, and where they are.</summary>
/// <param name="Name">What settings call them.</param>
/// <param name="Architecture">Catalogue name of the network that they fit; what a model made of a <see cref="Graph"/> is called.</param>
/// <param name="File">The published file's name.</param>
/// <param name="Sha256">
/// The file's SHA-256 in hex, or its first digits, where the publisher tells no more: torchvision's are in the file's name.
/// </param>
/// <param name="Description">What they were trained on, and how well they do there.</param>
internal sealed record PretrainedWeights(string Name, string Architecture, string File, string Sha256, string Description)
{
    private const string Place = "https://download.pytorch.org/models/";

    private const string ImageNet = "trained on ImageNet, whose terms are for non-commercial research and education";

    /// <summary>
    /// Torchvision's weights, the first of an architecture being what its bare name means, and the network of ML.NET's image featurizer.
    /// </summary>
    public static IReadOnlyList<PretrainedWeights> All { get; } =
    [
        new("resnet18", "resnet18", "resnet18-f37072fd.pth", "f37072fd", "ImageNet-1k, 69.76 % top-1"),
        new("resnet50", "resnet50", "resnet50-0676ba61.pth", "0676ba61", "ImageNet-1k, 76.13 % top-1"),
        new("resnet50-v2", "resnet50", "resnet50-11ad3fa6.pth", "11ad3fa6", "ImageNet-1k, newer recipe, 80.86 % top-1"),
        new("mobilenet-v2", "mobilenet-v2", "mobilenet_v2-b0353104.pth", "b0353104", "ImageNet-1k, 71.88 % top-1"),
        new("mobilenet-v2-v2", "mobilenet-v2", "mobilenet_v2-7ebf99e0.pth", "7ebf99e0", "ImageNet-1k, newer recipe, 72.15 % top-1"),
        new("mobilenet-v3-small", "mobilenet-v3-small", "mobilenet_v3_small-047dcff4.pth", "047dcff4", "ImageNet-1k, 67.67 % top-1"),
        new("vgg16", "vgg16", "vgg16_bn-6c64b313.pth", "6c64b313", "ImageNet-1k, 73.36 % top-1"),
        new("efficientnet-b0", "efficientnet-b0", "efficientnet_b0_rwightman-7f5810bc.pth", "7f5810bc", "ImageNet-1k, 77.69 % top-1"),
        new(
            "resnet18-mlnet",
            "onnx:ResNet18",
            "ResNet18.onnx",
            "e2552f19db2dfdb01b3669537b6a0f1b44da38d18279535492ed5dfc2ef1ff8f",
            "ImageNet, the ResNet-18 of ML.NET's image featurizer"
        )
        {
            Graph = new PublishedGraph
            {
                Length = 63_653_533,
                // The means of each channel of the package's mean image, of pictures of 0 to 255.
                Mean = [123.15163f / 255, 115.902885f / 255, 103.06262f / 255],
                StandardDeviation = [1 / 255f, 1 / 255f, 1 / 255f],
                IsBgr = true,
                Package = new NuGetPackage(
                    "Microsoft.ML.DnnImageFeaturizer.ResNet18",
                    "0.23.1",
                    "tools/DnnImageModels/ResNet18Onnx/ResNet18.onnx"
                ),
            },
        },
    ];

    /// <summary>What is known of an ONNX graph that is a network of its own; null: parameters for a network of the catalogue.</summary>
    public PublishedGraph? Graph { get; init; }

    /// <summary>What the weights may be used for.</summary>
    public string Licence =>
        Graph is { Package: var package } ? $"MIT (NuGet package {package.Id}); {ImageNet}" : $"BSD-3-Clause (torchvision); {ImageNet}";

    /// <summary>Where the publisher has the file, or the package that holds it.</summary>
    public Uri Location => Graph?.Package.Location ?? new(Place + File);

    /// <summary>Whether this is the SHA-256, in hex, of the published file.</summary>
    public bool Accepts(string hash) => hash.StartsWith(Sha256, StringComparison.Ordinal);

    /// <exception cref="TrainingException">There is none of that name.</exception>
    public static PretrainedWeights Find(string name) =>
        FindName(name)
        ?? throw new TrainingException($"There are no weights called '{name}': choose from {string.Join(", ", All.Select(w => w.Name))}.");

    /// <summary>Those of a name, in any case; or null.</summary>
    public static PretrainedWeights? FindName(string? name) =>
        All.FirstOrDefault(w => w.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The published graph that a file is, byte for byte and whatever it is called; or null.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static PretrainedWeights? FindGraph(string path)
    {
        long length = new FileInfo(path).Length;
        PretrainedWeights[] candidates = [.. All.Where(w => w.Graph?.Length == length)];
        if (candidates.Length == 0) return null;
        string hash = WeightStore.Hash(path);
        return candidates.FirstOrDefault(w => w.Accepts(hash));
    }
}

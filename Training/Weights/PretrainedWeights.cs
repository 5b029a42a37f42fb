namespace EmotionMLNet.Training.Weights;

/// <summary>Published weights of a backbone, and where they are.</summary>
/// <param name="Name">What settings call them.</param>
/// <param name="Architecture">Catalogue name of the network that they fit.</param>
/// <param name="File">The published file's name.</param>
/// <param name="Sha256Prefix">
/// The first digits of the file's SHA-256, which its publisher put into the name; all that is known of it here.
/// </param>
/// <param name="Description">What they were trained on, and how well they do there.</param>
internal sealed record PretrainedWeights(string Name, string Architecture, string File, string Sha256Prefix, string Description)
{
    public const string Licence =
        "BSD-3-Clause (torchvision); trained on ImageNet-1k, whose terms are for non-commercial research and education";

    private const string Place = "https://download.pytorch.org/models/";

    /// <summary>torchvision's weights; the first of an architecture is what its bare name means.</summary>
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
    ];

    public Uri Location => new(Place + File);

    /// <exception cref="TrainingException">There is none of that name.</exception>
    public static PretrainedWeights Find(string name) =>
        All.FirstOrDefault(w => w.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new TrainingException($"There are no weights called '{name}': choose from {string.Join(", ", All.Select(w => w.Name))}.");
}

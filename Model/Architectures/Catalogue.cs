namespace EmotionMLNet.Architectures;

/// <summary>Every network that can be trained by name.</summary>
internal static class Catalogue
{
    /// <summary>All architectures, ours first.</summary>
    public static IReadOnlyList<Architecture> All { get; } =
    [
        EmotionCnn.Architecture,
        HappySadCnn.Architecture,
        ThreeBlockCnn.Architecture,
        ResNet.ResNet18,
        ResNet.ResNet50,
        MobileNetV2.Architecture,
        MobileNetV3Small.Architecture,
        Vgg16.Architecture,
        EfficientNetB0.Architecture,
    ];

    /// <summary>The architecture of that name, or null.</summary>
    public static Architecture? Find(string name) =>
        All.FirstOrDefault(a => string.Equals(a.Name, name, StringComparison.OrdinalIgnoreCase));
}

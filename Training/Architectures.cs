using EmotionMLNet.Architectures;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Training;

/// <summary>A network that can be trained.</summary>
/// <param name="Name">What settings call it: "emotion-cnn", "resnet18".</param>
/// <param name="Description">One line.</param>
/// <param name="Width">Columns of its input where settings say nothing else.</param>
/// <param name="Height">Rows of its input.</param>
/// <param name="Channels">Samples a pixel of its input: 1 is grey, 3 is colour.</param>
/// <param name="Parameters">Values that training changes, for seven labels.</param>
/// <param name="Paper">Where it was published, or where its design comes from.</param>
public sealed record ArchitectureInfo(string Name, string Description, int Width, int Height, int Channels, long Parameters, string Paper);

/// <summary>The networks that can be trained.</summary>
public static class Architectures
{
    private const int Labels = 7; // of FER2013

    private static readonly Lazy<IReadOnlyList<ArchitectureInfo>> Known = new(() => [.. Catalogue.All.Select(Describe)]);

    /// <summary>All of them, in the order of the catalogue.</summary>
    public static IReadOnlyList<ArchitectureInfo> All => Known.Value;

    private static ArchitectureInfo Describe(Architecture architecture)
    {
        ImagePreprocessing input = architecture.Preprocessing;
        var options = new ArchitectureOptions { Input = new Shape(input.Height, input.Width, input.Channels), Classes = Labels };
        long parameters = architecture.Build(options).ParameterCount;
        return new(
            architecture.Name,
            architecture.Description,
            input.Width,
            input.Height,
            input.Channels,
            parameters,
            architecture.Reference
        );
    }
}

using EmotionMLNet.Architectures;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Training.Options;

/// <summary>
/// Which network is trained, and on pictures of which size. What is null is the architecture's own, or that of the model that training
/// starts from.
/// </summary>
public sealed record NetworkOptions
{
    private const int LargestSide = 4096, MostFilters = 8192;

    /// <summary>Name in the catalogue: "emotion-cnn", "resnet18", ...</summary>
    public string Architecture { get; init; } = "emotion-cnn";

    /// <summary>Width of the input in pixels, 1 to 4096.</summary>
    public int? Width { get; init; }

    /// <summary>Height of the input in pixels, 1 to 4096.</summary>
    public int? Height { get; init; }

    /// <summary>1 is grey, 3 is colour.</summary>
    public int? Channels { get; init; }

    /// <summary>What becomes of the aspect ratio of a picture.</summary>
    public ResizeMode? Resize { get; init; }

    /// <summary>Filters of each stage; null is the architecture's own.</summary>
    public IReadOnlyList<int>? Widths { get; init; }

    /// <summary>Scales the channels of the published backbones: above 0, up to 8.</summary>
    public float WidthMultiplier { get; init; } = 1;

    /// <summary>Rate before the last layer, 0 up to below 1.</summary>
    public float? Dropout { get; init; }

    /// <summary>How emotion-cnn joins the convolutions of a stage.</summary>
    public BlockKind Blocks { get; init; }

    /// <summary>Squeeze-and-excitation in emotion-cnn, with so many times fewer channels inside: 1 to 64. Null is none.</summary>
    public int? SqueezeReduction { get; init; }

    /// <summary>Convolutions of each stage of emotion-cnn; null is two everywhere.</summary>
    public IReadOnlyList<int>? Depths { get; init; }

    /// <summary>Probability that training drops the last residual branch for an image, less for those before it: 0 up to below 1.</summary>
    public float? StochasticDepth { get; init; }

    /// <summary>What the catalogue's builder takes.</summary>
    internal BlockOptions BlockOptions => new()
    {
        Kind = Blocks,
        SqueezeReduction = SqueezeReduction ?? 0,
        Depths = Depths ?? [],
        StochasticDepth = StochasticDepth,
    };

    /// <summary>Whether anything is asked for that only a newly built network can have.</summary>
    internal bool ChangesConstruction => Widths is not null || WidthMultiplier != 1 || Dropout is not null || !BlockOptions.AreDefault;

    /// <summary>Everything that is wrong by itself.</summary>
    internal IEnumerable<SettingProblem> FindProblems()
    {
        if (Dropout is { } dropout && !(dropout is >= 0 and < 1)) yield return new("dropout", dropout, "give 0 up to below 1");
        if (Width is < 1 or > LargestSide) yield return new("width", Width, $"give 1 to {LargestSide}");
        if (Height is < 1 or > LargestSide) yield return new("height", Height, $"give 1 to {LargestSide}");
        if (Channels is not (null or 1 or 3)) yield return new("channels", Channels, "give 1 (grey) or 3 (colour)");
        if (Widths?.Any(w => w is < 1 or > MostFilters) == true)
            yield return new("widths", string.Join(',', Widths), $"give 1 to {MostFilters} filters a stage");
        if (!(WidthMultiplier is > 0 and <= 8)) yield return new("widthMultiplier", WidthMultiplier, "give a factor above 0, up to 8");
    }

    /// <summary>What a new network of the architecture cannot have.</summary>
    internal IEnumerable<SettingProblem> ConstructionProblems()
    {
        if (Catalogue.Find(Architecture) is not { } known)
        {
            yield return new(
                "architecture",
                Architecture,
                $"there is no such architecture; choose from {string.Join(", ", Catalogue.All.Select(a => a.Name))}"
            );
            yield break;
        }
        if (WidthMultiplier != 1 && !known.ScalesWidths)
            yield return new("widthMultiplier", WidthMultiplier, $"{Architecture} has {{network.widths}} instead");
        int stages = Widths is { Count: > 0 } given ? given.Count : known.Widths.Count;
        foreach (SettingProblem problem in BlockProblems(known, stages)) yield return problem;
    }

    private IEnumerable<SettingProblem> BlockProblems(Architecture architecture, int stages)
        => BlockOptions.FindProblems(architecture, stages).Select(p => new SettingProblem(p.Name, p.Value, p.Remedy));
}

using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Architectures;

/// <summary>What may be varied when a catalogue entry is built.</summary>
internal sealed record ArchitectureOptions
{
    /// <summary>Shape of one input image.</summary>
    public required Shape Input { get; init; }

    /// <summary>Number of classes, at least 2.</summary>
    public required int Classes { get; init; }

    /// <summary>Filters a stage; empty means the architecture's own.</summary>
    public IReadOnlyList<int> Widths { get; init; } = [];

    /// <summary>Scales the channels of the published backbones, rounded to eights; our own networks have <see cref="Widths"/>.</summary>
    public float WidthMultiplier { get; init; } = 1;

    /// <summary>Dropout rate before the last layer; null means the architecture's own.</summary>
    public float? Dropout { get; init; }

    /// <summary>Changes of the blocks; none by default.</summary>
    public BlockOptions Blocks { get; init; } = new();
}

/// <summary>A network of the catalogue: how to build it and how its input is prepared by default.</summary>
/// <param name="Name">The name in settings and tables.</param>
/// <param name="Description">One line for tables.</param>
/// <param name="Reference">Paper, or where the design comes from.</param>
/// <param name="Preprocessing">Default input size, colours and normalisation.</param>
/// <param name="Widths">Default filters a stage.</param>
/// <param name="Dropout">Default dropout rate.</param>
/// <param name="Head">Head used for the given number of classes.</param>
/// <param name="Build">
/// Builds the network with zero weights; call Network.Initialise. Throws an ArgumentException where the options do not suit it.
/// </param>
internal sealed record Architecture(
    string Name,
    string Description,
    string Reference,
    ImagePreprocessing Preprocessing,
    IReadOnlyList<int> Widths,
    float Dropout,
    Func<int, OutputHead> Head,
    Func<ArchitectureOptions, Network> Build)
{
    /// <summary>What of <see cref="BlockOptions"/> applies.</summary>
    public BlockChanges Changes { get; init; }

    /// <summary>Default rate of stochastic depth.</summary>
    public float StochasticDepth { get; init; }

    /// <summary>Whether <see cref="ArchitectureOptions.WidthMultiplier"/> applies.</summary>
    public bool ScalesWidths => Preprocessing == Backbone.Preprocessing;
}

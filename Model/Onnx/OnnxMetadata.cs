namespace EmotionMLNet.Onnx;

/// <summary>
/// Keys of the metadata_props that our files carry, so that no reader has to guess how pictures are prepared or what the scores mean.
/// </summary>
internal static class OnnxMetadata
{
    /// <summary>JSON array of the labels, in the order of the probabilities.</summary>
    public const string Labels = "labels";

    /// <summary>Network input: width x height x channels, such as "48x48x1".</summary>
    public const string Input = "input";

    /// <summary>"RGB" or "grey, ITU-R BT.601".</summary>
    public const string Colour = "colour";

    /// <summary>What the graph's input holds.</summary>
    public const string Samples = "samples";

    /// <summary>The whole <see cref="Preprocessing.ImagePreprocessing"/> as JSON.</summary>
    public const string Preprocessing = "preprocessing";

    /// <summary>Catalogue name of the architecture.</summary>
    public const string Architecture = "architecture";

    /// <summary>What the weights may be used for, as far as it is known.</summary>
    public const string Licence = "licence";

    /// <summary>Tool and version.</summary>
    public const string CreatedBy = "createdBy";
}

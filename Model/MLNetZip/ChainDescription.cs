namespace EmotionMLNet.MLNetZip;

/// <summary>How ML.NET brings a picture to a size (its numbers are those of the file).</summary>
internal enum ResizeKind : byte
{
    /// <summary>Fits inside and pads.</summary>
    IsoPad = 0,

    /// <summary>Covers and cuts.</summary>
    IsoCrop = 1,

    /// <summary>Both sides on their own; takes the nearest pixel from ML.NET 3.0 on.</summary>
    Fill = 2,
}

/// <summary>The columns that a pipeline reads and writes; as they stand here, those of Model Builder.</summary>
internal sealed record ChainColumns
{
    /// <summary>The label: a text where the pipeline maps labels, else a key that only training has seen.</summary>
    public string Label { get; init; } = "Label";

    /// <summary>The path of an image file, or pixels in raw mode.</summary>
    public string Source { get; init; } = "ImageSource";

    /// <summary>
    /// The bytes of the image file: read in bytes mode, where it is <see cref="Source"/>, written in path mode. Null where nobody has them:
    /// then the orientation that stands in them is not seen.
    /// </summary>
    public string? File { get; init; }

    /// <summary>The decoded picture: read in bytes mode, written in path mode.</summary>
    public string Image { get; init; } = "Image";

    /// <summary>The picture at the size that the graph takes; under another name than <see cref="Image"/> that one stays.</summary>
    public string Resized { get; init; } = "Image";

    public string PredictedLabel { get; init; } = "PredictedLabel";
}

/// <summary>Everything that varies between the ML.NET pipelines that are written.</summary>
internal sealed record ChainDescription
{
    /// <summary>Class names in the order of the scores.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    public required ModelInputMode Mode { get; init; }

    /// <summary>Pixels of the picture that goes into the ONNX step.</summary>
    public required int Width { get; init; }

    /// <summary>Height of that picture in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>
    /// Whether the ONNX step is given alpha and colours, plane after plane, of many nearest pixels; otherwise red, green and blue of each
    /// pixel at network size.
    /// </summary>
    public bool IsSampled { get; init; }

    public required ResizeKind Resize { get; init; }

    /// <summary>Name of the ONNX graph's input; in raw mode it must be that of the application's column, ImageSource.</summary>
    public required string OnnxInput { get; init; }

    /// <summary>Name of its output, [1, K].</summary>
    public required string OnnxOutput { get; init; }

    public ChainColumns Columns { get; init; } = new();

    /// <summary>
    /// Whether the pipeline begins with text labels to keys and ends with keys to texts, and says which columns it wants: a whole model.
    /// Otherwise it is the part that a trainer adds behind MapValueToKey, and its predicted label is a key.
    /// </summary>
    public bool IsWhole { get; init; } = true;

    /// <summary>
    /// The table of the label and the ONNX output, without rows, in ML.NET's binary form: where the keys of the predicted label come from.
    /// Null makes keys of <see cref="Labels"/>.
    /// </summary>
    public byte[]? TrainSchema { get; init; }
}

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

    public required ResizeKind Resize { get; init; }

    /// <summary>Name of the ONNX graph's input; in raw mode it must be that of the application's column, ImageSource.</summary>
    public required string OnnxInput { get; init; }

    /// <summary>Name of its output, [1, K].</summary>
    public required string OnnxOutput { get; init; }
}

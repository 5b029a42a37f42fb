namespace EmotionMLNet.Imaging.Jpeg;

/// <summary>What the components of a frame stand for.</summary>
internal enum ColourSpace
{
    Grey,
    YCbCr,
    Rgb,

    /// <summary>Stored inverted, as Adobe's programs do.</summary>
    Cmyk,

    /// <summary>The same with the colours as YCbCr.</summary>
    Ycck,
}

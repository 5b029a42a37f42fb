namespace EmotionMLNet.Imaging.WebP.Lossless;

/// <summary>The transforms by their number in the stream.</summary>
internal enum TransformType
{
    Predictor = 0,
    CrossColour = 1,
    SubtractGreen = 2,
    ColourIndexing = 3,
}

/// <summary>A reversible step that the encoder took before entropy coding (RFC 9649, section 3.5).</summary>
internal abstract class Transform
{
    /// <summary>Columns of the picture before the inverse.</summary>
    public abstract int CodedWidth { get; }

    /// <summary>Undoes the step, in place where the size stays.</summary>
    public abstract uint[] Invert(uint[] pixels);

    /// <summary>Reads the parameters.</summary>
    public static Transform Read(TransformType type, ref BitReader reader, int width, int height)
    {
        switch (type)
        {
            case TransformType.SubtractGreen: return new SubtractGreenTransform(width);
            case TransformType.ColourIndexing: return ColourIndexingTransform.Read(ref reader, width, height);
        }
        int bits = 2 + reader.Read(3);
        uint[] tiles = EntropyImage.Read(ref reader, EntropyImage.Tiles(width, bits), EntropyImage.Tiles(height, bits), isMain: false);
        return type == TransformType.Predictor ? new PredictorTransform(width, bits, tiles) : new CrossColourTransform(width, bits, tiles);
    }
}

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

    /// <summary>Undoes the step for the next row, in place where the width stays; rows come from the top.</summary>
    /// <returns>The row, good until the next.</returns>
    public abstract Span<uint> Invert(Span<uint> row);

    /// <summary>Reads the parameters.</summary>
    public static Transform Read(TransformType type, ref BitReader reader, int width, int height, DecodingWatch watch)
    {
        switch (type)
        {
            case TransformType.SubtractGreen: return new SubtractGreenTransform(width);
            case TransformType.ColourIndexing: return ColourIndexingTransform.Read(ref reader, width, watch);
        }
        int bits = 2 + reader.Read(3);
        uint[] tiles = EntropyImage.ReadSmall(ref reader, EntropyImage.Tiles(width, bits), EntropyImage.Tiles(height, bits), watch);
        return type == TransformType.Predictor ? new PredictorTransform(width, bits, tiles) : new CrossColourTransform(width, bits, tiles);
    }
}

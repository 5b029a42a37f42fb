namespace EmotionMLNet.Imaging.WebP.Lossless;

/// <summary>Pixels are stored as differences from a prediction out of their neighbours; the predictor changes by tile.</summary>
/// <param name="width">Columns.</param>
/// <param name="bits">Binary logarithm of the tile side.</param>
/// <param name="tiles">Number of the predictor a tile, in bits 8 to 11.</param>
internal sealed class PredictorTransform(int width, int bits, uint[] tiles) : Transform
{
    private const uint Black = 0xFF000000, PredictorBits = 0xF00;

    private readonly uint[] above = new uint[width + 1];
    private int y;

    public override int CodedWidth => width;

    public override Span<uint> Invert(Span<uint> row)
    {
        // The first row and column have fixed predictors: black for the corner, left along the top, top along the left.
        if (y == 0)
        {
            row[0] = PixelArithmetic.Add(row[0], Black);
            for (int x = 1; x < width; x++) row[x] = PixelArithmetic.Add(row[x], row[x - 1]);
        }
        else
        {
            int tilesAcross = EntropyImage.Tiles(width, bits);
            ReadOnlySpan<uint> predictors = tiles.AsSpan((y >> bits) * tilesAcross, tilesAcross);
            row[0] = PixelArithmetic.Add(row[0], above[0]);
            above[width] = row[0]; // past its right end, the row above goes on with this one
            for (int x = 1; x < width;)
            {
                int tile = x >> bits, end;
                uint predictor = predictors[tile] & PredictorBits;
                // Neighbours mostly have the same.
                do end = ++tile << bits;
                while (end < width && (predictors[tile] & PredictorBits) == predictor);
                end = Math.Min(end, width);
                InvertRun(row.Slice(x - 1, end - x + 1), above.AsSpan(x - 1, end - x + 2), predictor >> 8);
                x = end;
            }
        }
        // Later steps may change the row.
        row.CopyTo(above);
        y++;
        return row;
    }

    /// <param name="row">The left neighbour, then the pixels.</param>
    /// <param name="above">The row above, one pixel more on each side.</param>
    /// <param name="predictor">Its number.</param>
    private static void InvertRun(Span<uint> row, ReadOnlySpan<uint> above, uint predictor)
    {
        switch (predictor)
        {
            case 1: Run<Predictors.Left>(row, above); break;
            case 2: Run<Predictors.Top>(row, above); break;
            case 3: Run<Predictors.TopRight>(row, above); break;
            case 4: Run<Predictors.TopLeft>(row, above); break;
            case 5: Run<Predictors.LeftTopRightTop>(row, above); break;
            case 6: Run<Predictors.LeftTopLeft>(row, above); break;
            case 7: Run<Predictors.LeftTop>(row, above); break;
            case 8: Run<Predictors.TopLeftTop>(row, above); break;
            case 9: Run<Predictors.TopTopRight>(row, above); break;
            case 10: Run<Predictors.AllFour>(row, above); break;
            case 11: Run<Predictors.Select>(row, above); break;
            case 12: Run<Predictors.ClampedGradient>(row, above); break;
            case 13: Run<Predictors.ClampedHalfGradient>(row, above); break;
            // 14 and 15 are not assigned; libwebp takes them as 0.
            default: Run<Predictors.OpaqueBlack>(row, above); break;
        }
    }

    private static void Run<TPredictor>(Span<uint> row, ReadOnlySpan<uint> above)
        where TPredictor : struct, IPredictor
    {
        uint left = row[0];
        for (int i = 1; i < row.Length && i + 1 < above.Length; i++)
            row[i] = left = PixelArithmetic.Add(row[i], TPredictor.Predict(left, above[i - 1], above[i], above[i + 1]));
    }
}

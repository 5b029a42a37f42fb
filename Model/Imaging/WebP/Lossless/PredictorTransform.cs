namespace EmotionMLNet.Imaging.WebP.Lossless;

/// <summary>Pixels are stored as differences from a prediction out of their neighbours; the predictor changes by tile.</summary>
/// <param name="width">Columns.</param>
/// <param name="bits">Binary logarithm of the tile side.</param>
/// <param name="tiles">Number of the predictor a tile, in bits 8 to 11.</param>
internal sealed class PredictorTransform(int width, int bits, uint[] tiles) : Transform
{
    private const uint Black = 0xFF000000;

    public override int CodedWidth => width;

    public override uint[] Invert(uint[] pixels)
    {
        // The first row and column have fixed predictors: black for the corner, left along the top, top along the left.
        pixels[0] = PixelArithmetic.Add(pixels[0], Black);
        for (int x = 1; x < width; x++) pixels[x] = PixelArithmetic.Add(pixels[x], pixels[x - 1]);
        int tilesAcross = EntropyImage.Tiles(width, bits);
        for (int start = width, y = 1; start < pixels.Length; start += width, y++)
        {
            pixels[start] = PixelArithmetic.Add(pixels[start], pixels[start - width]);
            ReadOnlySpan<uint> predictors = tiles.AsSpan((y >> bits) * tilesAcross, tilesAcross);
            for (int x = 1; x < width;)
            {
                int end = Math.Min(((x >> bits) + 1) << bits, width);
                InvertRun(pixels, start + x, end - x, (predictors[x >> bits] >> 8) & 0xF);
                x = end;
            }
        }
        return pixels;
    }

    private void InvertRun(uint[] pixels, int start, int count, uint predictor)
    {
        // Left neighbour first; the row above has one pixel more on each side. Past its right end it is this row's first pixel.
        Span<uint> row = pixels.AsSpan(start - 1, count + 1);
        ReadOnlySpan<uint> above = pixels.AsSpan(start - width - 1, count + 2);
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

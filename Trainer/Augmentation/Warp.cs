namespace EmotionMLNet.Trainer.Augmentation;

/// <summary>
/// An affine map from places of the output to places of the source, both in pixels with centres at integers: one resampling
/// does flip, rotation, shift and scale together.
/// </summary>
/// <remarks>Bilinear; a place outside the source takes the nearest edge pixel (replication).</remarks>
internal readonly struct Warp
{
    // source x = xx·x + xy·y + x0, source y = yx·x + yy·y + y0
    private readonly float xx, xy, x0, yx, yy, y0;

    /// <param name="width">Columns of image and output.</param>
    /// <param name="height">Rows of image and output.</param>
    /// <param name="flip">Mirror left and right first.</param>
    /// <param name="degrees">Then turn clockwise about the centre.</param>
    /// <param name="scale">Then enlarge by this about the centre.</param>
    /// <param name="dx">Then move right, in pixels.</param>
    /// <param name="dy">Then move down, in pixels.</param>
    public Warp(int width, int height, bool flip, float degrees, float scale, float dx, float dy)
    {
        float centreX = (width - 1) * 0.5f, centreY = (height - 1) * 0.5f, radians = degrees * (MathF.PI / 180);
        float cos = MathF.Cos(radians) / scale, sin = MathF.Sin(radians) / scale, mirror = flip ? -1 : 1;
        (xx, xy, yx, yy) = (mirror * cos, mirror * sin, -sin, cos);
        x0 = centreX - xx * (centreX + dx) - xy * (centreY + dy);
        y0 = centreY - yx * (centreX + dx) - yy * (centreY + dy);
    }

    /// <summary>Resamples interleaved bytes to floats of 0 to 255.</summary>
    /// <param name="pixels">[height, width, channels].</param>
    /// <param name="output">Receives [height, width, channels].</param>
    public void Apply(ReadOnlySpan<byte> pixels, Span<float> output, int width, int height, int channels)
    {
        // The last column whose right neighbour exists; at the far edge the fraction becomes 1, so no index needs a clamp of its own.
        int lastX = Math.Max(width - 2, 0), lastY = Math.Max(height - 2, 0);
        int right = width > 1 ? channels : 0, below = height > 1 ? width * channels : 0;
        float maxX = width - 1, maxY = height - 1;
        int at = 0;
        for (int y = 0; y < height; y++)
        {
            float rowX = xy * y + x0, rowY = yy * y + y0;
            for (int x = 0; x < width; x++)
            {
                float sx = Math.Clamp(xx * x + rowX, 0, maxX), sy = Math.Clamp(yx * x + rowY, 0, maxY);
                int ix = Math.Min((int)sx, lastX), iy = Math.Min((int)sy, lastY);
                float fx = sx - ix, fy = sy - iy;
                int corner = (iy * width + ix) * channels;
                for (int c = 0; c < channels; c++, corner++)
                {
                    float a = pixels[corner], b = pixels[corner + right], d = pixels[corner + below], e = pixels[corner + below + right];
                    float top = a + (b - a) * fx, bottom = d + (e - d) * fx;
                    output[at++] = top + (bottom - top) * fy;
                }
            }
        }
    }
}

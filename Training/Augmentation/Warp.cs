namespace EmotionMLNet.Training.Augmentation;

/// <summary>
/// An affine map from places of the output to places of the source, both in pixels with centres at integers: one resampling
/// does flip, rotation, shift, scale and stretch together.
/// </summary>
/// <remarks>Bilinear; a place outside the source takes the nearest edge pixel (replication).</remarks>
internal readonly struct Warp
{
    // source x = xx·x + xy·y + x0, source y = yx·x + yy·y + y0
    private readonly float xx, xy, x0, yx, yy, y0;

    /// <param name="width">Columns of the image.</param>
    /// <param name="height">Rows of the image.</param>
    /// <param name="flip">Mirror left and right first.</param>
    /// <param name="stretch">Then widen by this and flatten by as much, about the centre.</param>
    /// <param name="degrees">Then turn clockwise about the centre.</param>
    /// <param name="scale">Then enlarge by this about the centre.</param>
    /// <param name="dx">Then move right, in pixels.</param>
    /// <param name="dy">Then move down, in pixels.</param>
    public Warp(int width, int height, bool flip, float degrees, float scale, float dx, float dy, float stretch = 1)
    {
        float centreX = (width - 1) * 0.5f, centreY = (height - 1) * 0.5f, radians = degrees * (MathF.PI / 180);
        float cos = MathF.Cos(radians) / scale, sin = MathF.Sin(radians) / scale, mirror = flip ? -1 : 1;
        xx = mirror * cos / stretch;
        xy = mirror * sin / stretch;
        yx = -sin * stretch;
        yy = cos * stretch;
        x0 = centreX - xx * (centreX + dx) - xy * (centreY + dy);
        y0 = centreY - yx * (centreX + dx) - yy * (centreY + dy);
    }

    /// <summary>Resamples interleaved bytes to floats of 0 to 255: a window of the warped picture.</summary>
    /// <remarks>Places are kept in 1/65536 and weights in 1/256 of a pixel: integers are the faster half of a core here.</remarks>
    /// <param name="pixels">[height, width, channels].</param>
    /// <param name="width">Columns of the image.</param>
    /// <param name="height">Rows of the image.</param>
    /// <param name="channels">Samples a pixel.</param>
    /// <param name="output">Receives [rows, columns, channels].</param>
    /// <param name="left">First column of the window.</param>
    /// <param name="top">First row of the window.</param>
    /// <param name="columns">Columns of the window.</param>
    /// <param name="rows">Rows of the window.</param>
    public void Apply(
        ReadOnlySpan<byte> pixels,
        int width,
        int height,
        int channels,
        Span<float> output,
        int left,
        int top,
        int columns,
        int rows
    )
    {
        // The last column whose right neighbour exists; at the far edge the weight becomes whole, so that no index needs a clamp of its
        // own.
        int lastX = Math.Max(width - 2, 0), lastY = Math.Max(height - 2, 0);
        int right = width > 1 ? channels : 0, below = height > 1 ? width * channels : 0;
        long stepX = Fixed(xx), stepY = Fixed(yx);
        int at = 0;
        for (int y = top; y < top + rows; y++)
        {
            long sx = Fixed(xx * left + xy * y + x0), sy = Fixed(yx * left + yy * y + y0);
            for (int x = 0; x < columns; x++, sx += stepX, sy += stepY)
            {
                int ix = (int)(sx >> 16), iy = (int)(sy >> 16), fx = (int)(sx >> 8) & 255, fy = (int)(sy >> 8) & 255;
                if ((uint)ix > (uint)lastX) (ix, fx) = ix < 0 ? (0, 0) : (lastX, 256);
                if ((uint)iy > (uint)lastY) (iy, fy) = iy < 0 ? (0, 0) : (lastY, 256);
                int corner = (iy * width + ix) * channels;
                ReadOnlySpan<byte> upper = pixels.Slice(corner, right + channels), lower = pixels.Slice(corner + below, right + channels);
                if (channels == 1)
                    output[at++] = Blend(upper[0], upper[right], lower[0], lower[right], fx, fy);
                else
                    for (int c = 0; c < channels; c++)
                        output[at++] = Blend(upper[c], upper[c + right], lower[c], lower[c + right], fx, fy);
            }
        }
    }

    private static float Blend(int a, int b, int c, int d, int fx, int fy)
    {
        int top = (a << 8) + (b - a) * fx, bottom = (c << 8) + (d - c) * fx;
        return ((top << 8) + (bottom - top) * fy) * (1f / 65536);
    }

    private static long Fixed(float v) => (long)MathF.Round(v * 65536);
}

namespace EmotionMLNet.Training.Faces;

/// <summary>Which part of a picture a crop shows, how large, turned and mirrored.</summary>
internal readonly struct CropPlace
{
    private readonly float scale, x, y, toX, toY, stretch, mirror, cos, sin;

    /// <param name="picture">Index of the picture.</param>
    /// <param name="scale">Pixels of the crop a pixel of the picture.</param>
    /// <param name="x">A column of the picture.</param>
    /// <param name="y">A row of the picture.</param>
    /// <param name="toX">The column of the crop that it comes to lie in.</param>
    /// <param name="toY">Its row.</param>
    /// <param name="flip">Whether left and right are exchanged first.</param>
    /// <param name="degrees">Then turned clockwise by this about that place.</param>
    /// <param name="stretch">Widened by this and flattened by as much, before it is turned.</param>
    public CropPlace(int picture, float scale, float x, float y, float toX, float toY, bool flip, float degrees, float stretch)
    {
        Picture = picture;
        this.scale = scale;
        this.x = x;
        this.y = y;
        this.toX = toX;
        this.toY = toY;
        this.stretch = stretch;
        mirror = flip ? -1 : 1;
        cos = MathF.Cos(degrees * (MathF.PI / 180));
        sin = MathF.Sin(degrees * (MathF.PI / 180));
    }

    /// <summary>Index of the picture.</summary>
    public int Picture { get; }

    /// <summary>
    /// The box around the ellipse that fills a box of the picture, in the crop: a turned face is round, its box does not grow like a turned
    /// rectangle.
    /// </summary>
    public FaceBox Map(FaceBox box)
    {
        float dx = (box.CentreX - x) * mirror * stretch, dy = (box.CentreY - y) / stretch;
        float centreX = toX + scale * (cos * dx - sin * dy), centreY = toY + scale * (sin * dx + cos * dy);
        float a = box.Width * 0.5f * stretch, b = box.Height * 0.5f / stretch;
        float halfWidth = scale * MathF.Sqrt(a * a * cos * cos + b * b * sin * sin);
        float halfHeight = scale * MathF.Sqrt(a * a * sin * sin + b * b * cos * cos);
        return new FaceBox(centreX - halfWidth, centreY - halfHeight, 2 * halfWidth, 2 * halfHeight);
    }

    /// <summary>Resamples bilinearly.</summary>
    /// <param name="picture">The picture at its sizes.</param>
    /// <param name="levels">[256], what a grey level becomes.</param>
    /// <param name="crop">Receives [side, side]; 0 outside the picture.</param>
    /// <param name="side">Rows and columns.</param>
    public void Resample(FacePicture picture, ReadOnlySpan<float> levels, Span<float> crop, int side)
    {
        int half = Math.Clamp((int)MathF.Round(-MathF.Log2(scale)), 0, picture.Levels.Count - 1);
        (int width, int height, byte[] samples) = picture.Levels[half];
        float part = 1f / (1 << half), step = part / scale;
        // From the crop's places, centres at halves, to the level's.
        float xx = mirror / stretch * cos * step, xy = mirror / stretch * sin * step, yx = -stretch * sin * step, yy = stretch * cos * step;
        float x0 = x * part - xx * toX - xy * toY, y0 = y * part - yx * toX - yy * toY;
        long stepX = Fixed(xx), stepY = Fixed(yx);
        for (int row = 0, at = 0; row < side; row++)
        {
            long sx = Fixed(xx * 0.5f + xy * (row + 0.5f) + x0 - 0.5f), sy = Fixed(yx * 0.5f + yy * (row + 0.5f) + y0 - 0.5f);
            for (int column = 0; column < side; column++, at++, sx += stepX, sy += stepY)
            {
                int ix = (int)(sx >> 16), iy = (int)(sy >> 16);
                if ((uint)ix >= (uint)(width - 1) || (uint)iy >= (uint)(height - 1))
                {
                    crop[at] = 0;
                    continue;
                }
                float fx = (sx & 65535) * (1f / 65536), fy = (sy & 65535) * (1f / 65536);
                int corner = iy * width + ix;
                float upper = levels[samples[corner]], lower = levels[samples[corner + width]];
                upper += (levels[samples[corner + 1]] - upper) * fx;
                lower += (levels[samples[corner + width + 1]] - lower) * fx;
                crop[at] = upper + (lower - upper) * fy;
            }
        }
    }

    private static long Fixed(float v) => (long)MathF.Round(v * 65536);
}

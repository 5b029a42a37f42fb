namespace EmotionMLNet.Training.DrawnFaces;

/// <summary>A square of grey levels (0 black to 1 white) on which figures are laid with soft, antialiased edges.</summary>
internal sealed class Canvas
{
    private readonly float[] levels;
    private readonly float cos, sin, unit, centreX, centreY;

    /// <param name="size">Pixels a side.</param>
    /// <param name="degrees">Turns the face clockwise.</param>
    /// <param name="scale">Half the face's height as a fraction of half the side.</param>
    /// <param name="shiftX">Moves the face to the right, as a fraction of half the side.</param>
    /// <param name="shiftY">Moves the face down.</param>
    public Canvas(int size, float degrees, float scale, float shiftX, float shiftY)
    {
        Size = size;
        levels = new float[size * size];
        float radians = degrees * (MathF.PI / 180);
        cos = MathF.Cos(radians);
        sin = MathF.Sin(radians);
        unit = 2 / (size * scale);
        centreX = (size - 1) * 0.5f + shiftX * size * 0.5f;
        centreY = (size - 1) * 0.5f + shiftY * size * 0.5f;
    }

    public int Size { get; }

    /// <summary>[Size, Size] grey levels.</summary>
    public Span<float> Levels => levels;

    /// <summary>Lays a figure over what is there.</summary>
    /// <param name="shape">The shape, in face units.</param>
    /// <param name="level">Its grey level.</param>
    /// <param name="opacity">1 covers.</param>
    /// <param name="softness">Width of its edge in face units; never sharper than a pixel.</param>
    public void Paint<T>(T shape, float level, float opacity = 1, float softness = 0) where T : struct, IShape
    {
        float edge = 1 / MathF.Max(unit, softness);
        for (int y = 0, i = 0; y < Size; y++)
        {
            for (int x = 0; x < Size; x++, i++)
            {
                (float faceX, float faceY) = ToFace(x, y);
                float coverage = Math.Clamp(0.5f - shape.Distance(faceX, faceY) * edge, 0, 1) * opacity;
                levels[i] += (level - levels[i]) * coverage;
            }
        }
    }

    /// <summary>Multiplies by 1 + slope along a direction of the picture.</summary>
    public void Light(float degrees, float slope)
    {
        float dx = MathF.Cos(degrees * (MathF.PI / 180)) * slope / Size,
            dy = MathF.Sin(degrees * (MathF.PI / 180)) * slope / Size,
            middle = (Size - 1) * 0.5f;
        for (int y = 0, i = 0; y < Size; y++)
            for (int x = 0; x < Size; x++, i++)
                levels[i] *= 1 + (x - middle) * dx + (y - middle) * dy;
    }

    /// <summary>Mixes each pixel with its four neighbours; 0 leaves it, 0.2 is the mean of the five.</summary>
    public void Blur(float weight)
    {
        float[] source = [.. levels];
        for (int y = 0, i = 0; y < Size; y++)
        {
            for (int x = 0; x < Size; x++, i++)
            {
                float sum =
                    source[i - (x > 0 ? 1 : 0)]
                    + source[i + (x < Size - 1 ? 1 : 0)]
                    + source[i - (y > 0 ? Size : 0)]
                    + source[i + (y < Size - 1 ? Size : 0)];
                levels[i] = source[i] * (1 - 4 * weight) + sum * weight;
            }
        }
    }

    /// <summary>Rounds to bytes after the given curve: (level - 0.5)·contrast + 0.5 + brightness + noise.</summary>
    public byte[] Develop(float contrast, float brightness, Func<float> noise)
    {
        byte[] pixels = new byte[levels.Length];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)Math.Clamp(MathF.Round(255 * ((levels[i] - 0.5f) * contrast + 0.5f + brightness + noise())), 0, 255);
        return pixels;
    }

    private (float X, float Y) ToFace(int x, int y)
    {
        float dx = (x - centreX) * unit, dy = (y - centreY) * unit;
        return (cos * dx + sin * dy, cos * dy - sin * dx);
    }
}

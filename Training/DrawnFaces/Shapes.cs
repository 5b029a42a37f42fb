namespace EmotionMLNet.Training.DrawnFaces;

/// <summary>
/// A figure in face units (half the height of a face is 1; x to the right, y down) by its signed distance, negative inside.
/// </summary>
internal interface IShape
{
    float Distance(float x, float y);
}

/// <summary>An ellipse; exact at the outline and along the axes, close enough between.</summary>
internal readonly struct Ellipse(float centreX, float centreY, float radiusX, float radiusY) : IShape
{
    public float Distance(float x, float y)
    {
        float u = (x - centreX) / radiusX, v = (y - centreY) / radiusY;
        return (MathF.Sqrt(u * u + v * v) - 1) * MathF.Min(radiusX, radiusY);
    }
}

/// <summary>A head: an ellipse whose lower half narrows to the chin.</summary>
/// <param name="width">Half the width at the cheekbones.</param>
/// <param name="jaw">0 pointed to 1 square.</param>
internal readonly struct Head(float width, float jaw) : IShape
{
    public float Distance(float x, float y)
    {
        float power = y > 0 ? 2 + 1.2f * jaw : 2, u = MathF.Abs(x) / width, v = MathF.Abs(y);
        return (MathF.Pow(MathF.Pow(u, power) + MathF.Pow(v, power), 1 / power) - 1) * width;
    }
}

/// <summary>What lies between two parabolas over the same chord: an eye, an open mouth, a lip.</summary>
/// <param name="centreX">Middle of the chord.</param>
/// <param name="centreY">Height of the chord's middle.</param>
/// <param name="halfWidth">Half the chord.</param>
/// <param name="rise">How far the upper parabola rises above the chord in its middle.</param>
/// <param name="fall">How far the lower one hangs below it.</param>
/// <param name="bend">How far the corners stand above the middle of the chord (a smile).</param>
/// <param name="slant">Slope of the chord.</param>
internal readonly struct Lens(float centreX, float centreY, float halfWidth, float rise, float fall, float bend, float slant = 0) : IShape
{
    public float Distance(float x, float y)
    {
        float dx = x - centreX, u2 = dx * dx / (halfWidth * halfWidth), chord = centreY + slant * dx - bend * u2;
        float vertical = MathF.Max(chord - rise * (1 - u2) - y, y - chord - fall * (1 - u2));
        return MathF.Max(vertical, MathF.Abs(dx) - halfWidth);
    }
}

/// <summary>A brush line along a quadratic Bézier curve that tapers towards its ends.</summary>
internal readonly struct Stroke(float x0, float y0, float x1, float y1, float x2, float y2, float thickness, float taper = 0.5f) : IShape
{
    private const int Pieces = 8;

    public float Distance(float x, float y)
    {
        float least = float.MaxValue, fromX = x0, fromY = y0;
        for (int i = 1; i <= Pieces; i++)
        {
            float t = i / (float)Pieces, s = 1 - t;
            float toX = s * s * x0 + 2 * s * t * x1 + t * t * x2, toY = s * s * y0 + 2 * s * t * y1 + t * t * y2;
            float dx = toX - fromX, dy = toY - fromY, px = x - fromX, py = y - fromY;
            float along = Math.Clamp((px * dx + py * dy) / (dx * dx + dy * dy + 1e-9f), 0, 1);
            float ex = px - along * dx, ey = py - along * dy, place = 2 * (i - 1 + along) / Pieces - 1;
            least = MathF.Min(least, MathF.Sqrt(ex * ex + ey * ey) - thickness * (1 - taper * place * place));
            (fromX, fromY) = (toX, toY);
        }
        return least;
    }
}

/// <summary>The line of a figure.</summary>
internal readonly struct Outline<T>(T shape, float thickness) : IShape where T : struct, IShape
{
    public float Distance(float x, float y) => MathF.Abs(shape.Distance(x, y)) - thickness;
}

/// <summary>What two figures share.</summary>
internal readonly struct Both<TA, TB>(TA a, TB b) : IShape where TA : struct, IShape where TB : struct, IShape
{
    public float Distance(float x, float y) => MathF.Max(a.Distance(x, y), b.Distance(x, y));
}

/// <summary>The part of a figure above (y less than) a height.</summary>
internal readonly struct Above<T>(T shape, float height) : IShape where T : struct, IShape
{
    public float Distance(float x, float y) => MathF.Max(shape.Distance(x, y), y - height);
}

/// <summary>The part of a figure below a height.</summary>
internal readonly struct Below<T>(T shape, float height) : IShape where T : struct, IShape
{
    public float Distance(float x, float y) => MathF.Max(shape.Distance(x, y), height - y);
}

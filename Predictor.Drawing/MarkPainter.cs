using SkiaSharp;

namespace EmotionMLNet.Predictor.Drawing;

/// <summary>
/// Boxes and their texts on a picture of any size. A box has a dark line around its coloured one, and a text stands on a filled tag: both
/// are seen on any background.
/// </summary>
internal static class MarkPainter
{
    // Shares of the picture's long side.
    private const float LineShare = 0.004f, TextShare = 0.026f, SmallestTextShare = 0.015f;

    // Pixels: below, letters can't be read.
    private const float SmallestText = 9;

    // Of a face's height, so that tags and lines do not hide the faces of a crowd.
    private const float FaceShare = 0.3f, LineOfFace = 0.06f;

    private const int MostCharacters = 40;

    private static readonly SKColor Shadow = new(0, 0, 0, 210);

    /// <summary>Okabe and Ito's colours, which people with colour blindness tell apart, in an order of strong contrasts.</summary>
    private static readonly IReadOnlyList<SKColor> Colours =
    [
        new(0xE6, 0x9F, 0x00),
        new(0x56, 0xB4, 0xE9),
        new(0x00, 0x9E, 0x73),
        new(0xF0, 0xE4, 0x42),
        new(0xCC, 0x79, 0xA7),
        new(0xD5, 0x5E, 0x00),
        new(0x00, 0x72, 0xB2),
    ];

    private static readonly SKColor Neutral = new(0xDD, 0xDD, 0xDD);

    /// <param name="canvas">Of the picture.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="marks">In pixels of the picture.</param>
    /// <param name="withText">Whether texts are written.</param>
    public static void Paint(SKCanvas canvas, int width, int height, IReadOnlyList<PictureMark> marks, bool withText)
    {
        float side = Math.Max(width, height), line = Math.Max(2, side * LineShare);
        foreach (PictureMark mark in marks)
            if (mark.Box is { } box)
                Outline(
                    canvas,
                    new SKRect(box.X, box.Y, box.X + box.Width, box.Y + box.Height),
                    Math.Clamp(box.Height * LineOfFace, 1, line),
                    ColourOf(mark)
                );
        if (!withText) return;
        List<SKRect> placed = [];
        foreach (PictureMark mark in marks)
        {
            float text = side * TextShare;
            if (mark.Box is { } box) text = Math.Clamp(box.Height * FaceShare, side * SmallestTextShare, text);
            Tag(canvas, width, height, mark, Math.Max(SmallestText, text), line, placed);
        }
    }

    /// <summary>Where a tag of a size goes: above its box, else below, else inside; over as little of other tags as can be.</summary>
    public static SKRect Place(FaceBox? box, SKSize tag, int width, int height, float line, IReadOnlyList<SKRect> others)
    {
        if (box is not { } b) return Inside(line, line);
        (float X, float Y)[] places =
        [
            (b.X - line / 2, b.Y - line / 2 - tag.Height),
            (b.X - line / 2, b.Y + b.Height + line / 2),
            (b.X + b.Width + line / 2 - tag.Width, b.Y - line / 2 - tag.Height),
            (b.X + b.Width + line / 2 - tag.Width, b.Y + b.Height + line / 2),
            (b.X, b.Y),
        ];
        // Places are tried in order: the first that is free of others and not pushed into the picture is as good as any.
        return places
            .Select(p => (Rectangle: Inside(p.X, p.Y), Wanted: p))
            .MinBy(p => others.Sum(o => Covered(o, p.Rectangle)) + Math.Abs(p.Rectangle.Top - p.Wanted.Y) * tag.Width)
            .Rectangle;

        SKRect Inside(float x, float y)
        {
            (float left, float top) = (Math.Min(x, width - tag.Width), Math.Min(y, height - tag.Height));
            return SKRect.Create(Math.Max(0, left), Math.Max(0, top), tag.Width, tag.Height);
        }
    }

    private static void Tag(SKCanvas canvas, int width, int height, PictureMark mark, float size, float line, List<SKRect> placed)
    {
        (string Text, SKTypeface Font)[] runs = [.. MarkFont.Runs(Shorten(mark.Text))];
        using var paint = new SKPaint { IsAntialias = true, TextSize = size, SubpixelText = true };
        float length = Measure();
        float padding = size * 0.3f;
        // A small picture gets smaller letters rather than half a word.
        float room = width - 2 * padding;
        if (length > room && room > 0)
        {
            size = Math.Max(5, size * room / length);
            paint.TextSize = size;
            length = Measure();
            padding = size * 0.3f;
        }
        SKColor colour = ColourOf(mark);
        SKRect tag = Place(mark.Box, new SKSize(length + 2 * padding, size * 1.35f), width, height, line, placed);
        placed.Add(tag);
        using (var fill = new SKPaint { Color = colour, IsAntialias = true }) canvas.DrawRect(tag, fill);
        using (var edge = new SKPaint { Color = Shadow, IsStroke = true, StrokeWidth = Math.Max(1, line / 2), IsAntialias = true })
            canvas.DrawRect(tag, edge);
        paint.Color = IsLight(colour) ? SKColors.Black : SKColors.White;
        float x = tag.Left + padding;
        foreach ((string part, SKTypeface font) in runs)
        {
            paint.Typeface = font;
            canvas.DrawText(part, x, tag.Top + size, paint);
            x += paint.MeasureText(part);
        }

        float Measure()
        {
            float sum = 0;
            foreach ((string part, SKTypeface font) in runs)
            {
                paint.Typeface = font;
                sum += paint.MeasureText(part);
            }
            return sum;
        }
    }

    private static void Outline(SKCanvas canvas, SKRect box, float line, SKColor colour)
    {
        using var paint = new SKPaint { IsStroke = true, IsAntialias = true, Color = Shadow, StrokeWidth = line * 2 };
        canvas.DrawRect(box, paint);
        paint.Color = colour;
        paint.StrokeWidth = line;
        canvas.DrawRect(box, paint);
    }

    private static string Shorten(string text)
    {
        if (text.Length <= MostCharacters) return text;
        int end = MostCharacters - 1;
        return text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)] + "…";
    }

    private static SKColor ColourOf(PictureMark mark) => mark.Class < 0 ? Neutral : Colours[mark.Class % Colours.Count];

    // At this relative luminance (WCAG 2) black and white letters have the same contrast, 4.6 to 1.
    private static bool IsLight(SKColor c) => 0.2126f * Linear(c.Red) + 0.7152f * Linear(c.Green) + 0.0722f * Linear(c.Blue) > 0.179f;

    private static float Linear(byte value) => MathF.Pow(value / 255f, 2.2f);

    private static float Covered(SKRect a, SKRect b)
    {
        float width = Math.Min(a.Right, b.Right) - Math.Max(a.Left, b.Left), height = Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Top, b.Top);
        return width > 0 && height > 0 ? width * height : 0;
    }
}

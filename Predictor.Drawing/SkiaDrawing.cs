using System.Runtime.InteropServices;
using EmotionMLNet.Imaging;
using SkiaSharp;

namespace EmotionMLNet.Predictor.Drawing;

/// <summary>Draws with Skia. Pictures come decoded from Model, so no bytes of strangers reach native code.</summary>
internal sealed class SkiaDrawing : IPictureDrawing
{
    private const int JpegQuality = 92;

    // Below the last one faces are no more to be recognised.
    private static readonly IReadOnlyList<int> SmallQualities = [80, 65, 50, 35];

    // Fast: the default takes a second for twelve megapixels and saves a few percent.
    private static readonly SKPngEncoderOptions Png = new(SKPngEncoderFilterFlags.Sub | SKPngEncoderFilterFlags.Up, 4);

    /// <inheritdoc/>
    public string? Problem
    {
        get
        {
            try
            {
                using var bitmap = new SKBitmap(1, 1);
                return MarkFont.Problem;
            }
            catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or EntryPointNotFoundException
                or InvalidOperationException)
            {
                return $"pictures can't be drawn on this machine: SkiaSharp's native library can't be used ({Innermost(e).Message})";
            }
        }
    }

    /// <inheritdoc/>
    public byte[] Draw(Image picture, IReadOnlyList<PictureMark> marks, bool isJpeg)
    {
        using SKBitmap bitmap = ToBitmap(picture);
        if (marks.Count > 0)
        {
            using var canvas = new SKCanvas(bitmap);
            MarkPainter.Paint(canvas, bitmap.Width, bitmap.Height, marks, withText: true);
        }
        return isJpeg ? ToJpeg(bitmap, JpegQuality) : ToPng(bitmap);
    }

    /// <inheritdoc/>
    public SmallPicture DrawSmall(Image picture, IReadOnlyList<PictureMark> marks, int longSide, int mostBytes)
    {
        float scale = Math.Min(1, (float)longSide / Math.Max(picture.Width, picture.Height));
        int width = Math.Max(1, (int)MathF.Round(picture.Width * scale)), height = Math.Max(1, (int)MathF.Round(picture.Height * scale));
        using SKBitmap whole = ToBitmap(picture);
        using var small = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        if (scale < 1) whole.ScalePixels(small, SKFilterQuality.Medium); // by mipmaps, so every pixel counts
        else whole.CopyTo(small, SKColorType.Rgba8888);
        using (var canvas = new SKCanvas(small))
        {
            PictureMark[] boxes = [.. marks.Where(m => m.Box is not null).Select(m => m with { Box = Scale(m.Box!.Value, scale) })];
            MarkPainter.Paint(canvas, width, height, boxes, withText: false);
        }
        byte[] jpeg = [];
        foreach (int quality in SmallQualities)
        {
            jpeg = ToJpeg(small, quality);
            if (jpeg.Length <= mostBytes) break;
        }
        return new SmallPicture(jpeg, width, height);
    }

    private static FaceBox Scale(FaceBox box, float by) => new(box.X * by, box.Y * by, box.Width * by, box.Height * by);

    private static SKBitmap ToBitmap(Image picture)
    {
        var bitmap = new SKBitmap(new SKImageInfo(picture.Width, picture.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        int channels = picture.Channels, green = channels > 1 ? 1 : 0, blue = channels > 1 ? 2 : 0;
        byte[] row = new byte[picture.Width * 4];
        for (int y = 0, p = 0; y < picture.Height; y++)
        {
            for (int i = 0; i < row.Length; i += 4, p += channels)
            {
                row[i] = picture.Pixels[p];
                row[i + 1] = picture.Pixels[p + green];
                row[i + 2] = picture.Pixels[p + blue];
                row[i + 3] = byte.MaxValue;
            }
            Marshal.Copy(row, 0, bitmap.GetPixels() + (nint)y * bitmap.RowBytes, row.Length);
        }
        return bitmap;
    }

    private static byte[] ToJpeg(SKBitmap bitmap, int quality)
    {
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, quality);
        return data.ToArray();
    }

    private static byte[] ToPng(SKBitmap bitmap)
    {
        using SKPixmap pixels = bitmap.PeekPixels();
        using SKData data = pixels.Encode(Png);
        return data.ToArray();
    }

    private static Exception Innermost(Exception e)
    {
        while (e.InnerException is { } inner) e = inner;
        return e;
    }
}

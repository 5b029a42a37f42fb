using EmotionMLNet.Imaging;
using EmotionMLNet.Predictor;
using EmotionMLNet.Predictor.Drawing;
using EmotionMLNet.Tests.Support;
using SkiaSharp;

namespace EmotionMLNet.Tests.Predictor;

/// <summary>What SkiaSharp draws, looked at as pixels by our own decoders.</summary>
public sealed class DrawingTests
{
    private static readonly SkiaDrawing Drawing = new();

    [Theory]
    [InlineData("happy 93 %")]
    [InlineData("глупый 5 %")]
    [InlineData("έκπληξη")]
    [InlineData("glücklich – œuvre")]
    public void The_font_of_this_program_has_the_letters_so_a_machine_needs_none(string text)
    {
        Assert.Null(Drawing.Problem);
        (string run, SKTypeface font) = Assert.Single(MarkFont.Runs(text));
        Assert.Equal(text, run);
        Assert.Equal("DejaVu Sans", font.FamilyName);
        Assert.True(font.ContainsGlyphs(text));
    }

    [Fact]
    public void Letters_of_a_script_that_no_font_has_are_drawn_all_the_same()
        => Assert.NotEmpty(Drawing.Draw(Grey(200, 100, 128), [new PictureMark(null, "悲しい 93 %", 1)], isJpeg: false));

    [Theory]
    [InlineData(0, 640)]
    [InlineData(128, 640)]
    [InlineData(255, 640)]
    [InlineData(255, 3000)]
    [InlineData(0, 160)]
    public void Box_and_text_are_seen_on_any_background_at_any_size(byte level, int width)
    {
        int height = width * 3 / 4;
        var box = new FaceBox(width * 0.3f, height * 0.3f, width * 0.25f, height * 0.4f);
        for (int label = 0; label < 8; label++)
        {
            PictureMark[] marks = [new(box, "happy 93 %", label)];
            Image drawn = ImageReader.Read(Drawing.Draw(Grey(width, height, level), marks, isJpeg: false));
            Assert.Equal((width, height), (drawn.Width, drawn.Height));
            // The tag stands on the box: its row of pixels through the middle of the letters has ink and paper.
            int y = (int)(box.Y - width * 0.004f - width * 0.026f * 0.7f);
            double[] row = [.. Enumerable.Range((int)box.X, (int)(width * 0.12f)).Select(x => Luminance(drawn, x, y))];
            double wanted = width < 200 ? 3.5 : 4.5; // in so small a picture, letters are thinner than a pixel
            Assert.True((row.Max() + 0.05) / (row.Min() + 0.05) >= wanted, $"class {label} on {level}: {row.Min()} and {row.Max()}");
            // The side of the box has the colour and the dark line beside it, of which one differs from the background.
            int from = (int)(box.X - 0.01f * width), middle = (int)box.CentreY;
            double[] side = [.. Enumerable.Range(from, (int)(0.02f * width) + 2).Select(x => Luminance(drawn, x, middle))];
            Assert.True((side.Max() + 0.05) / (side.Min() + 0.05) >= 3, $"class {label} on {level}: {side.Min()} and {side.Max()}");
        }
    }

    [Fact]
    public void The_format_is_as_asked_and_a_picture_without_marks_keeps_its_pixels()
    {
        byte[] pixels = new byte[31 * 17 * 3];
        new Random(1).NextBytes(pixels);
        var picture = new Image(31, 17, 3, pixels);
        byte[] png = Drawing.Draw(picture, [], isJpeg: false), jpeg = Drawing.Draw(picture, [], isJpeg: true);
        Assert.Equal(pixels, ImageReader.Read(png).Pixels);
        Assert.Equal<byte>([0xFF, 0xD8, 0xFF], jpeg[..3]);
        var grey = new Image(5, 4, 1, [.. Enumerable.Range(0, 20).Select(i => (byte)(i * 12))]);
        Image back = ImageReader.Read(Drawing.Draw(grey, [], isJpeg: false));
        Assert.Equal(grey.Pixels, back.Pixels.Where((_, i) => i % back.Channels == 0));
        Assert.Equal(pixels, picture.Pixels); // it is the caller's
    }

    [Fact]
    public void A_thumbnail_has_few_bytes_whatever_is_on_it_and_is_never_larger_than_the_picture()
    {
        byte[] noise = new byte[1000 * 700 * 3];
        new Random(2).NextBytes(noise);
        PictureMark[] marks = [new(new FaceBox(100, 100, 300, 400), "x", 0)];
        SmallPicture small = Drawing.DrawSmall(new Image(1000, 700, 3, noise), marks, 240, 10_000);
        Image read = ImageReader.Read(small.Jpeg);
        Assert.Equal((240, 168, 240, 168), (small.Width, small.Height, read.Width, read.Height));
        Assert.InRange(small.Jpeg.Length, 500, 12_000); // noise, the worst there is
        SmallPicture tiny = Drawing.DrawSmall(Grey(48, 48, 9), [], 240, 10_000);
        Assert.Equal((48, 48), (tiny.Width, tiny.Height));
        SmallPicture thin = Drawing.DrawSmall(Grey(3000, 1, 9), [], 240, 10_000);
        Assert.Equal((240, 1), (thin.Width, thin.Height));
    }

    [Fact]
    public void Tags_stay_in_the_picture_and_leave_one_another_alone_where_there_is_room()
    {
        var tag = new SKSize(60, 20);
        var random = new Random(3);
        for (int i = 0; i < 300; i++)
        {
            var box = new FaceBox(random.Next(-50, 400), random.Next(-50, 300), random.Next(1, 200), random.Next(1, 200));
            SKRect place = MarkPainter.Place(box, tag, 400, 300, 2, []);
            Assert.True(place is { Left: >= 0, Top: >= 0, Right: <= 400, Bottom: <= 300 }, $"{box}: {place}");
        }
        var face = new FaceBox(100, 100, 80, 100);
        SKRect above = MarkPainter.Place(face, tag, 400, 300, 2, []), other = MarkPainter.Place(face, tag, 400, 300, 2, [above]);
        Assert.True(above.Bottom <= 100);
        Assert.False(above.IntersectsWith(other));
    }

    [Fact]
    public void Marks_beyond_the_picture_and_empty_texts_do_no_harm()
    {
        PictureMark[] marks =
        [
            new(new FaceBox(-1e6f, -1e6f, 1, 1), "far", 0), new(new FaceBox(0, 0, 1e6f, 1e6f), "huge", 1), new(null, "", 2),
            new(null, string.Concat(Enumerable.Repeat("\U0001F600", 60)), -2),
        ];
        Image drawn = ImageReader.Read(Drawing.Draw(Grey(40, 30, 100), marks, isJpeg: false));
        Assert.Equal((40, 30), (drawn.Width, drawn.Height));
    }

    private static Image Grey(int width, int height, byte level)
    {
        byte[] pixels = new byte[width * height];
        pixels.AsSpan().Fill(level);
        return new Image(width, height, 1, pixels);
    }

    // WCAG 2's relative luminance.
    private static double Luminance(Image image, int x, int y)
    {
        int at = (y * image.Width + x) * image.Channels;
        double[] c = [.. Enumerable.Range(0, 3).Select(i => Linear(image.Pixels[at + (image.Channels > 1 ? i : 0)] / 255.0))];
        return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];

        static double Linear(double v) => v <= 0.04045 ? v / 12.92 : Math.Pow((v + 0.055) / 1.055, 2.4);
    }
}

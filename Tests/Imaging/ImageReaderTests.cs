using System.Text;
using EmotionMLNet.Imaging;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Imaging;

public class ImageReaderTests
{
    public static TheoryData<string> Names => new(FormatGolden.All.Select(g => g.Name));

    [Theory, MemberData(nameof(Names))]
    public void Every_kind_of_file_gives_its_pixels(string name)
    {
        FormatGolden golden = FormatGolden.Named(name);
        Image image = ImageReader.Read(golden.File);
        Assert.Equal((golden.Width, golden.Height), (image.Width, image.Height));
        Assert.True(ImageReader.Recognises(golden.File.AsSpan(0, 16)));
        // An opaque picture may come as grey or colour.
        byte[] wanted = image.Channels == 3 && golden.Channels == 1 ? [.. golden.Pixels.SelectMany(p => new[] { p, p, p })] : golden.Pixels;
        Assert.Equal(wanted, image.Pixels);
    }

    [Fact]
    public void Alpha_is_laid_over_the_background_that_is_asked_for()
    {
        byte[] file = FormatGolden.Named("GIF transparent").File;
        Image white = ImageReader.Read(file), red = ImageReader.Read(file, new ImageReaderOptions { Background = (255, 0, 0) });
        int changed = 0;
        for (int i = 0; i < white.Pixels.Length; i += 3)
        {
            if (white.Pixels.AsSpan(i, 3).SequenceEqual(red.Pixels.AsSpan(i, 3))) continue;
            Assert.Equal([255, 0, 0], red.Pixels[i..(i + 3)]);
            changed++;
        }
        Assert.InRange(changed, 1, white.Width * white.Height - 1);
    }

    [Theory]
    [
        InlineData(0, 10, 255, 255),
        InlineData(255, 10, 255, 10),
        InlineData(128, 0, 255, 127),
        InlineData(127, 0, 255, 128),
        InlineData(1, 254, 0, 1),
        InlineData(64, 100, 200, 175)
    ]
    public void Blending_rounds_to_nearest(byte alpha, byte colour, byte background, byte expected)
    {
        byte[] rgb = new byte[3];
        AlphaBlend.Over([colour, colour, colour, alpha], (background, background, background), rgb);
        Assert.Equal([expected, expected, expected], rgb);
    }

    [Fact]
    public void Streams_and_files_are_read_like_bytes()
    {
        byte[] file = FormatGolden.Named("PNG RGB 8 bits").File;
        using var folder = new TemporaryFolder();
        using (FileStream stream = File.Create(folder["named.jpg"])) stream.Write(file);
        byte[] wanted = ImageReader.Read(file).Pixels;
        Assert.Equal(wanted, ImageReader.ReadFile(folder["named.jpg"]).Pixels);
        Assert.Equal(wanted, ImageReader.Read(new MemoryStream(file)).Pixels);
    }

    [Theory]
    [InlineData("PNG RGB 8 bits"), InlineData("BMP 24 bits"), InlineData("BMP RLE8"), InlineData("GIF 16 colours"), InlineData("PNM P6")]
    public void The_pixel_limit_is_that_of_the_options(string name)
    {
        FormatGolden golden = FormatGolden.Named(name);
        long area = golden.Width * golden.Height;
        ImageReader.Read(golden.File, new ImageReaderOptions { MaxPixels = area });
        var e = Assert.Throws<ImageFormatException>(() => ImageReader.Read(golden.File, new ImageReaderOptions { MaxPixels = area - 1 }));
        Assert.Contains($"the limit of {area - 1}", e.Reason, StringComparison.Ordinal);
    }

    public static TheoryData<byte[], string> Foreign => new()
    {
        { [0x49, 0x49, 42, 0, 8, 0, 0, 0], "TIFF" },
        { [0x4D, 0x4D, 0, 42, 0, 0, 0, 8], "TIFF" },
        { [0x49, 0x49, 43, 0, 8, 0, 0, 0], "BigTIFF" },
        { Media("heic"), "HEIC" },
        { Media("mif1", "heic"), "HEIC" },
        { Media("mif1", "miaf"), "HEIF" },
        { Media("avif"), "AVIF" },
        { Media("mif1", "avif"), "AVIF" },
        { Media("isom", "mp41"), "MP4" },
        { [0xFF, 0x0A, 0, 0], "JPEG XL" },
        { [0, 0, 0, 12, .. "jP  \r\n"u8, 0x87, 10], "JPEG 2000" },
        { [0xFF, 0x4F, 0xFF, 0x51, 0], "JPEG 2000" },
        { [0, 0, 1, 0, 1, 0, 16, 16], "Windows icon" },
        { [0, 0, 2, 0, 1, 0, 16, 16], "Windows cursor" },
        { [.. "8BPS"u8, 0, 1], "Photoshop" },
        { [.. "%PDF-1.4"u8], "PDF" },
        { [0x1F, 0x8B, 8, 0], "gzip" },
        { [.. "PK\u0003\u0004"u8, 0], "ZIP" },
        { new byte[100], "file of zeros" },
        { Encoding.UTF8.GetBytes("<svg xmlns='http://www.w3.org/2000/svg'/>"), "SVG" },
        { Encoding.UTF8.GetBytes("\uFEFF \r\n<?xml version='1.0'?>\n<!-- drawn by hand -->\n<!DOCTYPE svg>\n<svg/>"), "SVG" },
        { Encoding.UTF8.GetBytes("<!-- comment --><svg/>"), "SVG" },
        { [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("<?xml version='1.0'?><svg/>")], "SVG" },
        { Encoding.UTF8.GetBytes("\n<!DOCTYPE html><title>404</title><svg/>"), "web page" },
        { Encoding.UTF8.GetBytes("<HTML><body>Forbidden"), "web page" },
        { Encoding.UTF8.GetBytes("<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>"), "XML" },
    };

    [Theory, MemberData(nameof(Foreign))]
    public void Foreign_formats_are_refused_by_name(byte[] content, string name)
    {
        var e = Assert.Throws<ImageFormatException>(() => ImageReader.Read(content));
        Assert.StartsWith(name, e.Format, StringComparison.Ordinal);
        Assert.Matches("(is not supported: convert it to PNG or JPEG|, not a picture)$", e.Reason);
        Assert.False(ImageReader.Recognises(content));
    }

    [Fact]
    public void Nothing_and_nonsense_are_refused_too()
    {
        Assert.Equal("unknown, byte 0: the file is empty", Assert.Throws<ImageFormatException>(() => ImageReader.Read([])).Message);
        var e = Assert.Throws<ImageFormatException>(() => ImageReader.Read("hello,\u0001world"u8));
        Assert.Contains("it begins with 68656C6C6F2C0177", e.Message, StringComparison.Ordinal);
    }

    private static byte[] Media(params string[] brands) =>
        [
            0,
            0,
            0,
            (byte)(12 + 4 * brands.Length),
            .. "ftyp"u8,
            .. Encoding.ASCII.GetBytes(brands[0]),
            0,
            0,
            0,
            0,
            .. Encoding.ASCII.GetBytes(string.Concat(brands[1..])),
            0,
            0,
            0,
            8,
        ];
}

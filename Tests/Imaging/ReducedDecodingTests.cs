using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Tests.Imaging.WebP;

namespace EmotionMLNet.Tests.Imaging;

/// <summary>Formats other than JPEG at reduced size: the mean of boxes of the full picture; small pictures as they are.</summary>
public sealed class ReducedDecodingTests
{
    // Above a megapixel, and no multiple of 8 either way.
    private const int Width = 1371, Height = 1021;

    private static readonly Lazy<Dictionary<string, byte[]>> Files = new(() => new()
    {
        ["PNG grey"] = PngEncoder.Encode(Noise(1)),
        ["PNG RGB"] = PngEncoder.Encode(Noise(3)),
        ["PNG RGBA"] = PngEncoder.Encode(Noise(4)),
        ["PNG interlaced"] = Interlaced(Noise(4)),
        ["BMP 32 bits bottom up"] = Bmp(Noise(4), topDown: false),
        ["BMP 32 bits top down"] = Bmp(Noise(4), topDown: true),
        ["PNM P5"] = [.. System.Text.Encoding.ASCII.GetBytes($"P5 {Width} {Height} 255\n"), .. Noise(1).Pixels],
        ["PNM P6"] = [.. System.Text.Encoding.ASCII.GetBytes($"P6 {Width} {Height} 255\n"), .. Noise(3).Pixels],
        ["PNM P7"] =
        [
            .. System.Text.Encoding.ASCII.GetBytes(
                $"P7\nWIDTH {Width}\nHEIGHT {Height}\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n"
            ),
            .. Noise(4).Pixels,
        ],
        ["GIF"] = WorstPictures.Gif(Width, Height, interlaced: false),
        ["GIF interlaced"] = WorstPictures.Gif(Width, Height, interlaced: true),
        ["BMP runs"] = WorstPictures.BmpRuns(Width, Height),
        ["WebP lossless"] = WorstPictures.Lossless(Width, Height, WorstPictures.LosslessKind.Predicted),
        ["WebP lossy"] = WorstPictures.Lossy(Width, Height, withAlpha: false),
        ["WebP alpha"] = WorstPictures.Lossy(Width, Height, withAlpha: true),
    });

    public static TheoryData<string> Names => [.. Files.Value.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_reduced_picture_is_the_box_filtered_full_one(string name)
    {
        byte[] file = Files.Value[name];
        Image full = ImageReader.Read(file);
        Assert.Equal((Width, Height), (full.Width, full.Height));
        foreach ((int factor, int wanted) in ((int, int)[])[(1, 128), (2, 127), (2, 64), (4, 63), (4, 32), (8, 31), (8, 12)])
        {
            foreach (bool luma in (bool[])[false, true])
            {
                Image reduced = ImageReader.Read(file, new ImageReaderOptions { WantedSize = (wanted, wanted), LumaIsEnough = luma });
                Image source = luma && full.Channels == 3 ? Grey(full) : full;
                Image expected = factor == 1 ? source : Box(source, factor);
                Assert.Equal((expected.Width, expected.Height, expected.Channels), (reduced.Width, reduced.Height, reduced.Channels));
                Assert.True(expected.Pixels.AsSpan().SequenceEqual(reduced.Pixels), $"{name} at 1/{factor}{(luma ? ", luma" : "")}");
            }
        }
    }

    [Fact]
    public void Pictures_up_to_a_megapixel_stay_as_they_are()
    {
        foreach (FormatGolden golden in FormatGolden.All)
            Assert.Equal(
                ImageReader.Read(golden.File).Pixels,
                ImageReader.Read(golden.File, new ImageReaderOptions { WantedSize = (1, 1) }).Pixels
            );
        byte[] megapixel = WorstPictures.Png(1024, 1024, 8, 2, interlaced: false),
            more = WorstPictures.Png(1025, 1024, 8, 2, interlaced: false);
        var wanted = new ImageReaderOptions { WantedSize = (96, 96) };
        Assert.Equal(1024, ImageReader.Read(megapixel, wanted).Width);
        Assert.Equal(513, ImageReader.Read(more, wanted).Width);
    }

    [Theory]
    [InlineData("lossless-scene"), InlineData("lossy-q75"), InlineData("lossy-noise"), InlineData("lossless-256-colours")]
    public void A_WebP_of_many_rows_of_macroblocks_is_the_same_whatever_is_kept(string name)
    {
        // The golden files are small; what is tested is that luma alone is what luma of colours is.
        byte[] file = WebPGolden.Encoded(name);
        Image full = ImageReader.Read(file);
        Assert.Equal(Grey(full).Pixels, ImageReader.Read(file, new ImageReaderOptions { LumaIsEnough = true }).Pixels);
    }

    [Theory, MemberData(nameof(Names))]
    public void Every_decoder_stops_within_a_picture_that_is_cancelled(string name)
    {
        // Past the look that ImageReader takes before it begins.
        byte[] file = Files.Value[name];
        var memory = new ImageMemory { Cancellation = new CancellationToken(canceled: true) };
        Assert.Throws<OperationCanceledException>(() => Decoder(name)(file, memory));
        memory.Release();
    }

    [Theory]
    [InlineData("420"), InlineData("progressive-420"), InlineData("two-scans"), InlineData("grey")]
    public void A_JPEG_stops_within_a_picture_that_is_cancelled(string name) =>
        Assert.Throws<OperationCanceledException>(() =>
            EmotionMLNet.Imaging.Jpeg.JpegDecoder.Decode(
                Jpeg.JpegGolden.Encoded(name),
                ImageReaderOptions.Default,
                new ImageMemory { Cancellation = new CancellationToken(canceled: true) }
            )
        );

    private static Action<byte[], ImageMemory> Decoder(string name) => name.Split(' ')[0] switch
    {
        "PNG" => (file, memory) => PngDecoder.Decode(file, ImageReaderOptions.Default, memory),
        "BMP" => (file, memory) => EmotionMLNet.Imaging.Bmp.BmpDecoder.Decode(file, ImageReaderOptions.Default, memory),
        "PNM" => (file, memory) => EmotionMLNet.Imaging.Pnm.PnmDecoder.Decode(file, ImageReaderOptions.Default, memory),
        "GIF" => (file, memory) => EmotionMLNet.Imaging.Gif.GifDecoder.Decode(file, ImageReaderOptions.Default, memory),
        _ => (file, memory) => EmotionMLNet.Imaging.WebP.WebPDecoder.Decode(file, ImageReaderOptions.Default, memory),
    };

    private static Image Box(Image image, int factor)
    {
        (int width, int height) = ((image.Width + factor - 1) / factor, (image.Height + factor - 1) / factor);
        byte[] pixels = new byte[width * height * image.Channels];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                for (int c = 0; c < image.Channels; c++)
                {
                    int sum = 0, count = 0;
                    for (int v = y * factor; v < Math.Min((y + 1) * factor, image.Height); v++)
                    {
                        for (int u = x * factor; u < Math.Min((x + 1) * factor, image.Width); u++, count++)
                            sum += image.Pixels[(v * image.Width + u) * image.Channels + c];
                    }
                    pixels[(y * width + x) * image.Channels + c] = (byte)((sum + count / 2) / count);
                }
            }
        }
        return new Image(width, height, image.Channels, pixels);
    }

    private static Image Grey(Image image)
    {
        if (image.Channels == 1) return image;
        byte[] grey = new byte[image.Width * image.Height];
        Luma.FromRgb(image.Pixels, grey);
        return new Image(image.Width, image.Height, 1, grey);
    }

    private static Image Noise(int channels)
    {
        byte[] pixels = new byte[Width * Height * channels];
        var random = new Random(channels);
        // Coarse, so that it packs, with all values.
        for (int i = 0; i < pixels.Length; i++) pixels[i] = (i & 31) == 0 ? (byte)random.Next(256) : pixels[i - 1];
        return new Image(Width, Height, channels, pixels);
    }

    private static byte[] Bmp(Image rgba, bool topDown)
    {
        // BITMAPV4 with an alpha mask.
        byte[] file = new byte[14 + 108 + rgba.Pixels.Length];
        "BM"u8.CopyTo(file);
        void word(int at, int value) => System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
        word(10, 122);
        word(14, 108);
        word(18, rgba.Width);
        word(22, topDown ? -rgba.Height : rgba.Height);
        (file[26], file[28], file[30]) = (1, 32, 3);
        word(54, 0xFF);
        word(58, 0xFF00);
        word(62, 0xFF0000);
        word(66, unchecked((int)0xFF000000));
        rgba.Pixels.CopyTo(file, 122);
        return file;
    }

    private static byte[] Interlaced(Image image)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        byte[] header = new byte[13];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), image.Height);
        (header[8], header[9], header[12]) = (8, 6, 1);
        WorstPictures.Chunk(file, "IHDR", header);
        using var data = new MemoryStream();
        using (var zlib = new System.IO.Compression.ZLibStream(data, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach (
                (int firstX, int firstY, int stepX, int stepY) in ((int, int, int, int)[])
                    [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
            )
            {
                for (int y = firstY; y < image.Height; y += stepY)
                {
                    zlib.WriteByte(0);
                    for (int x = firstX; x < image.Width; x += stepX) zlib.Write(image.Pixels.AsSpan((y * image.Width + x) * 4, 4));
                }
            }
        }
        WorstPictures.Chunk(file, "IDAT", data.ToArray());
        WorstPictures.Chunk(file, "IEND", []);
        return file.ToArray();
    }
}

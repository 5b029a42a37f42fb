using EmotionMLNet.Imaging;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Imaging;

/// <summary>A picture that was made to be slow holds no core for longer than the options allow.</summary>
public sealed class TimeLimitTests
{
    // Over before the first row, whatever the machine.
    private static readonly ImageReaderOptions NoTime = new() { TimeLimit = TimeSpan.FromTicks(1) };

    private static readonly ImageReaderOptions MuchTime = new() { TimeLimit = TimeSpan.FromDays(1) };

    private static readonly string Model = Path.Combine(Repository.Root, "artifacts", "fer2013.zip");

    private static readonly Dictionary<string, Func<byte[]>> Files = new()
    {
        ["JPEG"] = () => File.ReadAllBytes(Golden("Jpeg", "420-coarse.jpg")),
        ["JPEG in scans"] = () => File.ReadAllBytes(Golden("Jpeg", "progressive-grey.jpg")),
        ["PNG"] = () => WorstPictures.Png(30, 20, 8, 6, interlaced: false),
        ["PNG interlaced"] = () => WorstPictures.Png(30, 20, 8, 6, interlaced: true),
        ["GIF"] = () => WorstPictures.Gif(30, 20, interlaced: true),
        ["BMP"] = () => WorstPictures.BmpRuns(30, 20),
        ["WebP"] = () => WorstPictures.Lossy(30, 20, withAlpha: true),
        ["WebP lossless"] = () => File.ReadAllBytes(Golden("WebP", "lossless-5-colours.webp")),
        ["PNM"] = () => [.. "P6 2 1 255\n"u8, 1, 2, 3, 4, 5, 6],
    };

    public static TheoryData<string> Formats => [.. Files.Keys];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_decoder_stops_and_says_why(string name)
    {
        byte[] file = Files[name]();
        ImageFormatException e = Assert.Throws<ImageFormatException>(() => ImageReader.Read(file, NoTime));
        Assert.Equal(ImageProblem.Time, e.Problem);
        Assert.Equal("decoding takes longer than the limit of 1E-07 s", e.Reason);
        Assert.StartsWith(e.Format, name, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Enough_time_changes_no_bit(string name)
    {
        byte[] file = Files[name]();
        Assert.Equal(ImageReader.Read(file).Pixels, ImageReader.Read(file, MuchTime).Pixels);
    }

    [Fact]
    public void A_classifier_refuses_it_too_and_goes_on()
    {
        byte[] slow = WorstPictures.Png(1500, 1500, 8, 6, interlaced: true), honest = Pictures.Png(1);
        var classifier = EmotionClassifier.Load(Model, new EmotionClassifierOptions { Reader = NoTime });
        for (int i = 0; i < 3; i++)
            Assert.Equal(ImageProblem.Time, Assert.Throws<ImageFormatException>(() => classifier.Classify(slow)).Problem);
        EmotionClassifier patient = EmotionClassifier.Load(Model, new EmotionClassifierOptions { Reader = MuchTime });
        Assert.Equal(EmotionClassifier.Load(Model).Classify(honest).Scores, patient.Classify(honest).Scores);
    }

    [Fact]
    public void The_reason_says_whether_it_is_the_content_or_a_limit()
    {
        byte[] png = WorstPictures.Png(300, 200, 8, 6, interlaced: false);
        Assert.Equal(ImageProblem.Content, Problem(png[..^40], ImageReaderOptions.Default));
        Assert.Equal(ImageProblem.Content, Problem([1, 2, 3, 4, 5], ImageReaderOptions.Default));
        Assert.Equal(ImageProblem.Size, Problem(png, new ImageReaderOptions { MaxPixels = 59_999 }));
        Assert.Equal(ImageProblem.Size, Problem(png, new ImageReaderOptions { MaxFileBytes = png.Length - 1 }));
        Assert.Equal(ImageProblem.Size, Problem(WorstPictures.Png(1500, 1500, 8, 6, interlaced: true), new() { MaxWorkingBytes = 1000 }));
    }

    [Fact]
    public void A_limit_of_nothing_is_refused()
        => Assert.Throws<ArgumentOutOfRangeException>(() => new ImageReaderOptions { TimeLimit = TimeSpan.Zero });

    [Theory]
    [InlineData(1), InlineData(6)]
    public void A_prediction_says_the_size_of_the_picture_as_people_see_it(int orientation)
    {
        byte[] picture = File.ReadAllBytes(Golden("Jpeg", $"orientation{orientation}.jpg"));
        Image image = ImageReader.Read(picture);
        (int width, int height) = (image.Width, image.Height);
        Assert.NotEqual(width, height);
        Assert.Equal((width, height), EmotionClassifier.Load(Model).Classify(picture).PictureSize);
    }

    private static string Golden(string format, string name) => Path.Combine(Repository.Root, "Tests", "Imaging", format, "Golden", name);

    private static ImageProblem Problem(byte[] file, ImageReaderOptions options)
        => Assert.Throws<ImageFormatException>(() => ImageReader.Read(file, options)).Problem;
}

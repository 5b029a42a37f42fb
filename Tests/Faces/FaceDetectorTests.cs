using EmotionMLNet.Faces;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Kernels;
using EmotionMLNet.Tests.Imaging.Jpeg;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Faces;

/// <summary>Finding faces in pictures of any origin and size, from any number of threads, in bounded memory.</summary>
[Collection(Alone.Name)] // allocations are counted
public sealed class FaceDetectorTests
{
    private static readonly FaceDetectorOptions Small = new() { LongSide = 96 };

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Every_way_finds_the_same_faces(int channels)
    {
        FaceDetector detector = Detector();
        Image image = Picture(133, 91, channels);
        byte[] encoded = PngEncoder.Encode(image);
        using var folder = new TemporaryFolder();
        EmotionMLNet.Files.AtomicFile.Write(folder["picture.png"], s => s.Write(encoded));

        IReadOnlyList<Face> faces = detector.Detect(image);
        Assert.NotEmpty(faces);
        Assert.Equal(faces, detector.Detect(encoded));
        Assert.Equal(faces, detector.Detect(new MemoryStream(encoded)));
        Assert.Equal(faces, detector.Detect(folder["picture.png"]));
        var some = new Face[2];
        Assert.Equal(Math.Min(2, faces.Count), detector.Detect(image, some));
        Assert.Equal(faces.Take(2), some.Take(faces.Count));
    }

    [Fact]
    public void A_loaded_detector_finds_what_the_saved_one_does()
    {
        byte[] file = TinyDetector.Save(TinyDetector.Make());
        using var folder = new TemporaryFolder();
        EmotionMLNet.Files.AtomicFile.Write(folder["faces.zip"], s => s.Write(file));
        Image image = Picture(133, 91, 3);
        IReadOnlyList<Face> faces = Detector().Detect(image);
        Assert.Equal(faces, FaceDetector.Load(file, Small).Detect(image));
        Assert.Equal(faces, FaceDetector.Load(folder["faces.zip"], Small).Detect(image));
        Assert.Equal(faces, FaceDetector.Load(new MemoryStream(file), Small).Detect(image));
    }

    // A picture that is decoded at a fraction has its faces where the whole one has them.
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Faces_of_a_large_picture_are_told_in_its_own_pixels(int channels)
    {
        FaceDetector detector = Detector();
        Image image = Picture(1301, 1001, channels);
        IReadOnlyList<Face> faces = detector.Detect(image);
        Assert.Equal(faces, detector.Detect(PngEncoder.Encode(image)));
        Assert.InRange(faces.Max(f => f.Box.CentreX), 900, 1500);
        Assert.InRange(faces.Max(f => f.Box.CentreY), 700, 1200);
    }

    [Fact]
    public void Faces_are_told_in_pixels_of_the_upright_picture()
    {
        byte[] turned = JpegGolden.Encoded("orientation6");
        Assert.Equal(Detector().Detect(ImageReader.Read(turned)), Detector().Detect(turned));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 900)]
    [InlineData(900, 1)]
    [InlineData(31, 33)]
    [InlineData(5000, 3)]
    public void Any_size_is_searched(int width, int height)
    {
        FaceDetector detector = Detector();
        foreach (int channels in new[] { 1, 3, 4 })
            Assert.All(detector.Detect(Picture(width, height, channels)), f => Assert.True(f.Box.Width > 0 && f.Box.Height > 0));
    }

    // Every size has a plan of its own, in the same memory; more sizes than are kept.
    [Fact]
    public void What_was_searched_before_does_not_matter()
    {
        Image[] pictures = [.. Enumerable.Range(1, 90).Select(i => Picture(20 + 37 * i % 300, 20 + 53 * i % 290, 1))];
        FaceDetector used = Detector(longSide: 300);
        foreach (Image picture in pictures) used.Detect(picture);
        foreach (Image picture in pictures.Where((_, i) => i % 9 == 0))
            Assert.Equal(Detector(longSide: 300).Detect(picture), used.Detect(picture));
    }

    [Fact]
    public void Threads_of_callers_do_not_disturb_one_another()
    {
        FaceDetector detector = Detector();
        Image[] pictures = [.. Enumerable.Range(1, 12).Select(i => Picture(60 + 17 * i, 200 - 11 * i, 3))];
        IReadOnlyList<Face>[] alone = [.. pictures.Select(p => Detector().Detect(p))];
        var together = new IReadOnlyList<Face>[pictures.Length * 4];
        var four = new ParallelOptions { MaxDegreeOfParallelism = 4 };
        Parallel.For(0, together.Length, four, i => together[i] = detector.Detect(pictures[i % pictures.Length]));
        for (int i = 0; i < together.Length; i++) Assert.Equal(alone[i % pictures.Length], together[i]);
    }

    [Fact]
    public void Several_threads_find_what_one_finds()
    {
        FaceDetector detector = Detector();
        Raster picture = Raster.Of(Picture(133, 91, 3));
        using var team = new ThreadTeam(3);
        Assert.Equal(
            detector.CreateFinder().Find(picture, 1, default, false, default).ToArray(),
            detector.CreateFinder(team).Find(picture, 1, default, false, default).ToArray()
        );
    }

    [Fact]
    public void A_call_that_is_split_finds_what_one_on_its_own_thread_finds()
    {
        Image picture = Picture(133, 91, 3);
        FaceDetector split = Detector(), own = FaceDetector.From(TinyDetector.Make(), Small with { SplitsPictures = false });
        Assert.True(Small.SplitsPictures);
        for (int i = 0; i < 3; i++) Assert.Equal(own.Detect(picture), split.Detect(picture));
        Assert.Throws<ImageFormatException>(() => split.Detect(Pictures.Png(1).AsSpan(0, 40)));
        Assert.Equal(own.Detect(picture), split.Detect(picture)); // what failed has given the threads back
    }

    [Fact]
    public void The_file_says_how_large_a_picture_is_looked_at()
    {
        FaceDetectorZip zip = TinyDetector.Make();
        Image picture = Picture(133, 91, 3);
        var small = FaceDetector.From(new FaceDetectorZip(zip.Network, zip.Manifest with { LongSide = 96 }));
        Assert.Equal(Detector(longSide: 96).Detect(picture), small.Detect(picture));
        Assert.NotEqual(FaceDetector.From(zip).Detect(picture), small.Detect(picture));
    }

    [Theory]
    [InlineData(133, 91, 1)]
    [InlineData(133, 91, 3)]
    [InlineData(133, 91, 4)]
    [InlineData(900, 700, 3)]
    public void Nothing_is_allocated_in_the_steady_state(int width, int height, int channels)
    {
        FaceDetector detector = Detector();
        Image image = Picture(width, height, channels);
        var faces = new Face[100];
        for (int i = 0; i < 40; i++) detector.Detect(image, faces);
        Assert.Equal(0, SteadyAllocation.Of(() => detector.Detect(image, faces)));
    }

    [Fact]
    public void Options_say_what_is_reported()
    {
        Image image = Picture(133, 91, 3);
        IReadOnlyList<Face> all = Detector().Detect(image);
        Assert.Equal(all.OrderByDescending(f => f.Score), all);
        Assert.Equal(all.Take(2), FaceDetector.From(TinyDetector.Make(), Small with { MaxFaces = 2 }).Detect(image));
        float score = (all[0].Score + all[^1].Score) / 2;
        var strict = FaceDetector.From(TinyDetector.Make(), Small with { MinScore = score });
        Assert.Equal(all.Where(f => f.Score >= score), strict.Detect(image));
        Assert.Empty(FaceDetector.From(TinyDetector.Make(TinyDetector.High), Small).Detect(image));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FaceDetectorOptions { MinScore = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new FaceDetectorOptions { LongSide = 63 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new FaceDetectorOptions { MaxFaces = 0 });
    }

    [Fact]
    public void A_search_can_be_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => Detector().Detect(Picture(133, 91, 3), cancelled.Token));
        Assert.Throws<OperationCanceledException>(() => Detector().Detect(Pictures.Png(1), cancelled.Token));
    }

    [Fact]
    public void Broken_pictures_are_refused()
        => Assert.Throws<ImageFormatException>(() => Detector().Detect(Pictures.Png(1).AsSpan(0, 40)));

    internal static FaceDetector Detector(int longSide = 96) => FaceDetector.From(TinyDetector.Make(), Small with { LongSide = longSide });

    /// <summary>Waves of several lengths, and where there is alpha, a part that is transparent.</summary>
    internal static Image Picture(int width, int height, int channels)
    {
        byte[] pixels = new byte[width * height * channels];
        for (int y = 0, i = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                for (int c = 0; c < channels; c++, i++)
                {
                    double u = 100.0 * x / Math.Max(width, height), v = 100.0 * y / Math.Max(width, height);
                    double wave = 127 + 60 * Math.Sin(u / (2 + c)) + 60 * Math.Cos(v / (3 + c) + u / 9);
                    pixels[i] = (byte)(c == 3 ? Math.Min(255, 2 * x) : wave);
                }
        return new Image(width, height, channels, pixels);
    }
}

using System.Diagnostics;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tests.Faces;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Classifier;

/// <summary>Pictures whose faces are classified.</summary>
public sealed class FaceClassificationTests
{
    private static readonly (int Width, int Height)[] Sizes = [(133, 91), (70, 200), (12, 10), (300, 40), (64, 64), (90, 90), (1301, 1001)];

    private static readonly Image[] Images = [.. Sizes.Select((s, i) => FaceDetectorTests.Picture(s.Width, s.Height, i % 2 == 0 ? 3 : 1))];

    private static readonly byte[][] Encoded = [.. Images.Select(PngEncoder.Encode)];

    [Theory]
    [InlineData("residual", "none", FaceSearch.All)]
    [InlineData("plain", "flip", FaceSearch.All)]
    [InlineData("branches", "none", FaceSearch.Largest)]
    public async Task Every_way_gives_the_bits_of_one_picture_alone(string network, string views, FaceSearch search)
    {
        EmotionClassifier classifier = Make(network, search, views);
        string[] alone = [.. Encoded.Select(f => Text(classifier.Classify(f)))];
        Assert.Contains(alone, a => a.Contains(';', StringComparison.Ordinal)); // some picture has a face
        using var folder = new TemporaryFolder();
        string[] paths = [.. Encoded.Select((_, i) => folder[$"{i}.png"])];
        for (int i = 0; i < paths.Length; i++) EmotionMLNet.Files.AtomicFile.Write(paths[i], s => s.Write(Encoded[i]));
        foreach (int threads in new[] { 1, 3 })
        {
            Assert.Equal(alone, classifier.ClassifyMany(paths, threads).Select(r => Text(r.Prediction!)));
            Assert.Equal(alone, classifier.ClassifyMany(Named(), threads).Select(r => Text(r.Prediction!)));
            Assert.Equal(alone, await classifier.ClassifyManyAsync(paths, threads).Select(r => Text(r.Prediction!)).ToArrayAsync());
            // The file of the last one is decoded at a fraction.
            Assert.Equal(alone[..^1], classifier.ClassifyMany(Images, threads).Select(Text).SkipLast(1));
        }
        Assert.Equal(alone[0], Text(classifier.Classify(paths[0])));
        Assert.Equal(alone[0], Text(classifier.Classify(new MemoryStream(Encoded[0]))));
        Assert.Equal(alone[0], Text(classifier.Classify(Images[0])));

        static IEnumerable<NamedPicture> Named() => Encoded.Select((e, i) => new NamedPicture($"{i}", e));
    }

    [Theory]
    [InlineData(FaceSearch.Off)]
    [InlineData(FaceSearch.All)]
    public void Its_times_are_parts_of_what_it_took(FaceSearch search)
    {
        EmotionClassifier classifier = Make("plain", search);
        byte[] file = Encoded.First(e => search == FaceSearch.Off || classifier.Classify(e).HasFace);
        string usual = Text(classifier.Classify(file));
        long began = Stopwatch.GetTimestamp();
        Assert.Equal(usual, Text(classifier.Classify(file, out ClassificationTimes times)));
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        Assert.All([times.Decoding, times.Preparation, times.Network], part => Assert.InRange(part, TimeSpan.FromTicks(1), took));
        Assert.True(times.Decoding + times.Preparation + times.Network <= took);
        classifier.Classify(Images[0], out ClassificationTimes decoded);
        Assert.Equal(TimeSpan.Zero, decoded.Decoding);
    }

    [Theory]
    [InlineData("residual", 3)]
    [InlineData("plain", 1)]
    public void A_face_is_classified_as_the_square_around_it_is(string network, int channels)
    {
        EmotionClassifier classifier = Make(network, FaceSearch.All), whole = Make(network, FaceSearch.Off);
        ImagePreprocessing preprocessing = classifier.Manifest.Preprocessing;
        Image image = Images.First(i => i.Channels == channels && classifier.Classify(i).Faces.Count > 1);
        Prediction prediction = classifier.Classify(image);
        Assert.True(prediction.HasFace);
        Assert.Equal(
            FaceDetectorTests.Detector().Detect(image).Select(f => f.Box).ToHashSet(),
            prediction.Faces.Select(f => f.Face.Box).ToHashSet()
        );
        Assert.Equal(prediction.Faces.OrderByDescending(f => f.Face.Box.Area), prediction.Faces);
        Assert.Equal(prediction.Scores, prediction.Faces[0].Prediction.Scores);
        foreach (FacePrediction face in prediction.Faces)
        {
            Image square = new FaceCrop().Cut(image, face.Face.Box, Math.Max(preprocessing.Width, preprocessing.Height));
            Assert.Equal(whole.Classify(square).Scores, face.Prediction.Scores);
        }
        Assert.Single(Make(network, FaceSearch.Largest).Classify(image).Faces);
    }

    // Decoded at a fraction, and once more for small faces: about what a full decode gives.
    [Fact]
    public void A_large_file_is_classified_about_like_its_picture()
    {
        EmotionClassifier classifier = Make("plain", FaceSearch.All);
        Prediction file = classifier.Classify(Encoded[^1]), picture = classifier.Classify(Images[^1]);
        Assert.Equal(picture.Faces.Select(f => f.Face), file.Faces.Select(f => f.Face));
        foreach ((FacePrediction a, FacePrediction b) in file.Faces.Zip(picture.Faces))
            foreach ((LabelScore x, LabelScore y) in a.Prediction.Scores.Zip(b.Prediction.Scores))
                Assert.Equal(y.Probability, x.Probability, 0.02f);
    }

    [Fact]
    public void A_picture_without_a_face_has_no_label()
    {
        EmotionClassifier classifier = Make("residual", FaceSearch.Largest, threshold: TinyDetector.High);
        Prediction prediction = classifier.Classify(Images[0]);
        Assert.False(prediction.HasFace);
        Assert.Empty(prediction.Scores);
        Assert.Empty(prediction.Faces);
        Assert.Equal("", prediction.Label);
        Assert.Equal(0, prediction.Confidence);
        Assert.Equal("no face", prediction.ToString());
        Assert.All(classifier.ClassifyMany([Images[0], Images[1]]), p => Assert.False(p.HasFace));
    }

    [Fact]
    public void A_picture_that_is_a_face_already_keeps_its_bits()
    {
        EmotionClassifier off = Make("residual", FaceSearch.Off), largest = Make("residual", FaceSearch.Largest);
        foreach (int i in new[] { 2, 4 })
        {
            Prediction prediction = largest.Classify(Encoded[i]);
            Assert.True(prediction.HasFace);
            Assert.Empty(prediction.Faces);
            Assert.Equal(off.Classify(Encoded[i]).Scores, prediction.Scores);
        }
    }

    [Fact]
    public void The_model_decides_where_nobody_else_does()
    {
        FaceDetector detector = FaceDetectorTests.Detector();
        ModelZip scenes = TinyModel.Make(), crops = OfCrops(1), off = scenes with
        {
            Manifest = scenes.Manifest with { Faces = new FaceTreatment { Pictures = FacePictures.Off } },
        };
        Assert.Equal(FaceSearch.Off, Search(scenes, null, detector));
        Assert.Equal(FaceSearch.Off, Search(off, null, detector));
        Assert.Equal(FaceSearch.Largest, Search(crops, null, detector));
        Assert.Equal(FaceSearch.Off, Search(crops, null, null)); // as before there was a detector
        Assert.Equal(FaceSearch.Off, Search(crops, FaceSearch.Off, detector));
        Assert.Equal(FaceSearch.All, Search(scenes, FaceSearch.All, detector));
        ArgumentException e = Assert.Throws<ArgumentException>(() => Search(crops, FaceSearch.Largest, null));
        Assert.Contains("wants a detector", e.Message, StringComparison.Ordinal);

        static FaceSearch Search(ModelZip model, FaceSearch? faces, FaceDetector? detector)
            => EmotionClassifier.From(model, new EmotionClassifierOptions { Faces = faces, Detector = detector }).Faces;
    }

    [Fact]
    public void How_the_model_s_faces_were_cut_travels_with_it()
    {
        using var folder = new TemporaryFolder();
        OfCrops(1.25f).Save(folder["model.zip"]);
        var options = new EmotionClassifierOptions { Detector = FaceDetectorTests.Detector() };
        EmotionClassifier classifier = EmotionClassifier.Load(folder["model.zip"], options);
        Assert.Equal(1.25f, classifier.Manifest.Faces!.Scale);
        Prediction prediction = classifier.Classify(Images[0]);
        ImagePreprocessing preprocessing = classifier.Manifest.Preprocessing;
        Image square = new FaceCrop { Scale = 1.25f }.Cut(
            Images[0], prediction.Faces[0].Face.Box, Math.Max(preprocessing.Width, preprocessing.Height));
        Assert.Equal(Make("residual", FaceSearch.Off).Classify(square).Scores, prediction.Scores);
    }

    [Fact]
    public void What_can_not_be_read_has_its_exception_in_its_place()
    {
        EmotionClassifier classifier = Make("residual", FaceSearch.All);
        NamedPicture[] pictures = [new("a", Encoded[0]), new("b", new byte[] { 1, 2, 3 }), new("c", Encoded[1])];
        NamedResult[] results = [.. classifier.ClassifyMany(pictures, threads: 1)];
        Assert.Equal(Text(classifier.Classify(Encoded[0])), Text(results[0].Prediction!));
        Assert.IsType<ImageFormatException>(results[1].Exception);
        Assert.Equal(Text(classifier.Classify(Encoded[1])), Text(results[2].Prediction!));
    }

    [Fact]
    public void Predictions_of_faces_can_be_made_for_tests()
    {
        var face = new FacePrediction(new Face(new FaceBox(1, 2, 3, 4), 0.9f), new Prediction([new LabelScore("happy", 1)]));
        Prediction prediction = Prediction.OfFaces([face]);
        Assert.Equal("happy", prediction.Label);
        Assert.Equal([face], prediction.Faces);
        Assert.Same(Prediction.NoFace, Prediction.OfFaces([]));
    }

    private static EmotionClassifier Make(string network, FaceSearch search, string views = "none", float threshold = TinyDetector.Low)
        => EmotionClassifier.From(
            TinyModel.Make(network),
            new EmotionClassifierOptions
            {
                Faces = search,
                Detector = FaceDetector.From(TinyDetector.Make(threshold), new FaceDetectorOptions { LongSide = 96 }),
                TestTimeAugmentation = TestTimeAugmentation.Parse(views),
            }
        );

    private static ModelZip OfCrops(float scale)
    {
        ModelZip model = TinyModel.Make();
        return model with { Manifest = model.Manifest with { Faces = new FaceTreatment { Pictures = FacePictures.Crops, Scale = scale } } };
    }

    // All of a prediction, to the last bit.
    private static string Text(Prediction prediction)
        => string.Join(' ', prediction.Scores.Select(s => $"{s.Label} {s.Probability:R}"))
            + string.Concat(prediction.Faces.Select(f => $"; {f.Face.Box} {f.Face.Score:R} {Text(f.Prediction)}"));
}

using EmotionMLNet.Imaging;
using EmotionMLNet.Kernels;
using EmotionMLNet.Layers;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.Preprocessing;

public sealed class TestTimeAugmentationTests
{
    [Theory]
    [InlineData("none", 1)]
    [InlineData("Flip", 2)]
    [InlineData("crops", 10)]
    [InlineData("crops:0.9", 10)]
    [InlineData("flip+crops", 12)]
    [InlineData("flip+crops:0.9", 12)]
    [InlineData("windows", 10)]
    [InlineData("windows:0.75", 10)]
    public void What_is_understood_is_written_the_same_way(string text, int views)
    {
        TestTimeAugmentation parsed = TestTimeAugmentation.Parse(text);
        Assert.Equal(views, parsed.Views);
        Assert.Equal(text, parsed.ToString(), ignoreCase: true);
        Assert.Equal(parsed, TestTimeAugmentation.Parse(parsed.ToString()));
    }

    [Theory]
    [InlineData("flips")]
    [InlineData("crops:1")]
    [InlineData("crops:0.5")]
    [InlineData("crops:nan")]
    [InlineData("windows:1.2")]
    [InlineData("windows:0.9:0.9")]
    [InlineData("flip:0.9")]
    [InlineData("crops+flip")]
    [InlineData("flip+windows")]
    [InlineData("")]
    public void Anything_else_is_not_understood(string text) 
    {
        Assert.False(TestTimeAugmentation.TryParse(text, out TestTimeAugmentation? none));
        Assert.Null(none);
        Assert.Contains(
            TestTimeAugmentation.Forms,
            Assert.Throws<FormatException>(() => TestTimeAugmentation.Parse(text)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_flip_is_the_picture_and_its_mirror_image_pixel_by_pixel(int channels)
    {
        ImagePreprocessing p = Shape(5, 4, channels);
        byte[] pixels = Noise(p.Length, 1);
        Assert.Equal(pixels, View(TestTimeAugmentation.Flip, 0, pixels, p));
        byte[] mirrored = View(TestTimeAugmentation.Flip, 1, pixels, p);
        for (int y = 0; y < p.Height; y++)
            for (int x = 0; x < p.Width; x++)
                for (int c = 0; c < channels; c++)
                    Assert.Equal(pixels[(y * p.Width + x) * channels + c], mirrored[(y * p.Width + p.Width - 1 - x) * channels + c]);
    }

    [Fact]
    public void Crops_are_the_corners_and_the_centre_at_44_of_48_pixels_brought_back_to_size_each_with_its_mirror_image()
    {
        ImagePreprocessing p = Shape(48, 48, 1);
        byte[] pixels = Noise(p.Length, 2);
        (int X, int Y)[] corners = [(0, 0), (4, 0), (0, 4), (4, 4), (2, 2)];
        for (int i = 0; i < 5; i++)
        {
            var expected = new byte[p.Length];
            // The same crop cut out first: only its own pixels may count.
            byte[] cut = [.. Enumerable.Range(0, 44).SelectMany(y => pixels.Skip((corners[i].Y + y) * 48 + corners[i].X).Take(44))];
            Resize.Bilinear(cut, 44, 44, 1, new Box(0, 0, 44, 44), expected, 48, 48);
            byte[] seen = View(TestTimeAugmentation.Crops, 2 * i, pixels, p),
                mirrored = View(TestTimeAugmentation.Crops, 2 * i + 1, pixels, p);
            int inner = 0;
            for (int y = 2; y < 46; y++)
            for (int x = 2; x < 46; x++)
                inner = Math.Max(inner, Math.Abs(expected[y * 48 + x] - seen[y * 48 + x]));
            Assert.Equal(0, inner); // at its border the filter may look at the neighbours that a cut would not have
            for (int y = 0; y < 48; y++) Assert.Equal(seen.AsSpan(y * 48, 48).ToArray().Reverse(), mirrored.AsSpan(y * 48, 48).ToArray());
        }
    }

    [Fact]
    public void Flip_and_crops_together_are_the_views_of_both_and_each_set_counts_half()
    {
        ImagePreprocessing p = Shape(48, 36, 3);
        byte[] pixels = Noise(p.Length, 4);
        TestTimeAugmentation both = TestTimeAugmentation.Parse("flip+crops:0.9"), crops = TestTimeAugmentation.Parse("crops:0.9");
        for (int v = 0; v < 12; v++)
            Assert.Equal(v < 2 ? View(TestTimeAugmentation.Flip, v, pixels, p) : View(crops, v - 2, pixels, p), View(both, v, pixels, p));

        float[] views = [.. Enumerable.Range(0, 24).Select(i => i % 2 == 0 ? i < 4 ? 0.9f : 0.5f : i < 4 ? 0.1f : 0.5f)];
        var mean = new float[2];
        both.Average(views, mean);
        Assert.Equal([0.7f, 0.3f], mean.Select(m => MathF.Round(m, 6)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Windows_are_the_same_places_at_40_of_48_pixels_untouched(int channels)
    {
        ImagePreprocessing p = Shape(48, 36, channels);
        byte[] pixels = Noise(p.Length, 3);
        ImagePreprocessing seen = TestTimeAugmentation.Windows.GetViewPreprocessing(p);
        Assert.Equal((40, 30, channels), (seen.Width, seen.Height, seen.Channels));
        (int X, int Y)[] corners = [(0, 0), (8, 0), (0, 6), (8, 6), (4, 3)];
        for (int i = 0; i < 5; i++)
        {
            byte[] window = View(TestTimeAugmentation.Windows, 2 * i, pixels, p),
                mirrored = View(TestTimeAugmentation.Windows, 2 * i + 1, pixels, p);
            for (int y = 0; y < 30; y++)
                for (int x = 0; x < 40; x++)
                    for (int c = 0; c < channels; c++)
                    {
                        byte expected = pixels[((corners[i].Y + y) * 48 + corners[i].X + x) * channels + c];
                        Assert.Equal(expected, window[(y * 40 + x) * channels + c]);
                        Assert.Equal(expected, mirrored[(y * 40 + 39 - x) * channels + c]);
                    }
        }
    }

    [Fact]
    public void A_network_that_cannot_be_run_on_windows_says_so()
    {
        ModelZip model = TinyModel.Make();
        ImagePreprocessing p = model.Manifest.Preprocessing;
        var builder = new NetworkBuilder(new Shape(p.Height, p.Width, p.Channels));
        builder.Add("flatten", new Flatten());
        builder.Add("logits", new Linear(p.Length, 3));
        model = model with { Network = builder.Build(OutputHead.Softmax) };
        var e = Assert.Throws<ModelFormatException>(() =>
            EmotionClassifier.From(model, new EmotionClassifierOptions { TestTimeAugmentation = TestTimeAugmentation.Windows })
        );
        Assert.Contains("use crops", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("crops")]
    [InlineData("flip+crops")]
    [InlineData("windows:0.75")]
    public void Classifier_and_evaluator_average_the_same_views(string text)
    {
        ModelZip model = TinyModel.Make();
        ImagePreprocessing p = model.Manifest.Preprocessing;
        TestTimeAugmentation views = TestTimeAugmentation.Parse(text);
        byte[][] pixels = [.. Enumerable.Range(0, 9).Select(i => Noise(p.Length, i))];
        var images = new ImageSet(Split.Validation, "validation", model.Manifest.Labels, new int[9], pixels, new string[9]);
        using var team = new ThreadTeam(2);
        var evaluator = new Evaluator(team, batch: 23); // no multiple of the views
        float[] averaged = evaluator.ComputeProbabilities(EmotionClassifier.Compile(model, views), p, images, views);

        // One view after the other, as pictures of their own.
        ImagePreprocessing seen = views.GetViewPreprocessing(p);
        float[][] single =
        [
            .. Enumerable
                .Range(0, views.Views)
                .Select(v =>
                    evaluator.ComputeProbabilities(
                        EmotionClassifier.Compile(model, views),
                        seen,
                        images with
                        {
                            Pixels = [.. pixels.Select(x => View(views, v, x, p))],
                        }
                    )
                ),
        ];
        EmotionClassifier classifier = EmotionClassifier.From(model, new EmotionClassifierOptions { TestTimeAugmentation = views });
        for (int n = 0; n < 9; n++)
        {
            Prediction prediction = classifier.Classify(new Image(p.Width, p.Height, p.Channels, pixels[n]));
            for (int c = 0; c < 3; c++)
            {
                double mean = text == "flip+crops" ? (Of(single[..2]) + Of(single[2..])) / 2 : Of(single);
                Assert.Equal(mean, averaged[3 * n + c], 1e-6);
                Assert.Equal(averaged[3 * n + c], prediction.Scores[c].Probability, 1e-5f);

                double Of(float[][] set) => set.Average(s => (double)s[3 * n + c]);
            }
        }
    }

    private static ImagePreprocessing Shape(int width, int height, int channels) =>
        new()
        {
            Width = width,
            Height = height,
            Channels = channels,
            Mean = new float[channels],
            StandardDeviation = [.. Enumerable.Repeat(1f, channels)],
        };

    private static byte[] View(TestTimeAugmentation views, int index, byte[] pixels, ImagePreprocessing p)
    {
        var view = new byte[views.GetViewPreprocessing(p).Length];
        views.View(index, pixels, p, view);
        return view;
    }

    private static byte[] Noise(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

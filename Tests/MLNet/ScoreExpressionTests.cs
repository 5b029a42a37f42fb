using System.Text;
using EmotionMLNet.Imaging;
using EmotionMLNet.MLNet;
using EmotionMLNet.Tests.Support;
using Microsoft.ML;
using Microsoft.ML.Data;
using static Microsoft.ML.Transforms.ValueToKeyMappingEstimator;

namespace EmotionMLNet.Tests.MLNet;

/// <summary>The fast transformer beside ML.NET's own steps and beside the classifier.</summary>
public sealed class ScoreExpressionTests : IDisposable
{
    private static readonly string[] Labels = ["left", "low", "right"];
    private readonly TemporaryFolder folder = new();
    private readonly MLContext context = new(seed: 1);

    public static TheoryData<string> Kinds => ["path", "image", "bytes"];

    private string Zip => folder["model.zip"];

    public ScoreExpressionTests() => TinyZip.Make(Labels).Save(Zip);

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Scores_are_those_of_the_classifier_and_of_ML_NETs_steps(string kind)
    {
        IDataView view = View(kind, 100);
        ExpressionScoringTransformer fast = Estimator().Fit(view);
        (float[] Score, string Label)[] got = TinyRows.Scores(context, fast.Transform(view));
        EmotionClassifier classifier = EmotionClassifier.Load(Zip);
        Prediction[] expected = [.. TinyRows.Bytes(100).Select(r => classifier.Classify(r.ImageSource!))];
        Assert.Equal(expected.SelectMany(p => p.Scores.Select(s => s.Probability)), got.SelectMany(r => r.Score));
        Assert.Equal(expected.Select(p => p.Label), got.Select(r => r.Label));
        Assert.True(got.Select(r => r.Label).Distinct().Count() > 1);

        var stock = fast.ToStockSteps(context);
        (float[] Score, string Label)[] slow = TinyRows.Scores(context, stock.Transform(kind == "bytes" ? Decoded(100) : view));
        float difference = TinyRows.Difference(slow, got);
        Assert.True(difference < 1e-4f, $"{kind}: {difference}");
        Assert.Equal(slow.Select(r => r.Label), got.Select(r => r.Label));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Saved_and_loaded_it_is_ML_NETs_steps(string kind)
    {
        IDataView view = View(kind);
        var fast = Estimator().Fit(view);
        using var file = new MemoryStream();
        context.Model.Save(context.Transforms.CopyColumns("Copy", "Label").Append(Estimator()).Fit(view), view.Schema, file);
        file.Position = 0;
        var fresh = new MLContext();
        ITransformer loaded = fresh.Model.Load(file, out _);
        Assert.All(Flat(loaded), t => Assert.StartsWith("Microsoft.ML.", t.GetType().FullName));
        IDataView input = kind == "bytes" ? Decoded(45) : view;
        float difference = TinyRows.Difference(
            TinyRows.Scores(context, fast.Transform(view)), TinyRows.Scores(fresh, loaded.Transform(input)));
        Assert.True(difference < 1e-4f, $"{kind}: {difference}");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_prediction_engine_scores_row_by_row(string kind)
    {
        IDataView view = View(kind);
        var fast = Estimator().Fit(view);
        (float[] Score, string Label)[] expected = TinyRows.Scores(context, fast.Transform(view));
        (float[] Score, string Label)[] got = kind switch
        {
            "path" => Predict(TinyRows.Files(folder.FullName)),
            "image" => Predict(TinyRows.Images()),
            _ => Predict(TinyRows.Bytes()),
        };
        Assert.Equal(expected.SelectMany(r => r.Score), got.SelectMany(r => r.Score));
        Assert.Equal(expected.Select(r => r.Label), got.Select(r => r.Label));

        (float[], string)[] Predict<T>(T[] rows) where T : class
        {
            PredictionEngine<T, Scored> engine = context.Model.CreatePredictionEngine<T, Scored>(fast);
            return [.. rows.Select(r => engine.Predict(r)).Select(p => (p.Score, p.PredictedLabel))];
        }
    }

    [Fact]
    public void Faces_are_found_in_photographs_and_where_there_is_none_there_is_no_label()
    {
        SpotDetector.Save(folder["faces.zip"]);
        PathRow[] rows =
        [
            new() { Label = "left", ImageSource = SpotDetector.Write(folder["one.png"], (60, 70)) },
            new() { Label = "left", ImageSource = SpotDetector.Write(folder["none.png"]) },
            new() { Label = "left", ImageSource = SpotDetector.Write(folder["two.png"], (160, 90)) },
        ];
        FaceDetector detector = FaceDetector.Load(folder["faces.zip"]);
        var options = new ScoreExpressionOptions { Detector = detector, Faces = FaceSearch.Largest };
        IDataView view = context.Data.LoadFromEnumerable(rows);
        ExpressionScoringTransformer fast = context.Transforms.ScoreExpression(Zip, options: options).Fit(view);
        (float[] Score, string Label)[] got = TinyRows.Scores(context, fast.Transform(view));
        EmotionClassifier classifier = EmotionClassifier.Load(
            Zip, new EmotionClassifierOptions { Detector = detector, Faces = FaceSearch.Largest });
        foreach (int i in new[] { 0, 2 })
            Assert.Equal(classifier.Classify(rows[i].ImageSource!).Scores.Select(s => s.Probability), got[i].Score);
        Assert.All(got[1].Score, s => Assert.True(float.IsNaN(s)));
        Assert.True(string.IsNullOrEmpty(got[1].Label));
        PredictionEngine<PathRow, Scored> engine = context.Model.CreatePredictionEngine<PathRow, Scored>(fast);
        Assert.True(float.IsNaN(engine.Predict(rows[1]).Score[0]));
        Assert.Equal(got[2].Score, engine.Predict(rows[2]).Score);

        Assert.Contains(
            "cannot look for faces",
            Assert.Throws<InvalidOperationException>(() => context.Model.Save(fast, view.Schema, folder["saved.zip"])).Message,
            StringComparison.Ordinal
        );
        foreach (ScoreExpressionOptions wrong in new ScoreExpressionOptions[]
                 { new() { Faces = FaceSearch.All, Detector = detector }, new() { Faces = FaceSearch.Largest } })
            Assert.Throws<ArgumentException>(() => context.Transforms.ScoreExpression(Zip, options: wrong));
    }

    [Fact]
    public void Other_columns_pass_in_step_and_only_what_is_asked_for_is_made()
    {
        IDataView view = context.Data.LoadFromEnumerable(TinyRows.Bytes(70)), scored = Estimator().Fit(view).Transform(view);
        Assert.Equal(view.GetRowCount(), scored.GetRowCount());
        BytesRow[] rows = [.. context.Data.CreateEnumerable<BytesRow>(scored, false)];
        Assert.Equal(TinyRows.Bytes(70).Select(r => r.ImageSource), rows.Select(r => r.ImageSource));
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Label"]]);
        Assert.False(cursor.IsColumnActive(scored.Schema["Score"]));
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<VBuffer<float>>(scored.Schema["Score"]));
        VBuffer<ReadOnlyMemory<char>> slots = default;
        scored.Schema["Score"].GetSlotNames(ref slots);
        Assert.Equal(Labels, slots.DenseValues().Select(v => v.ToString()));
    }

    [Fact]
    public void Shuffled_rows_keep_their_scores()
    {
        IDataView view = context.Data.LoadFromEnumerable(TinyRows.Bytes(60));
        IDataView cached = context.Data.Cache(view);
        IDataView scored = Estimator().Fit(cached).Transform(cached);
        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema, new Random(5));
        ValueGetter<VBuffer<byte>> bytes = cursor.GetGetter<VBuffer<byte>>(scored.Schema["ImageSource"]);
        ValueGetter<VBuffer<float>> score = cursor.GetGetter<VBuffer<float>>(scored.Schema["Score"]);
        EmotionClassifier classifier = EmotionClassifier.Load(Zip);
        VBuffer<byte> b = default;
        VBuffer<float> s = default;
        int count = 0;
        for (; cursor.MoveNext(); count++)
        {
            bytes(ref b);
            score(ref s);
            Assert.Equal(classifier.Classify(b.GetValues()).Scores.Select(x => x.Probability), s.DenseValues());
        }
        Assert.Equal(60, count);
    }

    [Fact]
    public void A_reader_that_stops_early_leaves_nothing_running()
    {
        int read = 0;
        IEnumerable<BytesRow> Endless()
        {
            while (true) yield return new BytesRow { Label = "left", ImageSource = TinyData.Png(0, ++read) };
        }
        IDataView view = context.Data.LoadFromEnumerable(Endless());
        IDataView scored = Estimator().Fit(view).Transform(view);
        Assert.Equal(5, context.Data.CreateEnumerable<Scored>(scored, false, ignoreMissingColumns: true).Take(5).Count());
        Assert.InRange(read, 5, 2000); // a bounded number ahead
    }

    [Fact]
    public void Keys_are_evaluated()
    {
        IDataView view = context.Data.LoadFromEnumerable(TinyRows.Bytes());
        IDataView scored = context.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: KeyOrdinality.ByValue)
            .Append(context.Transforms.ScoreExpression(Zip, options: new ScoreExpressionOptions { PredictsKey = true }))
            .Fit(view).Transform(view);
        MulticlassClassificationMetrics metrics = context.MulticlassClassification.Evaluate(scored);
        EmotionClassifier classifier = EmotionClassifier.Load(Zip);
        double right = TinyRows.Bytes().Average(r => classifier.Classify(r.ImageSource!).Label == r.Label ? 1.0 : 0);
        Assert.Equal(right, metrics.MicroAccuracy, 9);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_missing_picture_has_no_label_and_a_broken_one_throws_or_is_skipped(bool skips)
    {
        BytesRow[] good = TinyRows.Bytes(2);
        BytesRow[] rows = [good[0], new(), new() { ImageSource = Encoding.ASCII.GetBytes("no picture") }, good[1]];
        IDataView view = context.Data.LoadFromEnumerable(rows);
        var options = new ScoreExpressionOptions { SkipUnreadable = skips };
        var fast = context.Transforms.ScoreExpression(Zip, options: options).Fit(view);
        PredictionEngine<BytesRow, Scored> engine = context.Model.CreatePredictionEngine<BytesRow, Scored>(fast);
        Missing(engine.Predict(rows[1]));
        if (!skips)
        {
            InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => TinyRows.Scores(context, fast.Transform(view)));
            Assert.Contains("Row 3, column 'ImageSource'", e.Message);
            Assert.IsType<ImageFormatException>(e.InnerException);
            Assert.Throws<InvalidOperationException>(() => engine.Predict(rows[2]));
            Assert.Equal(3, engine.Predict(rows[3]).Score.Length); // the engine goes on
            return;
        }
        Scored[] scored = [.. context.Data.CreateEnumerable<Scored>(fast.Transform(view), false, ignoreMissingColumns: true)];
        Missing(scored[1]);
        Missing(scored[2]);
        Assert.All(new[] { scored[0], scored[3] }, s => Assert.Equal(1, s.Score.Sum(), 4));

        static void Missing(Scored scored)
        {
            Assert.All(scored.Score, s => Assert.True(float.IsNaN(s)));
            Assert.Equal("", scored.PredictedLabel);
        }
    }

    [Fact]
    public void Paths_that_lead_nowhere_throw_and_name_the_row()
    {
        IDataView view = context.Data.LoadFromEnumerable([new PathRow { Label = "left", ImageSource = folder["none.png"] }]);
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(
            () => TinyRows.Scores(context, Estimator().Fit(view).Transform(view)));
        Assert.IsAssignableFrom<IOException>(e.InnerException);
    }

    [Fact]
    public void Transparent_pixels_of_an_MLImage_are_laid_over_white()
    {
        // Half covered grey of 100 and alpha 128, as Skia holds it: premultiplied.
        byte[] premultiplied = new byte[4 * 12 * 12], straight = new byte[3 * 12 * 12];
        for (int i = 0; i < 12 * 12; i++)
        {
            premultiplied.AsSpan(4 * i, 4).Fill((byte)(i % 128));
            premultiplied[4 * i + 3] = 128;
            straight.AsSpan(3 * i, 3).Fill((byte)(i % 128 + 127));
        }
        using var image = MLImage.CreateFromPixels(12, 12, MLPixelFormat.Rgba32, premultiplied);
        IDataView view = context.Data.LoadFromEnumerable([new ImageRow { Label = "left", ImageSource = image }]);
        (float[] Score, string Label) got = TinyRows.Scores(context, Estimator().Fit(view).Transform(view))[0];
        Prediction expected = EmotionClassifier.Load(Zip).Classify(new Image(12, 12, 3, straight));
        Assert.Equal(expected.Scores.Select(s => s.Probability), got.Score);
    }

    [Fact]
    public void Another_type_of_column_is_refused()
    {
        IDataView numbers = context.Data.LoadFromEnumerable([new { ImageSource = 1f }]);
        Assert.Contains("pictures are", Assert.Throws<ArgumentException>(() => Estimator().Fit(numbers)).Message);
        IDataView bytes = context.Data.LoadFromEnumerable(TinyRows.Bytes(1));
        var fast = Estimator().Fit(bytes);
        Assert.Contains("another type", Assert.Throws<ArgumentException>(
            () => fast.Transform(context.Data.LoadFromEnumerable([new PathRow { ImageSource = "a" }]))).Message);
    }

    private ScoreExpressionEstimator Estimator() => context.Transforms.ScoreExpression(Zip);

    private static IEnumerable<ITransformer> Flat(ITransformer model)
        => model is TransformerChain<ITransformer> chain ? chain.SelectMany(Flat) : [model];

    private IDataView Decoded(int count)
        => context.Data.LoadFromEnumerable(TinyRows.Decoded(count));

    private IDataView View(string kind, int count = 45) => kind switch
    {
        "path" => context.Data.LoadFromEnumerable(TinyRows.Files(folder.FullName, count)),
        "image" => context.Data.LoadFromEnumerable(TinyRows.Images(count)),
        _ => context.Data.LoadFromEnumerable(TinyRows.Bytes(count)),
    };
}

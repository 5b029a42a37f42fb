using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Tests.Support;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace EmotionMLNet.Tests.MLNetZip.Stock;

/// <summary>What ML.NET makes of rows that have no picture, no picture that it can read, or no label of the model's.</summary>
public sealed class OddInputTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ModelZip model = TinyModel.Make("residual");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(ModelInputMode.Bytes, null)]
    [InlineData(ModelInputMode.Path, null)]
    [InlineData(ModelInputMode.Path, "")]
    public void A_row_without_a_picture_is_scored_as_a_white_one(ModelInputMode mode, string? source)
    {
        using StockModel stock = Load(mode);
        AssertPlain(255, Assert.Single(stock.PredictEach(source))); // nothing, over white
    }

    /// <summary>ML.NET's resize then hands on the picture of the row before, which it has disposed.</summary>
    [Theory]
    [InlineData(ModelInputMode.Bytes)]
    [InlineData(ModelInputMode.Path)]
    public void Behind_another_row_it_throws(ModelInputMode mode)
    {
        using StockModel stock = Load(mode);
        Assert.Contains(
            "disposed",
            Assert.Throws<InvalidOperationException>(() => stock.PredictEach(Good(mode), null)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(17)]
    public void Pixels_of_another_number_throw(int? length)
    {
        using StockModel stock = Load(ModelInputMode.Raw);
        object? pixels = length is { } n ? new byte[n] : null;
        Assert.Contains(
            $"({length ?? 0})",
            Assert.Throws<ArgumentException>(() => stock.PredictEach(pixels)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(ModelInputMode.Bytes)]
    [InlineData(ModelInputMode.Path)]
    public void Bytes_that_are_no_picture_throw(ModelInputMode mode)
    {
        using StockModel stock = Load(mode);
        foreach (byte[] content in new byte[][] { [], [.. "no picture at all"u8] })
            Assert.Contains(
                "Invalid input stream",
                Assert.Throws<ArgumentException>(() => stock.PredictEach(Source(mode, content))).Message,
                StringComparison.Ordinal
            );
        if (mode == ModelInputMode.Path) Assert.Throws<FileNotFoundException>(() => stock.PredictEach(folder["none.png"]));
    }

    [Theory]
    [InlineData(ModelInputMode.Bytes)]
    [InlineData(ModelInputMode.Path)]
    public void Of_a_file_that_is_cut_off_the_rest_is_white(ModelInputMode mode)
    {
        byte[] png = PngEncoder.Encode(new Image(60, 50, 3, [.. Enumerable.Repeat((byte)255, 9000)])); // what is not read stays clear
        using StockModel stock = Load(mode);
        AssertPlain(255, Assert.Single(stock.PredictEach(Source(mode, png[..(png.Length / 2)]))));
    }

    [Theory]
    [InlineData(ModelInputMode.Bytes)]
    [InlineData(ModelInputMode.Path)]
    [InlineData(ModelInputMode.Raw)]
    public void Rows_of_labels_that_the_model_does_not_have_are_left_out_of_an_evaluation(ModelInputMode mode)
    {
        using StockModel stock = Load(mode);
        object good = Good(mode);
        string predicted = Assert.Single(stock.PredictEach(good)).PredictedLabel;
        string other = model.Manifest.Labels.First(l => l != predicted);
        MulticlassClassificationMetrics metrics = Evaluate(predicted, "surprised", other, "", predicted);
        Assert.Equal(2.0 / 3, metrics.MicroAccuracy, 1e-9); // of three rows
        Assert.Equal(3, metrics.ConfusionMatrix.Counts.SelectMany(r => r).Sum());
        Assert.True(double.IsFinite(metrics.LogLoss));
        Assert.Equal(model.Manifest.Labels.Count, metrics.ConfusionMatrix.NumberOfClasses);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => stock.Context.MulticlassClassification.Evaluate(Scored(predicted), predictedLabelColumnName: null)
        );

        MulticlassClassificationMetrics Evaluate(params string[] labels) =>
            stock.Context.MulticlassClassification.Evaluate(Scored(labels));
        IDataView Scored(params string[] labels) => stock.Transformer.Transform(stock.View([.. labels.Select(l => (l, (object?)good))]));
    }

    private void AssertPlain(byte grey, StockOutput row)
    {
        var p = model.Manifest.Preprocessing;
        byte[] pixels = [.. Enumerable.Repeat(grey, 3 * p.Width * p.Height)];
        Prediction plain = EmotionClassifier.From(model).Classify(new Image(p.Width, p.Height, 3, pixels));
        Assert.Equal(plain.Label, row.PredictedLabel);
        for (int c = 0; c < row.Score.Length; c++) Assert.Equal(plain.Scores[c].Probability, row.Score[c], 1e-4f);
    }

    private StockModel Load(ModelInputMode mode)
    {
        (model with { Manifest = model.Manifest with { InputMode = mode } }).Save(folder["model.zip"]);
        return StockModel.Load(folder["model.zip"], mode);
    }

    private object Good(ModelInputMode mode)
    {
        var p = model.Manifest.Preprocessing;
        var pixels = new byte[p.Width * p.Height * 3];
        new Random(2).NextBytes(pixels);
        if (mode == ModelInputMode.Raw) return pixels;
        byte[] png = PngEncoder.Encode(new Image(p.Width, p.Height, 3, pixels));
        return Source(mode, png);
    }

    private object Source(ModelInputMode mode, byte[] content)
    {
        if (mode == ModelInputMode.Bytes) return content;
        AtomicFile.Write(folder["picture.png"], s => s.Write(content));
        return folder["picture.png"];
    }
}

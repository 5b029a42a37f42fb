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
    [InlineData(ModelInputMode.Bytes)]
    [InlineData(ModelInputMode.Path)]
    [InlineData(ModelInputMode.Raw)]
    public void Explore(ModelInputMode mode)
    {
        using StockModel stock = Load(mode);
        var sb = new System.Text.StringBuilder();
        void Try(string what, Func<object?> run)
        {
            try { sb.AppendLine($"{mode} {what}: {run()}"); }
            catch (Exception e) { sb.AppendLine($"{mode} {what}: {e.GetType()} {e.Message} / {e.InnerException?.GetType()} {e.InnerException?.Message}"); }
        }
        string Show(List<StockOutput> o) => string.Join(" ", o.Select(r => $"{r.PredictedLabel} [{string.Join(' ', r.Score)}]"));
        Try("good", () => Show(stock.PredictEach(Good(mode))));
        Try("null", () => Show(stock.PredictEach((object?)null)));
        Try("null after good", () => Show(stock.PredictEach(Good(mode), null)));
        Try("empty", () => Show(stock.PredictEach(mode == ModelInputMode.Path ? "" : (object)Array.Empty<byte>())));
        string text = folder["text.png"];
        AtomicFile.WriteText(text, "no picture at all");
        Try("text", () => Show(stock.PredictEach(mode == ModelInputMode.Path ? text : (object)File.ReadAllBytes(text))));
        Try("missing", () => mode == ModelInputMode.Path ? Show(stock.PredictEach(folder["none.png"])) : "");
        byte[] png = PngEncoder.Encode(new Image(60, 50, 3, new byte[9000]));
        AtomicFile.Write(folder["cut.png"], s => s.Write(png.AsSpan(0, png.Length / 2)));
        Try("cut", () => Show(stock.PredictEach(mode == ModelInputMode.Path ? folder["cut.png"] : (object)File.ReadAllBytes(folder["cut.png"]))));
        Try("evaluate unknown", () =>
        {
            IDataView scored = stock.Transformer.Transform(stock.View([("happy", Good(mode)), ("surprised", Good(mode)), ("sad", Good(mode)), ("", Good(mode))]));
            MulticlassClassificationMetrics m = stock.Context.MulticlassClassification.Evaluate(scored, predictedLabelColumnName: null);
            return $"{m.MicroAccuracy} {m.LogLoss} {m.ConfusionMatrix.NumberOfClasses} {m.ConfusionMatrix.GetFormattedConfusionTable()}";
        });
        Try("evaluate default", () =>
        {
            IDataView scored = stock.Transformer.Transform(stock.View([("happy", Good(mode)), ("surprised", Good(mode)), ("sad", Good(mode)), ("", Good(mode))]));
            MulticlassClassificationMetrics m = stock.Context.MulticlassClassification.Evaluate(scored);
            return $"{m.MicroAccuracy} {m.LogLoss} {m.ConfusionMatrix.NumberOfClasses} {m.ConfusionMatrix.GetFormattedConfusionTable()}";
        });
        Try("evaluate mapped back", () =>
        {
            IDataView scored = stock.Transformer.Transform(stock.View([("happy", Good(mode)), ("surprised", Good(mode)), ("sad", Good(mode)), ("", Good(mode))]));
            scored = stock.Context.Transforms.Conversion.MapValueToKey("PredictedLabel", keyData: null).Fit(scored).Transform(scored);
            MulticlassClassificationMetrics m = stock.Context.MulticlassClassification.Evaluate(scored);
            return $"{m.MicroAccuracy} {m.LogLoss} {m.ConfusionMatrix.NumberOfClasses} {m.ConfusionMatrix.GetFormattedConfusionTable()}";
        });
        AtomicFile.WriteText($"/tmp/explore-{mode}.txt", sb.ToString());
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
        if (mode == ModelInputMode.Bytes) return png;
        AtomicFile.Write(folder["good.png"], s => s.Write(png));
        return folder["good.png"];
    }
}

using System.Text;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Onnx;
using EmotionMLNet.Tests.Support;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Image;
using Microsoft.ML.Transforms.Onnx;

namespace EmotionMLNet.Tests.MLNetZip.Stock;

/// <summary>Pipelines of users with a model of ours in them, saved by ML.NET: we read our network out of them.</summary>
public sealed class LongerPipelineTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly MLContext context = new();
    private readonly ModelZip model = TinyModel.Make("residual");
    private readonly Image picture;

    public LongerPipelineTests()
    {
        var p = model.Manifest.Preprocessing;
        var pixels = new byte[p.Width * p.Height * 3];
        new Random(2).NextBytes(pixels);
        picture = new Image(p.Width, p.Height, 3, pixels);
        byte[] png = PngEncoder.Encode(picture);
        AtomicFile.Write(folder["picture.png"], s => s.Write(png));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_step_behind_ours()
    {
        ITransformer ours = Ours(ModelInputMode.Path);
        IDataView view = context.Data.LoadFromEnumerable([new PathInput { Label = "", ImageSource = folder["picture.png"] }]);
        Save(ours.Append(Copy(ours.Transform(view))), view.Schema);
        AssertOurs(ModelInputMode.Path);
        ITransformer loaded = context.Model.Load(folder["longer.zip"], out _);
        string again = loaded.Transform(view).GetColumn<string>("Again").Single();
        Assert.Equal(EmotionClassifier.From(model).Classify(picture).Label, again);
    }

    [Fact]
    public void An_image_column_before_ours()
    {
        (IDataView view, ITransformer load) = Loader();
        ITransformer chain = load.Append(Ours(ModelInputMode.Bytes));
        Save(chain, view.Schema);
        AssertOurs(ModelInputMode.Path); // the whole takes paths
        string label = context.Model.Load(folder["longer.zip"], out _).Transform(view).GetColumn<string>("PredictedLabel").Single();
        Assert.Equal(EmotionClassifier.From(model).Classify(picture).Label, label);
    }

    [Fact]
    public void Ours_in_a_chain_in_a_chain()
    {
        (IDataView view, ITransformer load) = Loader();
        ITransformer ours = Ours(ModelInputMode.Bytes),
            inner = new TransformerChain<ITransformer>(ours, Copy(ours.Transform(load.Transform(view)))),
            outer = new TransformerChain<ITransformer>(load, new TransformerChain<ITransformer>(inner));
        Save(outer, view.Schema);
        AssertOurs(ModelInputMode.Path);
    }

    [Theory]
    [InlineData(ModelInputMode.Bytes)]
    [InlineData(ModelInputMode.Path)]
    [InlineData(ModelInputMode.Raw)]
    public void The_mode_is_told_by_the_steps_before(ModelInputMode mode)
    {
        ITransformer none = new TransformerChain<ITransformer>();
        Save(new TransformerChain<ITransformer>(none, Ours(mode)), null);
        AssertOurs(mode);
    }

    [Fact]
    public void Our_ONNX_file_behind_image_steps_of_the_user()
    {
        model.ExportOnnx(folder["model.onnx"]);
        IDataView view = context.Data.LoadFromEnumerable([new PathRow { Path = "picture.png" }]);
        var p = model.Manifest.Preprocessing;
        TransformerChain<OnnxTransformer> chain = context
            .Transforms.LoadImages("Image", folder.FullName, nameof(PathRow.Path))
            .Append(context.Transforms.ResizeImages("Image", p.Width, p.Height, resizing: ImageResizingEstimator.ResizingKind.Fill))
            .Append(context.Transforms.ExtractPixels("input", "Image"))
            .Append(context.Transforms.ApplyOnnxModel(OnnxWriter.OutputName, "input", folder["model.onnx"]))
            .Fit(view);
        Save(chain, view.Schema);
        AssertOurs(ModelInputMode.Path);
        float[] scores = chain.Transform(view).GetColumn<float[]>(OnnxWriter.OutputName).Single();
        Prediction ours = EmotionClassifier.From(model).Classify(picture);
        for (int c = 0; c < scores.Length; c++) Assert.Equal(ours.Scores[c].Probability, scores[c], 1e-4f);
    }

    [Fact]
    public void Two_of_ours_are_refused_by_name()
    {
        Save(Ours(ModelInputMode.Raw).Append(Ours(ModelInputMode.Bytes)), null);
        Refusal.Of<ModelFormatException>("2 networks of EmotionMLNet (TransformerChain/", () => ModelZip.Load(folder["longer.zip"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_network_of_others_is_none_of_ours(bool besideOurs)
    {
        byte[] onnx = model.Onnx(OnnxInput.Prepared, OnnxWeights.Full).ToArray();
        Encoding.ASCII.GetBytes("SomebodyElse", onnx.AsSpan(onnx.AsSpan().IndexOf("EmotionMLNet"u8)));
        AtomicFile.Write(folder["other.onnx"], s => s.Write(onnx));
        IDataView view = context.Data.LoadFromEnumerable([new PathRow { Path = "picture.png" }]);
        var p = model.Manifest.Preprocessing;
        ITransformer other = context
            .Transforms.LoadImages("Image", folder.FullName, nameof(PathRow.Path))
            .Append(context.Transforms.ResizeImages("Image", p.Width, p.Height))
            .Append(context.Transforms.ExtractPixels("input", "Image"))
            .Append(context.Transforms.ApplyOnnxModel(OnnxWriter.OutputName, "input", folder["other.onnx"]))
            .Fit(view);
        Save(besideOurs ? other.Append(Ours(ModelInputMode.Path)) : other, view.Schema);
        if (besideOurs) AssertOurs(ModelInputMode.Path);
        else Refusal.Of<ModelFormatException>("an ONNX network of another origin", () => ModelZip.Load(folder["longer.zip"]));
    }

    private void AssertOurs(ModelInputMode mode)
    {
        ModelZip read = ModelZip.Load(folder["longer.zip"]);
        Assert.Equal(mode, read.Manifest.InputMode);
        Assert.Equal(model.Manifest.Labels, read.Manifest.Labels);
        Assert.Equal(EmotionClassifier.From(model).Classify(picture).Scores, EmotionClassifier.From(read).Classify(picture).Scores);
        read.Save(folder["own.zip"]); // and it is a whole model again
        Assert.Equal(mode, ModelZip.Load(folder["own.zip"]).Manifest.InputMode);
    }

    private ITransformer Ours(ModelInputMode mode)
    {
        string zip = folder[$"{mode}.zip"];
        (model with { Manifest = model.Manifest with { InputMode = mode } }).Save(zip);
        return context.Model.Load(zip, out _);
    }

    private (IDataView View, ITransformer Loader) Loader()
    {
        IDataView view = context.Data.LoadFromEnumerable([new PathRow { Path = "picture.png", Label = "" }]);
        return (
            view,
            context
                .Transforms.LoadImages("Image", folder.FullName, nameof(PathRow.Path))
                .Append(context.Transforms.LoadRawImageBytes("ImageSource", folder.FullName, nameof(PathRow.Path)))
                .Fit(view)
        );
    }

    private ColumnCopyingTransformer Copy(IDataView scored) => context.Transforms.CopyColumns("Again", "PredictedLabel").Fit(scored);

    private void Save(ITransformer chain, DataViewSchema? schema) => context.Model.Save(chain, schema, folder["longer.zip"]);

    /// <summary>A row with a picture's name.</summary>
    public sealed class PathRow
    {
        public string Label { get; set; } = "";

        public string Path { get; set; } = "";
    }
}

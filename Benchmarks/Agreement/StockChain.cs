using EmotionMLNet.MLNetZip;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace EmotionMLNet.Benchmarks.Agreement;

/// <summary>A zip in the real ML.NET, a picture at a time.</summary>
internal sealed class StockChain : IDisposable
{
    private readonly Func<string, float[]> predict;
    private readonly Action dispose;

    public StockChain(string zip, ModelInputMode mode)
    {
        var context = new MLContext();
        ITransformer model = context.Model.Load(zip, out _);
        if (mode == ModelInputMode.Path)
        {
            PredictionEngine<PathRow, Scored> paths = context.Model.CreatePredictionEngine<PathRow, Scored>(model);
            predict = file => paths.Predict(new PathRow { ImageSource = file }).Score;
            dispose = paths.Dispose;
        }
        else
        {
            PredictionEngine<BytesRow, Scored> bytes = context.Model.CreatePredictionEngine<BytesRow, Scored>(model);
            dispose = bytes.Dispose;
            predict = file =>
            {
                using var row = new BytesRow { ImageSource = File.ReadAllBytes(file) };
                return bytes.Predict(row).Score;
            };
        }
    }

    /// <summary>One array of scores a picture, in order.</summary>
    public List<float[]> Scores { get; } = [];

    public void Add(string file) => Scores.Add([.. predict(file)]);

    // The engine takes the model along.
    public void Dispose() => dispose();

    /// <summary>What a zip in path mode takes.</summary>
    public sealed class PathRow
    {
        public string Label { get; set; } = "";

        public string ImageSource { get; set; } = "";
    }

    /// <summary>What a zip in bytes mode takes.</summary>
    public sealed class BytesRow : IDisposable
    {
        private MLImage? decoded;

        public string Label { get; set; } = "";

        public byte[] ImageSource { get; set; } = [];

        [ImageType(1, 1)]
        public MLImage Image
        {
            get
            {
                if (decoded is not null) return decoded;
                using var stream = new MemoryStream(ImageSource);
                return decoded = MLImage.CreateFromStream(stream);
            }
        }

        public void Dispose() => decoded?.Dispose();
    }

    /// <summary>What it gives.</summary>
    public sealed class Scored
    {
        public float[] Score { get; set; } = [];
    }
}

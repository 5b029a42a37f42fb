using EmotionMLNet.Training;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Trainer.MLNet;

/// <summary>
/// Candidates that are ML.NET pipelines, "mlnet:FEATURES+TRAINER": what is computed of a picture, and the stock trainer that learns from
/// it.
/// </summary>
internal sealed class PipelineSource : ICandidateSource
{
    private const string Onnx = ".onnx";

    private readonly FeatureStore store = new();
    private readonly Dictionary<string, Features> features = new(StringComparer.Ordinal);

    public string Prefix => "mlnet:";

    public string Forms =>
        $"{Prefix}FEATURES+TRAINER (ML.NET's pipelines, FEATURES one of {PixelFeatures.Name}, {ResNet18Features.Name}, FILE.onnx; TRAINER "
        + $"one of {StockTrainer.Names})";

    public ICandidateTrainer Create(string text, TrainingOptions options)
    {
        string rest = text[Prefix.Length..];
        int plus = rest.LastIndexOf('+');
        if (plus < 1 || plus == rest.Length - 1)
            throw new TrainingException($"{text}: that is no pipeline: give {Forms}.");
        string wanted = rest[(plus + 1)..];
        StockTrainer trainer =
            StockTrainer.Find(wanted)
            ?? throw new TrainingException($"{text}: there is no trainer '{wanted}': give one of {StockTrainer.Names}.");
        return new PipelineTrainer(text, FindFeatures(text, rest[..plus], options), trainer, store);
    }

    // One instance for all candidates, so that its ONNX session and its cache serve them all.
    private Features FindFeatures(string text, string name, TrainingOptions options)
    {
        Features found = name switch
        {
            _ when name.Equals(PixelFeatures.Name, StringComparison.OrdinalIgnoreCase) => new PixelFeatures(options),
            _ when name.Equals(ResNet18Features.Name, StringComparison.OrdinalIgnoreCase) => new ResNet18Features(options),
            _ when name.EndsWith(Onnx, StringComparison.OrdinalIgnoreCase) => OnnxFeatures.Read(name, options),
            _ => throw new TrainingException(
                $"{text}: there are no features '{name}': give {PixelFeatures.Name}, {ResNet18Features.Name}, or an ONNX file."
            ),
        };
        if (features.TryGetValue(found.Identity, out Features? known)) return known;
        features.Add(found.Identity, found);
        return found;
    }
}

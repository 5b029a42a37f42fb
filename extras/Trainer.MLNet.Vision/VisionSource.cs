using EmotionMLNet.Training;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Options;
using Microsoft.ML.Vision;

namespace EmotionMLNet.Trainer.MLNet.Vision;

/// <summary>Candidates "vision:ARCHITECTURE": ML.NET's own transfer learning, Microsoft.ML.Vision.</summary>
internal sealed class VisionSource : ICandidateSource
{
    private readonly FeatureStore store = new();

    public string Prefix => "vision:";

    public string Forms =>
        $"{Prefix}ARCHITECTURE (ML.NET's ImageClassificationTrainer, ARCHITECTURE one of "
        + $"{string.Join(", ", Enum.GetNames<ImageClassificationTrainer.Architecture>())})";

    public ICandidateTrainer Create(string text, TrainingOptions options) =>
        Enum.TryParse(text[Prefix.Length..], ignoreCase: true, out ImageClassificationTrainer.Architecture architecture)
        && Enum.IsDefined(architecture)
            ? new VisionTrainer(text, architecture, store)
            : throw new TrainingException($"{text}: there is no such architecture: give {Forms}.");
}

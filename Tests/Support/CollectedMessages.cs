using EmotionMLNet.Training;
using EmotionMLNet.Training.Reporting;

namespace EmotionMLNet.Tests.Support;

/// <summary>What training says, kept.</summary>
internal sealed class CollectedMessages : IProgress<TrainingMessage>
{
    public List<TrainingMessage> Messages { get; } = [];

    public void Report(TrainingMessage value) => Messages.Add(value);

    public override string ToString() => string.Join('\n', Messages);
}

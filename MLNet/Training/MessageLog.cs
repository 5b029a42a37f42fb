using EmotionMLNet.Training;
using Microsoft.ML.Runtime;

namespace EmotionMLNet.MLNet.Training;

/// <summary>Messages of a training in ML.NET's log.</summary>
/// <param name="channel">The log.</param>
internal sealed class MessageLog(IChannel channel) : IProgress<TrainingMessage>
{
    public void Report(TrainingMessage value)
    {
        string text = value.Prefix + TrainerSettings.Renamed(value.Template);
        if (value.Kind == MessageKind.Warning) channel.Warning(MessageSensitivity.None, text);
        else channel.Info(MessageSensitivity.None, text);
    }
}

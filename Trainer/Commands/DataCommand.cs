using System.CommandLine;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>data: Counts and checks a data set before training.</summary>
internal static class DataCommand
{
    public static Command Create() => new("data", "Counts and checks a data set before training.");
}

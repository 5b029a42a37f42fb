using System.CommandLine;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>train: Trains a network on a folder of images.</summary>
internal static class TrainCommand
{
    public static Command Create() => new("train", "Trains a network on a folder of images.");
}

using System.CommandLine;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>evaluate: Measures a saved model on one split of a data set.</summary>
internal static class EvaluateCommand
{
    public static Command Create() => new("evaluate", "Measures a saved model on one split of a data set.");
}

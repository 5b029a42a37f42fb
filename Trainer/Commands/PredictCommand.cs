using System.CommandLine;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>predict: Labels pictures; what Predictor.Console is a program of its own for.</summary>
internal static class PredictCommand
{
    public static Command Create() =>
#if DRAWING
        Predictor.PredictCommand.CreateVerb(new Predictor.Drawing.SkiaDrawing());
#else
        Predictor.PredictCommand.CreateVerb();
#endif
}

using System.CommandLine;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>faces: Draws a data set of synthetic faces.</summary>
internal static class FacesCommand
{
    public static Command Create() => new("faces", "Draws a data set of synthetic faces.");
}

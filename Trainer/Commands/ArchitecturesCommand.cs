using System.CommandLine;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>architectures: Lists the networks that can be trained.</summary>
internal static class ArchitecturesCommand
{
    public static Command Create() => new("architectures", "Lists the networks that can be trained.");
}

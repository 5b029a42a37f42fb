using System.CommandLine;
using EmotionMLNet.Terminal;
using EmotionMLNet.Trainer.Commands;

namespace EmotionMLNet.Trainer;

internal static class Program
{
    public static int Main(string[] args) => CommandLineRun.Invoke(CreateRoot(), FormerOptions.Rename(args, Console.Error));

    /// <summary>The whole command line.</summary>
    internal static RootCommand CreateRoot()
    {
        var root = new ProgramCommand(
            "EmotionMLNet: trains, compares and runs networks that predict expression labels. Nothing leaves this machine."
        )
        {
            TrainCommand.Create(),
            LearningRateCommand.Create(),
            CompareCommand.Create(),
            EvaluateCommand.Create(),
            CalibrateCommand.Create(),
            EnsembleCommand.Create(),
            PredictCommand.Create(),
            ExportCommand.Create(),
            QuantiseCommand.Create(),
            ImportCommand.Create(),
            DataCommand.Create(),
            SuspectsCommand.Create(),
            FacesCommand.Create(),
            ArchitecturesCommand.Create(),
            WeightsCommand.Create(),
            QuickstartCommand.Create(),
        };
        return root;
    }
}

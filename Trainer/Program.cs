using System.CommandLine;
using EmotionMLNet.Terminal;
using EmotionMLNet.Trainer.Commands;
using EmotionMLNet.Trainer.Commands.Tuning;
using EmotionMLNet.Training.Comparison;

namespace EmotionMLNet.Trainer;

internal static class Program
{
    public static int Main(string[] args) => Run(args);

    /// <summary>Runs a command line.</summary>
    /// <param name="args">What follows the program's name.</param>
    /// <param name="others">Candidates that are no networks of ours, of a program that has some.</param>
    internal static int Run(string[] args, params IReadOnlyList<ICandidateSource> others) =>
        CommandLineRun.Invoke(CreateRoot(others), FormerOptions.Rename(args, Console.Error));

    /// <summary>The whole command line.</summary>
    /// <param name="others">As in <see cref="Run"/>.</param>
    internal static RootCommand CreateRoot(params IReadOnlyList<ICandidateSource> others)
    {
        var root = new ProgramCommand(
            "EmotionMLNet: trains, compares and runs networks that predict expression labels. Nothing leaves this machine unless an option "
                + "names another."
        )
        {
            TrainCommand.Create(),
            LearningRateCommand.Create(),
            CompareCommand.Create(others),
            TuneCommand.Create(others),
            EvaluateCommand.Create(),
            CalibrateCommand.Create(),
            EnsembleCommand.Create(),
            PredictCommand.Create(),
#if WEB
            EmotionMLNet.Web.Commands.ServeCommand.CreateVerb(),
#endif
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

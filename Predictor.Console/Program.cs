using EmotionMLNet.Terminal;

namespace EmotionMLNet.Predictor;

internal static class Program
{
    public static int Main(string[] args) => CommandLineRun.Invoke(PredictCommand.Create(), args);
}

using System.CommandLine;
using EmotionMLNet.Terminal;

namespace EmotionMLNet.Predictor;

internal static class Program
{
    public static int Main(string[] args) => CommandLineRun.Invoke(CreateRoot(), args);

    public static RootCommand CreateRoot() =>
#if DRAWING
        PredictCommand.Create(new Drawing.SkiaDrawing());
#else
        PredictCommand.Create();
#endif
}

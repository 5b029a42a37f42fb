using System.CommandLine;

namespace EmotionMLNet.Predictor;

internal static class Program
{
    public static int Main(string[] args)
    {
        ParseResult parsed = PredictCommand.Create().Parse(args);
        int code = parsed.Invoke();
        return parsed.Errors.Count > 0 ? ExitCode.Usage : code;
    }
}

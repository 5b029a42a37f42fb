using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.Support;

/// <summary>What training steps leave to the garbage collector.</summary>
internal static class StepAllocation
{
    /// <summary>Bytes that a step allocates once a run is warm.</summary>
    /// <param name="options">Of <see cref="TinyData"/>; run on the caller's thread alone.</param>
    public static long Of(TrainingOptions options)
    {
        using TrainingRun run = TinyData.Run(options with { Threads = 1 });
        run.Prepare(new SilentReporter(), CancellationToken.None);
        for (int epoch = 0; epoch < 3; epoch++) run.Step(epoch, 0);
        int batch = 0;
        return SteadyAllocation.Of(() => run.Step(3, batch++));
    }
}

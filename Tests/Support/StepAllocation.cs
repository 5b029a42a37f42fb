using EmotionMLNet.Trainer.Training;

namespace EmotionMLNet.Tests.Support;

/// <summary>What training steps leave to the garbage collector.</summary>
internal static class StepAllocation
{
    /// <summary>Bytes that five steps allocate once a run is warm.</summary>
    /// <param name="options">Of <see cref="TinyData"/>; run on the caller's thread alone.</param>
    public static long Of(TrainingOptions options)
    {
        using TrainingRun run = TinyData.Run(options with { Threads = 1 });
        for (int epoch = 0; epoch < 3; epoch++) run.Step(epoch, 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int batch = 0; batch < 5; batch++) run.Step(3, batch);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}

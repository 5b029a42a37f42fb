namespace EmotionMLNet.Tests.Support;

/// <summary>What code leaves to the garbage collector each time that it runs.</summary>
internal static class SteadyAllocation
{
    private const int Attempts = 3;

    /// <summary>
    /// Bytes that a call allocates on this thread once it is warm: the least of several attempts. What the runtime allocates once, when it
    /// compiles a method anew behind a running test, is no part of it; what the code allocates, it allocates every time.
    /// </summary>
    /// <param name="call">Has run often enough to be warm.</param>
    public static long Of(Action call)
    {
        long least = long.MaxValue;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            call();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}

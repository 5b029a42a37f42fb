namespace EmotionMLNet.Kernels;

/// <summary>
/// A team that a process has once, for calls that come one at a time: nobody has to dispose of it, and its threads sleep between two calls.
/// One caller has it at a time.
/// </summary>
internal static class SharedTeam
{
    // What one small picture gives work to: with more, threads wait for each other longer than they work.
    private const int MostThreads = 4;

    private static readonly Lazy<ThreadTeam> Team = new(() => new ThreadTeam(Threads));

    private static int isTaken;

    /// <summary>How many it has, its caller included: one for each core, up to four.</summary>
    public static int Threads => Math.Min(Environment.ProcessorCount, MostThreads);

    /// <summary>Takes it.</summary>
    /// <param name="team">Whose until <see cref="Return"/>.</param>
    /// <returns>False where somebody else has it.</returns>
    public static bool TryTake(out ThreadTeam team)
    {
        bool isFree = Interlocked.CompareExchange(ref isTaken, 1, 0) == 0;
        team = isFree ? Team.Value : null!;
        return isFree;
    }

    /// <summary>Gives back what <see cref="TryTake"/> gave.</summary>
    public static void Return() => Volatile.Write(ref isTaken, 0);
}

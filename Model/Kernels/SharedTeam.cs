namespace EmotionMLNet.Kernels;

/// <summary>
/// The team of all cores that a process has once, for calls that come one at a time: nobody has to dispose of it, and its threads sleep
/// between two calls. One caller has it at a time.
/// </summary>
internal static class SharedTeam
{
    private static readonly Lazy<ThreadTeam> All = new(() => new ThreadTeam(Environment.ProcessorCount));

    private static int isTaken;

    /// <summary>Takes it.</summary>
    /// <param name="team">Whose until <see cref="Return"/>.</param>
    /// <returns>False where somebody else has it.</returns>
    public static bool TryTake(out ThreadTeam team)
    {
        bool isFree = Interlocked.CompareExchange(ref isTaken, 1, 0) == 0;
        team = isFree ? All.Value : null!;
        return isFree;
    }

    /// <summary>Gives back what <see cref="TryTake"/> gave.</summary>
    public static void Return() => Volatile.Write(ref isTaken, 0);
}

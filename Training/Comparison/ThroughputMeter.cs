using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;

namespace EmotionMLNet.Training.Comparison;

/// <summary>
/// Images a second of several networks on this machine: short runs of all in turns, and of each the median, so that whatever else the
/// machine does hits all alike. Only the network is measured; decoding pictures takes the same time for all.
/// </summary>
internal static class ThroughputMeter
{
    /// <summary>Images of a batched run.</summary>
    public const int Batch = 32;

    private const int Rounds = 7;

    private static readonly TimeSpan Run = TimeSpan.FromMilliseconds(60);

    /// <returns>Images a second one by one, and in batches.</returns>
    public static (double Singles, double Batched)[] Measure(IReadOnlyList<InferencePlan> plans, int threads)
    {
        using var team = new ThreadTeam(threads);
        double[] singles = Medians(plans, 1, team), batched = Medians(plans, Batch, team);
        return [.. singles.Zip(batched)];
    }

    private static double[] Medians(IReadOnlyList<InferencePlan> plans, int batch, ThreadTeam team)
    {
        InferenceSession[] sessions = [.. plans.Select(p => new InferenceSession(p, batch, team))];
        var rates = new double[sessions.Length, Rounds];
        foreach (InferenceSession session in sessions) session.Run(); // pages and caches
        for (int round = 0; round < Rounds; round++)
            for (int i = 0; i < sessions.Length; i++) rates[i, round] = Rate(sessions[i], batch);
        return
        [
            .. Enumerable
                .Range(0, sessions.Length)
                .Select(i => Enumerable.Range(0, Rounds).Select(r => rates[i, r]).Order().ElementAt(Rounds / 2)),
        ];
    }

    private static double Rate(InferenceSession session, int batch)
    {
        long start = TimeProvider.System.GetTimestamp();
        TimeSpan elapsed;
        int runs = 0;
        do
        {
            session.Run();
            runs++;
            elapsed = TimeProvider.System.GetElapsedTime(start);
        }
        while (elapsed < Run);
        return runs * batch / elapsed.TotalSeconds;
    }
}

using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;

namespace EmotionMLNet.Training.Comparison;

/// <summary>
/// Images a second of several models on this machine: short runs of all in turns, and of each the median, so that whatever else the
/// machine does hits all alike. Pictures are decoded before; of our networks the network alone is measured.
/// </summary>
internal static class ThroughputMeter
{
    /// <summary>Images of a batched run.</summary>
    public const int Batch = 32;

    private const int Rounds = 7, SlowRounds = 3;

    private static readonly TimeSpan Run = TimeSpan.FromMilliseconds(60);

    // Where one pass of all takes so long, chance has less to say and fewer rounds do.
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(2);

    /// <summary>The same of networks.</summary>
    /// <returns>Images a second one by one, and in batches.</returns>
    public static (double Singles, double Batched)[] Measure(IReadOnlyList<InferencePlan> plans, int threads)
        => Measure(
            [.. plans.Select(p => (Func<int, ThreadTeam, Action>)((batch, team) => new InferenceSession(p, batch, team).Run))],
            threads
        );

    /// <param name="models">Each makes something that predicts a batch whenever it is called, with a team of threads.</param>
    /// <param name="threads">The size of the team.</param>
    /// <returns>Images a second one by one, and in batches.</returns>
    public static (double Singles, double Batched)[] Measure(IReadOnlyList<Func<int, ThreadTeam, Action>> models, int threads)
    {
        using var team = new ThreadTeam(threads);
        double[] singles = Medians(models, 1, team), batched = Medians(models, Batch, team);
        return [.. singles.Zip(batched)];
    }

    private static double[] Medians(IReadOnlyList<Func<int, ThreadTeam, Action>> models, int batch, ThreadTeam team)
    {
        Action[] predictions = [.. models.Select(m => m(batch, team))];
        long start = TimeProvider.System.GetTimestamp();
        foreach (Action predict in predictions) predict(); // pages and caches
        int rounds = TimeProvider.System.GetElapsedTime(start) > Slow ? SlowRounds : Rounds;
        var rates = new double[predictions.Length, rounds];
        for (int round = 0; round < rounds; round++)
            for (int i = 0; i < predictions.Length; i++) rates[i, round] = Rate(predictions[i], batch);
        return
        [
            .. Enumerable
                .Range(0, predictions.Length)
                .Select(i => Enumerable.Range(0, rounds).Select(r => rates[i, r]).Order().ElementAt(rounds / 2)),
        ];
    }

    private static double Rate(Action predict, int batch)
    {
        long start = TimeProvider.System.GetTimestamp();
        TimeSpan elapsed;
        int runs = 0;
        do
        {
            predict();
            runs++;
            elapsed = TimeProvider.System.GetElapsedTime(start);
        }
        while (elapsed < Run);
        return runs * batch / elapsed.TotalSeconds;
    }
}

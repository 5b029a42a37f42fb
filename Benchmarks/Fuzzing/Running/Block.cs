using System.Diagnostics;
using EmotionMLNet.Benchmarks.Fuzzing.Mutation;

namespace EmotionMLNet.Benchmarks.Fuzzing.Running;

/// <summary>
/// Some thousand inputs of one family. Which they are depends on family, seed and number of the block alone. An input that ends as none
/// before it (another message, another kind of result) becomes a seed of the block: so changes lead on to changes behind them.
/// </summary>
internal static class Block
{
    private const int MostKept = 512;

    /// <param name="family">What is read.</param>
    /// <param name="seed">Of all blocks.</param>
    /// <param name="block">Number of this one.</param>
    /// <param name="inputs">How many; the first ones are the seeds themselves.</param>
    /// <param name="scratch">Of this thread.</param>
    /// <param name="timed">Whether a slow input is a find.</param>
    /// <param name="before">Is shown each file before it is read.</param>
    public static BlockResult Run(
        FormatFamily family,
        int seed,
        long block,
        int inputs,
        Scratch scratch,
        bool timed = false,
        Action<byte[]>? before = null
    )
    {
        var random = FuzzRandom.For(family.Name, seed, block);
        var judge = new Judge(family, scratch, timed);
        List<byte[]> pool = [.. family.Seeds];
        int seeds = pool.Count, accepted = 0, rejected = 0;
        var known = new HashSet<ulong>();
        var finds = new Dictionary<string, Find>();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < inputs; i++)
        {
            byte[] raw =
                i < seeds
                    ? pool[i]
                    : family.Mutate(
                        pool[random.OneIn(2) ? random.Below(seeds) : random.Below(pool.Count)],
                        random,
                        pool[random.Below(pool.Count)]
                    );
            byte[] file = family.Complete(raw);
            before?.Invoke(file);
            Verdict verdict = judge.Read(file);
            switch (verdict.Kind)
            {
                case VerdictKind.Accepted:
                    accepted++;
                    break;
                case VerdictKind.Rejected:
                    rejected++;
                    break;
                default:
                    finds.TryAdd(verdict.Cause, new Find(verdict.Cause, verdict.Detail, raw));
                    continue;
            }
            if (i >= seeds && pool.Count < MostKept && known.Add(verdict.Feature)) pool.Add(raw);
        }
        return new BlockResult(
            family.Name,
            block,
            inputs,
            accepted,
            rejected,
            Stopwatch.GetElapsedTime(start).TotalSeconds,
            [.. finds.Values]
        );
    }
}

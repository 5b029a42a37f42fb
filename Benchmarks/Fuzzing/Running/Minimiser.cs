namespace EmotionMLNet.Benchmarks.Fuzzing.Running;

/// <summary>
/// Makes a find smaller as long as its cause stays: pieces are left out, from halves down to bytes, and what is left becomes zeros where
/// that changes nothing.
/// </summary>
internal static class Minimiser
{
    private const int MostTries = 4000, MostSlowTries = 60;

    /// <param name="family">What it is a find in.</param>
    /// <param name="find">Found by it.</param>
    /// <param name="scratch">Of this thread.</param>
    /// <param name="before">Is shown each file before it is read.</param>
    /// <returns>A raw form that ends by the same cause.</returns>
    public static byte[] Minimise(FormatFamily family, Find find, Scratch scratch, Action<byte[]>? before = null)
    {
        var judge = new Judge(family, scratch, timed: find.Cause == "slow");
        int left = find.Cause is "slow" or "memory" ? MostSlowTries : MostTries;
        byte[] best = find.Raw;
        bool smaller = true;
        while (smaller && left > 0)
        {
            smaller = false;
            for (int piece = Math.Max(1, best.Length / 2); piece >= 1 && left > 0; piece /= 2)
            {
                for (int at = 0; at < best.Length && left > 0;)
                {
                    byte[] shorter = [.. best[..at], .. best[Math.Min(best.Length, at + piece)..]];
                    if (Same(shorter)) (best, smaller) = (shorter, true);
                    else at += piece;
                }
            }
        }
        for (int at = 0; at < best.Length && left > 0; at++)
        {
            if (best[at] is 0 or (byte)'0') continue;
            byte[] plainer = [.. best];
            plainer[at] = plainer[at] is >= 0x20 and < 0x7F ? (byte)'0' : (byte)0;
            if (Same(plainer)) best = plainer;
        }
        return best;

        bool Same(byte[] raw)
        {
            left--;
            byte[] file = family.Complete(raw);
            before?.Invoke(file);
            return judge.Read(file).Cause == find.Cause;
        }
    }
}

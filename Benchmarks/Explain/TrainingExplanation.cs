using System.Diagnostics;
using System.Globalization;
using EmotionMLNet.Benchmarks.Compare;
using EmotionMLNet.Networks;

namespace EmotionMLNet.Benchmarks.Explain;

/// <summary>Where the time and the memory of a training step go: every step of the plan, the loss and the optimiser.</summary>
internal static class TrainingExplanation
{
    public static void Print(Work work, int batch, int threads, int repeat)
    {
        using var training = new TrainingWork(work.Make(), batch, threads);
        TimeSpan loss = TimeSpan.MaxValue, update = TimeSpan.MaxValue;
        IReadOnlyList<TrainingStepProfile> steps = training.Plan.Profile(
            repeat,
            () => Time(training.Loss, ref loss),
            () => Time(training.Update, ref update)
        );
        double total = (steps.Aggregate(loss + update, (sum, s) => sum + s.Time)).TotalSeconds;
        (double step, long allocated) = Whole(training, repeat);

        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{work.Name}, batch {batch}, {threads} threads: the parts {total * 1e3:0.00} ms, {batch / total:0} images/s; a whole "
                    + $"step {step * 1e3:0.00} ms, {batch / step:0} images/s"
            )
        );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"plan {training.Plan.Bytes / 1e6:0} MB, scratch {training.Plan.ScratchBytes / 1e6:0} MB of it; peak of the process "
                    + $"{Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:0} MB; {allocated} managed bytes a step (median)"
            )
        );
        Console.WriteLine($"{"",15}  {"forward",-20} {"weights",-20} {"data gradient",-20} {"saved",7}");
        Console.WriteLine(
            $"{"ms", 8} {"share", 6}  {"ms", 7} {"GF/s", 5} {"GB/s", 6} {"ms", 7} {"GF/s", 5} {"GB/s", 6} {"ms", 7} "
                + $"{"GF/s", 5} {"GB/s", 6} "
                + $"{"MB", 7}  step"
        );
        foreach (TrainingStepProfile s in steps)
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{s.Time.TotalMilliseconds, 8:0.000} {s.Time.TotalSeconds / total, 6:0.0%}  {Pass(s.Forward)} "
                        + $"{Pass(s.BackwardWeights)} {Pass(s.BackwardData)} {s.SavedBytes / 1e6, 7:0.00}  {s.Step}"
                )
            );
        Line("loss", loss, total);
        Line("optimiser", update, total);
        foreach (var kind in steps.GroupBy(s => s.Kind).OrderByDescending(g => g.Sum(s => s.Time.TotalSeconds)))
            Line($"all {kind.Key}", TimeSpan.FromSeconds(kind.Sum(s => s.Time.TotalSeconds)), total);
    }

    private static string Pass(PassProfile p) =>
        p.Time == default
            ? $"{"", 20}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{p.Time.TotalMilliseconds, 7:0.000} {(p.MultiplyAdds > 0 ? p.GigaflopsPerSecond.ToString("0", null) : ""), 5} "
                    + $"{p.GigabytesPerSecond, 6:0.0}"
            );

    private static void Line(string what, TimeSpan time, double total)
        => Console.WriteLine(FormattableString.Invariant($"{time.TotalMilliseconds,8:0.000} {time.TotalSeconds / total,6:0.0%}  {what}"));

    private static void Time(Action call, ref TimeSpan best)
    {
        long start = Stopwatch.GetTimestamp();
        call();
        TimeSpan taken = Stopwatch.GetElapsedTime(start);
        if (taken < best) best = taken;
    }

    // Best time of the runs, and median of what they allocated on all threads: the runtime itself allocates now and then.
    private static (double Seconds, long Allocated) Whole(TrainingWork training, int repeat)
    {
        TimeSpan best = TimeSpan.MaxValue;
        var allocated = new long[repeat];
        training.Step();
        for (int i = 0; i < repeat; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true), start = Stopwatch.GetTimestamp();
            training.Step();
            TimeSpan taken = Stopwatch.GetElapsedTime(start);
            allocated[i] = GC.GetTotalAllocatedBytes(precise: true) - before;
            if (taken < best) best = taken;
        }
        Array.Sort(allocated);
        return (best.TotalSeconds, allocated[repeat / 2]);
    }
}

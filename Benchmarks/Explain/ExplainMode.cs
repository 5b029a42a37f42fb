using System.Globalization;
using EmotionMLNet.Benchmarks.Compare;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;

namespace EmotionMLNet.Benchmarks.Explain;

/// <summary>
/// <c>explain WORK [--batch N] [--threads N] [--repeat N] [--int8]</c>: where the time of an inference or of a training step goes, step by
/// step.
/// </summary>
internal static class ExplainMode
{
    public static int Run(string[] args)
    {
        string Value(string name, string fallback) =>
            Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : fallback;
        Work? work = args is [var name, ..] ? Works.All.FirstOrDefault(w => w.Name == name) : null;
        if (work is null)
        {
            Console.Error.WriteLine($"explain wants a work first: {string.Join(", ", Works.All.Select(w => w.Name))}.");
            return 2;
        }
        int batch = int.Parse(Value("--batch", $"{work.Batches[0]}"), null), repeat = int.Parse(Value("--repeat", "20"), null);
        int threads = int.Parse(Value("--threads", $"{Environment.ProcessorCount}"), null);
        if (work.Trains)
        {
            TrainingExplanation.Print(work, batch, threads, repeat);
            return 0;
        }
        using var team = new ThreadTeam(threads);
        IReadOnlyList<StepProfile> steps = Works.Session(work.Make(), batch, team, int8: args.Contains("--int8")).Profile(repeat);
        Print(work.Name, batch, threads, steps);
        return 0;
    }

    private static void Print(string work, int batch, int threads, IReadOnlyList<StepProfile> steps)
    {
        double total = steps.Sum(s => s.Time.TotalSeconds);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{work}, batch {batch}, {threads} threads: {total * 1e3:0.00} ms, {batch / total:0} images/s, "
                    + $"{2e-9 * steps.Sum(s => s.MultiplyAdds) / total:0} GFLOP/s (direct-equivalent)"
            )
        );
        Console.WriteLine($"{"ms",8} {"share",6} {"GFLOP/s",8} {"MB",8} {"GB/s",6}  step");
        foreach (StepProfile s in steps)
        {
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{s.Time.TotalMilliseconds, 8:0.000} {s.Time.TotalSeconds / total, 6:0.0%} {s.GigaflopsPerSecond, 8:0} "
                        + $"{s.Bytes / 1e6, 8:0.00} {s.GigabytesPerSecond, 6:0.0}  {s.Step}"
                )
            );
        }
    }
}

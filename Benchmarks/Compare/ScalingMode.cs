using System.Globalization;
using EmotionMLNet.Training.Options;
using System.Diagnostics;

namespace EmotionMLNet.Benchmarks.Compare;

/// <summary>
/// <c>scaling WORK [--threads 1,2] [--batch N] [--repeat N] [--rounds N]</c>: a training step on several numbers of threads, in turn within
/// one process, so that a drift of the machine's speed hits all.
/// </summary>
internal static class ScalingMode
{
    public static int Run(string[] args)
    {
        string Value(string name, string fallback) =>
            Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : fallback;
        Work? work = args is [var name, ..] ? Works.All.FirstOrDefault(w => w.Name == name && w.Trains) : null;
        if (work is null)
        {
            Console.Error.WriteLine(
                $"scaling wants a training work first: {string.Join(", ", Works.All.Where(w => w.Trains).Select(w => w.Name))}."
            );
            return 2;
        }
        int[] threads = [.. Value("--threads", "1,2").Split(',').Select(int.Parse)];
        int batch = int.Parse(Value("--batch", $"{work.Batches[0]}"), null),
            repeat = int.Parse(Value("--repeat", "5"), null),
            rounds = int.Parse(Value("--rounds", "5"), null);
        TrainingWork[] trainings = [.. threads.Select(t => new TrainingWork(work.Make(), batch, t))];
        var times = new List<double>[threads.Length];
        var processor = new double[threads.Length];
        Array.Fill(processor, double.MaxValue);
        for (int i = 0; i < threads.Length; i++) times[i] = [];
        for (int round = 0; round < rounds; round++)
            for (int i = 0; i < threads.Length; i++) processor[i] = Math.Min(processor[i], Measure(trainings[i], repeat, times[i]));

        double first = Median(times[0]);
        Console.WriteLine($"{work.Name}, batch {batch}: {rounds} rounds of {repeat} steps each, in turn");
        Console.WriteLine($"{"threads",7} {"ms a step",10}  {"(best)",9} {"images/s",9} {"CPU ms",8} {"scaling",8} {"(best)",7}");
        for (int i = 0; i < threads.Length; i++)
        {
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{threads[i], 7} {Median(times[i]) * 1e3, 10:0.00} {times[i].Min() * 1e3, 9:0.00}  "
                        + $"{batch / Median(times[i]), 9:0} {processor[i] * 1e3, 8:0.00} {first / Median(times[i]), 8:0.00} "
                        + $"{times[0].Min() / times[i].Min(), 7:0.00}"
                )
            );
            trainings[i].Dispose();
        }
        return 0;
    }

    // Seconds of processor time a step, threads that wait for work included; the wall-clock times go into the list.
    private static double Measure(TrainingWork training, int repeat, List<double> times)
    {
        training.Step(); // caches and clocks as the other team left them
        TimeSpan before = Environment.CpuUsage.TotalTime;
        for (int i = 0; i < repeat; i++)
        {
            long start = Stopwatch.GetTimestamp();
            training.Step();
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds / repeat;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}

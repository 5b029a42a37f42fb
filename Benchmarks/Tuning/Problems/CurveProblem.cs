using System.Globalization;
using EmotionMLNet.Training.Tuning;
using EmotionMLNet.Training.Tuning.Schedulers;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Benchmarks.Tuning.Problems;

/// <summary>
/// Learning curves of a thousand settings (TaskSet): a point of the cube is the nearest setting that has not been used, and a trial that
/// goes on pays only for its added steps.
/// </summary>
internal sealed class CurveProblem
{
    private const int Settings = 8;

    private readonly double[][] places, curves;
    private readonly double best, median;

    /// <param name="file">A table of TaskSet.</param>
    public CurveProblem(string file)
    {
        double[][] rows = [.. File.ReadLines(file).Skip(1).Select(l => l.Split(',').Select(Read).ToArray())];
        string[] names = File.ReadLines(file).First().Split(',');
        int[] valid = [.. names.Index().Where(n => n.Item.StartsWith("valid", StringComparison.Ordinal)).Select(n => n.Index)];
        bool[] isLinear = [.. names[..Settings].Select(n => n.StartsWith("beta", StringComparison.Ordinal))];
        places = [.. rows.Select(r => r[..Settings].Select((v, i) => isLinear[i] ? v : Math.Log(v)).ToArray())];
        for (int i = 0; i < Settings; i++)
        {
            double low = places.Min(p => p[i]), high = places.Max(p => p[i]);
            foreach (double[] place in places) place[i] = (place[i] - low) / (high - low);
        }
        curves = [.. rows.Select(r => valid.Select(v => r[v]).ToArray())];
        double[] ends = [.. curves.Select(c => c[^1]).Order(Comparer<double>.Create(LossOrder.Compare))];
        best = ends[0];
        median = ends[ends.Length / 2];
        for (int i = 0; i < Settings; i++) Space.Add($"x{i}", new UniformDoubleOption(0, 1, false, 0.5));
    }

    /// <summary>Every table of TaskSet in a folder.</summary>
    public static CurveProblem[] ReadAll(string folder) =>
        [.. Directory.GetFiles(folder, "taskset-*.csv").Order(StringComparer.Ordinal).Select(f => new CurveProblem(f))];

    public SearchSpace Space { get; } = [];

    /// <summary>Steps of a whole training.</summary>
    public int Resource => curves[0].Length - 1;

    /// <summary>
    /// (loss - best) / (median - best) of what a search has found: its best trial on the highest rung that any has reached.
    /// </summary>
    /// <param name="makeTuner">From cube, seed and rungs.</param>
    /// <param name="seed">The search's seed.</param>
    /// <param name="trainings">The budget in whole trainings.</param>
    /// <param name="halving">The scheduler; null trains every trial to the end.</param>
    public double Search(Func<SearchCube, ulong, IReadOnlyList<int>, ITuner> makeTuner, ulong seed, int trainings, bool halving = true)
    {
        var scheduler = new SuccessiveHalving(Resource);
        IReadOnlyList<int> rungs = halving ? scheduler.Rungs : [Resource];
        ITuner tuner = makeTuner(Space.Cube, seed, rungs);
        var history = new List<Trial>();
        var settings = new List<int>();
        for (int left = trainings * Resource; ;)
        {
            HalvingJob job = halving ? scheduler.Next(history) : new(null, Resource);
            int done = job.Trial is { } known ? history[known].Measurements[^1].Resource : 0;
            left -= job.Resource - done;
            if (left < 0) break;
            int id = job.Trial ?? history.Count;
            if (job.Trial is null)
            {
                double[] point = tuner.Propose(history, id)!;
                settings.Add(FindNearest(point, settings));
                history.Add(new() { Id = id, Point = point });
            }
            history[id] = history[id] with
            {
                Measurements = [.. history[id].Measurements, new(job.Resource, curves[settings[id]][job.Resource])],
            };
        }
        Trial found = history
            .GroupBy(t => t.Measurements[^1].Resource)
            .MaxBy(g => g.Key)!
            .Aggregate((a, b) => LossOrder.IsBetter(b.Loss, a.Loss) ? b : a);
        double end = curves[settings[found.Id]][^1];
        return double.IsNaN(end) ? 1 : (end - best) / (median - best);
    }

    private int FindNearest(double[] point, List<int> used) =>
        Enumerable.Range(0, places.Length).Where(i => !used.Contains(i)).MinBy(i => Distance(places[i], point));

    private static double Distance(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        return sum;
    }

    private static double Read(string text) => text == "nan" ? double.NaN : double.Parse(text, CultureInfo.InvariantCulture);
}

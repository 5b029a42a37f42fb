using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EmotionMLNet.Benchmarks.Compare;
using EmotionMLNet.Benchmarks.Tuning.Problems;
using EmotionMLNet.Training.Tuning;
using EmotionMLNet.Training.Tuning.Space;
using EmotionMLNet.Training.Tuning.Tuners;

namespace EmotionMLNet.Benchmarks.Tuning;

/// <summary>
/// <c>tuning --tables DIR [--seeds 10] [--trainings 3,5,10,20]</c>: regret after equal numbers of trials on functions and tables of
/// trained networks, ours beside Optuna's multivariate TPE (Debian's python3-optuna), then successive halving on learning curves.
/// </summary>
internal static class TuningMode
{
    private static readonly (string Name, Func<SearchCube, ulong, ITuner> Make)[] Tuners =
    [
        ("random", (cube, seed) => new RandomTuner(cube, seed)),
        ("cost-frugal", (cube, seed) => new CostFrugalTuner(cube, seed)),
        ("TPE", (cube, seed) => new TpeTuner(cube, seed)),
    ];

    private static readonly (string Name, bool Halving, Func<SearchCube, ulong, IReadOnlyList<int>, ITuner> Make)[] Schedules =
    [
        ("random", false, (cube, seed, _) => new RandomTuner(cube, seed)),
        ("TPE", false, (cube, seed, _) => new TpeTuner(cube, seed)),
        ("halving, random", true, (cube, seed, _) => new RandomTuner(cube, seed)),
        ("halving, TPE", true, (cube, seed, rungs) => new HalvingTuner(cube, seed, rungs)),
    ];

    public static int Run(string[] args)
    {
        string? tables = Value("--tables");
        if (tables is null || !Directory.Exists(tables))
        {
            Console.Error.WriteLine("usage: tuning --tables DIR [--seeds 10] [--trainings 3,5,10,20]; DIR is ../shared/data/tuning");
            return 2;
        }
        int seeds = int.Parse(Value("--seeds") ?? "10", CultureInfo.InvariantCulture);
        Dictionary<string, double[]> peer = AskOptuna(tables, seeds);
        TuningProblem[] problems =
        [
            new Branin(), new Hartmann6(), TabulatedProblem.Cells(tables, "cifar10"), TabulatedProblem.Cells(tables, "cifar100"),
            TabulatedProblem.Cells(tables, "imagenet"), TabulatedProblem.DenseNetworks(tables, "protein_structure"), new Branin(5),
            new NarrowBranch(),
        ];
        Console.WriteLine($"Median regret of {seeds} seeds (quartiles)");
        Console.WriteLine($"| | {string.Join(" | ", Tuners.Select(t => t.Name))} | Optuna |");
        Console.WriteLine($"| --- |{string.Concat(Enumerable.Repeat(" ---: |", Tuners.Length + 1))}");
        foreach (TuningProblem problem in problems)
        {
            IEnumerable<string> ours = Tuners.Select(t => Show(problem.SearchSeeds(t.Make, seeds)));
            string theirs = peer.TryGetValue(problem.Name, out double[]? regrets) ? Show(regrets) : "–";
            Console.WriteLine($"| {problem.Name}, {problem.Trials} trials | {string.Join(" | ", ours)} | {theirs} |");
        }
        CurveProblem[] sets = CurveProblem.ReadAll(tables);
        Console.WriteLine($"\nTaskSet, {sets.Length} sets: mean (loss - best) / (median - best)");
        Console.WriteLine($"| trainings | {string.Join(" | ", Schedules.Select(s => s.Name))} |");
        Console.WriteLine($"| --- |{string.Concat(Enumerable.Repeat(" ---: |", Schedules.Length))}");
        foreach (int budget in (Value("--trainings") ?? "3,5,10,20").Split(',').Select(b => int.Parse(b, CultureInfo.InvariantCulture)))
        {
            IEnumerable<double> means = Schedules.Select(way => sets
                .SelectMany(s => Enumerable.Range(1, seeds).Select(seed => (s, seed)))
                .AsParallel()
                .WithDegreeOfParallelism(2)
                .Average(run => run.s.Search(way.Make, (ulong)run.seed, budget, way.Halving)));
            Console.WriteLine($"| {budget} | {string.Join(" | ", means.Select(m => m.ToString("F2", CultureInfo.InvariantCulture)))} |");
        }
        return 0;

        string? Value(string name) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : null;
    }

    private static string Show(double[] regrets)
    {
        double[] sorted = [.. regrets.Order()];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{TuningProblem.Median(sorted):G2} ({sorted[sorted.Length / 4]:G2} to {sorted[3 * sorted.Length / 4]:G2})"
        );
    }

    private static Dictionary<string, double[]> AskOptuna(string tables, int seeds)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "Tuning", "optuna_peer.py");
        using Process process = Process.Start(
            new ProcessStartInfo(Peers.Python, [script, tables, $"{seeds}"]) { RedirectStandardOutput = true }
        )!;
        var regrets = new Dictionary<string, double[]>(StringComparer.Ordinal);
        while (process.StandardOutput.ReadLine() is { } line)
        {
            using JsonDocument problem = JsonDocument.Parse(line);
            regrets[problem.RootElement.GetProperty("name").GetString()!] =
                [.. problem.RootElement.GetProperty("regrets").EnumerateArray().Select(r => r.GetDouble())];
        }
        process.WaitForExit();
        if (process.ExitCode != 0) Console.Error.WriteLine("Optuna is left out: apt-get install python3-optuna.");
        return regrets;
    }
}

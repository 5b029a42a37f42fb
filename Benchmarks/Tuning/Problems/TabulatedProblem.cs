using System.Globalization;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Benchmarks.Tuning.Problems;

/// <summary>
/// A table of trained networks: every combination with the results of several seeds, of which trial t is told that of column t. Regret is
/// of means over the seeds.
/// </summary>
internal sealed class TabulatedProblem : TuningProblem
{
    private readonly (string Key, int Values)[] digits;
    private readonly Dictionary<string, double[]> losses;
    private readonly double best;

    private TabulatedProblem(string name, string file, bool maximise, SearchSpace space, (string Key, int Values)[] digits)
    {
        Name = name;
        Space = space;
        this.digits = digits;
        losses = File.ReadLines(file)
            .Skip(1)
            .Select(l => l.Split(','))
            .ToDictionary(
                l => l[0],
                l => l[1..].Select(v => double.Parse(v, CultureInfo.InvariantCulture) * (maximise ? -1 : 1)).ToArray(),
                StringComparer.Ordinal
            );
        best = losses.Values.Min(l => l.Average());
    }

    public override string Name { get; }

    public override int Trials => 100;

    public override SearchSpace Space { get; }

    /// <summary>NAS-Bench-201: six edges, five operations each.</summary>
    /// <param name="folder">Where the tables are.</param>
    /// <param name="data">cifar10, cifar100 or imagenet.</param>
    public static TabulatedProblem Cells(string folder, string data)
    {
        (string Key, int Values)[] digits = [.. Enumerable.Range(0, 6).Select(i => ($"edge{i}", 5))];
        return new($"NB201 {data}", Path.Combine(folder, $"nasbench201-{data}.csv"), true, MakeSpace(digits, [0, 1, 2, 3, 4, 5]), digits);
    }

    /// <summary>FCNet: nine settings of dense networks, of which two activations and the schedule have no order.</summary>
    /// <param name="folder">Where the tables are.</param>
    /// <param name="data">protein_structure or naval_propulsion.</param>
    public static TabulatedProblem DenseNetworks(string folder, string data)
    {
        (string Key, int Values)[] digits =
        [
            ("activation1", 2), ("activation2", 2), ("batch", 4), ("dropout1", 3), ("dropout2", 3), ("rate", 6), ("schedule", 2),
            ("units1", 6), ("units2", 6),
        ];
        return new($"FCNet {data}", Path.Combine(folder, $"fcnet-{data}.csv"), false, MakeSpace(digits, [0, 1, 6]), digits);
    }

    public override double Observe(Parameter point, ulong seed, int trial) => Find(point) is var seeds ? seeds[trial % seeds.Length] : 0;

    public override double Regret(Parameter point) => Find(point).Average() - best;

    private double[] Find(Parameter point) => losses[string.Concat(digits.Select(d => point[d.Key].AsType<int>()))];

    private static SearchSpace MakeSpace((string Key, int Values)[] digits, int[] choices)
    {
        var space = new SearchSpace();
        for (int i = 0; i < digits.Length; i++)
        {
            int values = digits[i].Values;
            Parameter[] all = [.. Enumerable.Range(0, values).Select(Parameter.FromInt)];
            space.Add(digits[i].Key, choices.Contains(i) ? new ChoiceOption(all, all[0]) : new UniformIntOption(0, values - 1, false, 0));
        }
        return space;
    }
}

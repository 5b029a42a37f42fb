using System.Globalization;
using EmotionMLNet.Training.Options;
using System.Diagnostics;
using EmotionMLNet.Architectures;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Benchmarks.Compare;

/// <summary>
/// <c>variants [--widths 48,96,192,384] [--batch N] [--threads N] [--rounds N]</c>: training steps of emotion-cnn with each change of its
/// blocks, in turn within one process, against the plain network.
/// </summary>
internal static class VariantsMode
{
    private static readonly (string Name, BlockOptions Blocks)[] Variants =
    [
        ("plain", new()),
        ("se 8", new() { SqueezeReduction = 8 }),
        ("residual", new() { Kind = BlockKind.Residual }),
        ("residual, stochastic depth 0.2", new() { Kind = BlockKind.Residual, StochasticDepth = 0.2f }),
        ("residual, se 8, stochastic depth 0.2", new() { Kind = BlockKind.Residual, SqueezeReduction = 8, StochasticDepth = 0.2f }),
        ("depth 2,2,3,3", new() { Depths = [2, 2, 3, 3] }),
        ("residual, depth 3,3,3,3", new() { Kind = BlockKind.Residual, Depths = [3, 3, 3, 3] }),
    ];

    public static int Run(string[] args)
    {
        string Value(string name, string fallback) =>
            Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : fallback;
        int[] widths = [.. Value("--widths", "48,96,192,384").Split(',').Select(int.Parse)];
        int batch = int.Parse(Value("--batch", "64"), null), rounds = int.Parse(Value("--rounds", "4"), null);
        int threads = int.Parse(Value("--threads", $"{Environment.ProcessorCount}"), null);
        Architecture architecture = Catalogue.Find("emotion-cnn")!;
        Network[] networks =
        [
            .. Variants.Select(v =>
                architecture.Build(
                    new ArchitectureOptions
                    {
                        Input = new Shape(48, 48, 1),
                        Classes = 7,
                        Widths = widths,
                        Blocks = v.Blocks,
                    }
                )
            ),
        ];
        foreach (Network network in networks) network.Initialise(seed: 1);
        TrainingWork[] works = [.. networks.Select(n => new TrainingWork(n, batch, threads))];
        var seconds = new double[works.Length, rounds];
        for (int round = -1; round < rounds; round++)
            for (int i = 0; i < works.Length; i++)
            {
                long start = Stopwatch.GetTimestamp();
                works[i].Step();
                if (round >= 0) seconds[i, round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        Console.WriteLine($"emotion-cnn {string.Join(',', widths)}, batch {batch}, {threads} threads, best of {rounds} steps in turn");
        Console.WriteLine($"{"parameters",12} {"M mult-adds",12} {"ms a step",10} {"images/s",9} {"of plain",9}  variant");
        double plain = Best(0);
        for (int i = 0; i < works.Length; i++)
        {
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{networks[i].ParameterCount, 12:N0} {networks[i].MultiplyAdds / 1e6, 12:0} {Best(i) * 1e3, 10:0.0} "
                        + $"{batch / Best(i), 9:0} {plain / Best(i), 9:0.00}  {Variants[i].Name}"
                )
            );
            works[i].Dispose();
        }
        return 0;

        double Best(int i) => Enumerable.Range(0, rounds).Min(r => seconds[i, r]);
    }
}

using EmotionMLNet.Benchmarks.Tuning.Problems;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Tuning;
using EmotionMLNet.Training.Tuning.Space;
using EmotionMLNet.Training.Tuning.Tuners;

namespace EmotionMLNet.Tests.Tuning;

/// <summary>What the tuners must find: medians over 20 seeds against the gates of the design brief.</summary>
public sealed class TuningGateTests
{
    private const int Seeds = 20;

    private static string Tables => Path.Combine(SharedData.Folder!, "tuning");

    [Fact]
    public void Branin() => Check(new Branin(), 0.3);

    [Fact]
    public void Branin_with_noise() => Check(new Branin(5), 2);

    [Fact]
    public void Hartmann6() => Check(new Hartmann6(), 0.3);

    [Fact]
    public void Hartmann6_with_noise() => Check(new Hartmann6(0.2), 0.7);

    [Fact]
    public void A_valley_on_logarithmic_scales() => Check(new LogValley(), 0.3);

    [SharedDataFact("tuning/nasbench201-cifar100.csv")]
    public void Cells_for_Cifar100() => Check(TabulatedProblem.Cells(Tables, "cifar100"), 0.8);

    [SharedDataFact("tuning/fcnet-protein_structure.csv")]
    public void Dense_networks_for_proteins() => Check(TabulatedProblem.DenseNetworks(Tables, "protein_structure"), 0.022);

    [Fact]
    public void A_better_branch_that_is_narrow_is_found_by_most_searches()
    {
        var problem = new NarrowBranch();
        Assert.InRange(problem.SearchSeeds(Tpe, Seeds).Count(r => r < 0.1), Seeds / 2, Seeds);
    }

    [Theory]
    [InlineData("random", 2)]
    [InlineData("sobol", 2)]
    [InlineData("cfo", 1)]
    public void Other_tuners_make_their_way_too(string name, double gate) =>
        Check(new Branin(), gate, name switch
        {
            "random" => (cube, seed) => new RandomTuner(cube, seed),
            "sobol" => (cube, seed) => new SobolTuner(cube, seed),
            _ => (cube, seed) => new CostFrugalTuner(cube, seed),
        });

    [SharedDataFact("tuning/taskset-patch32_GRU64_avg_bs128.csv")]
    public void Halving_with_Tpe_at_ten_trainings()
    {
        CurveProblem[] sets = CurveProblem.ReadAll(Tables);
        Assert.Equal(6, sets.Length);
        double ours = Mean((cube, seed, rungs) => new HalvingTuner(cube, seed, rungs), true);
        Assert.InRange(ours, 0, 0.45);
        Assert.InRange(Mean((cube, seed, _) => new RandomTuner(cube, seed), false), 1.5 * ours, 1);

        double Mean(Func<SearchCube, ulong, IReadOnlyList<int>, ITuner> make, bool halving) =>
            sets
                .AsParallel()
                .WithDegreeOfParallelism(2)
                .Average(s => Enumerable.Range(1, 8).Average(seed => s.Search(make, (ulong)seed, 10, halving)));
    }

    private static TpeTuner Tpe(SearchCube cube, ulong seed) => new(cube, seed);

    private static void Check(TuningProblem problem, double gate, Func<SearchCube, ulong, ITuner>? make = null)
    {
        double[] regrets = problem.SearchSeeds(make ?? Tpe, Seeds);
        Assert.True(TuningProblem.Median(regrets) <= gate, $"{problem.Name}: {string.Join(' ', regrets.Order().Select(r => $"{r:G3}"))}");
        Assert.All(regrets, r => Assert.True(r >= -1e-9, $"{problem.Name}: the best known value is not the best, by {-r}"));
    }
}

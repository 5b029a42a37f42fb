using EmotionMLNet.Training.Randomness;
using EmotionMLNet.Training.Tuning.Space;
using EmotionMLNet.Training.Tuning.Tuners;

namespace EmotionMLNet.Tests.Tuning;

public sealed class ParzenEstimatorTests
{
    private static readonly CubeAxis Number = new(), Choice = new() { Choices = 3, Values = 3 }, Few = new() { Values = 5 };

    [Theory]
    [InlineData(0.4)]
    [InlineData(0, 1)]
    [InlineData(0.1, 0.12, 0.5, 0.9)]
    [InlineData(0.3, 0.3, 0.3)]
    public void A_density_is_its_definition_integrated_numerically(params double[] points)
    {
        double[] weights = [.. points.Select((_, i) => 1 - 0.1 * i)];
        var estimator = new ParzenEstimator([Number], [.. points.Select(p => new[] { p })], weights);
        double[] sigmas = [.. points.Select((_, i) => SigmaOf(points, i)), 1], centres = [.. points, 0.5], shares = [.. weights, 1];
        double[] masses = [.. centres.Zip(sigmas, (m, s) => Integrate(x => Math.Exp(-(x - m) * (x - m) / (2 * s * s))))];
        foreach (double x in new[] { 0, 0.05, 0.3, 0.49, 0.77, 1 })
        {
            double expected = 0;
            for (int c = 0; c < centres.Length; c++)
            {
                double z = (x - centres[c]) / sigmas[c];
                expected += shares[c] / shares.Sum() * Math.Exp(-0.5 * z * z) / masses[c];
            }
            Assert.Equal(1, Math.Exp(estimator.LogDensity([x])) / expected, 1e-12);
        }
        Assert.Equal(1, Integrate(x => Math.Exp(estimator.LogDensity([x]))), 1e-12);
    }

    [Fact]
    public void A_density_of_numbers_and_choices_sums_to_one()
    {
        double[][] points = [[0.2, 0.5 / 3], [0.8, 2.5 / 3], [0.85, 2.5 / 3]];
        var estimator = new ParzenEstimator([Number, Choice], points, [1, 1, 1]);
        double total = 0;
        for (int c = 0; c < 3; c++) total += Integrate(x => Math.Exp(estimator.LogDensity([x, (c + 0.5) / 3])));
        Assert.Equal(1, total, 1e-12);
        // What goes together stays together: the first choice came with small numbers.
        Assert.True(LogOdds(0.2) > LogOdds(0.8) + 1);

        double LogOdds(double x) => estimator.LogDensity([x, 0.5 / 3]) - estimator.LogDensity([x, 2.5 / 3]);
    }

    [Fact]
    public void Choices_have_the_probabilities_of_the_formula()
    {
        var estimator = new ParzenEstimator([Choice], [[0.5], [0.5]], [1, 1]);
        const double w = 1.0 / 3, own = (1 + w) / (1 + 3 * w), other = w / (1 + 3 * w);
        Assert.Equal((2 * own + 1.0 / 3) / 3, Math.Exp(estimator.LogDensity([0.5])), 1e-14);
        Assert.Equal((2 * other + 1.0 / 3) / 3, Math.Exp(estimator.LogDensity([0.9])), 1e-14);
    }

    [Fact]
    public void Kernels_of_few_values_are_a_cell_wide()
    {
        var few = new ParzenEstimator([Few], [.. Enumerable.Repeat(new[] { 0.5 }, 50)], [.. Enumerable.Repeat(1.0, 50)]);
        var many = new ParzenEstimator([Number], [.. Enumerable.Repeat(new[] { 0.5 }, 50)], [.. Enumerable.Repeat(1.0, 50)]);
        Assert.Equal(-0.5, few.LogDensity([0.7]) - few.LogDensity([0.5]), 0.05); // one σ away
        Assert.True(many.LogDensity([0.7]) < -3);
    }

    [Fact]
    public void Samples_have_the_density()
    {
        var estimator = new ParzenEstimator([Number, Choice], [[0.1, 0.9], [0.15, 0.9], [0.7, 0.2]], [1, 0.5, 1]);
        var draws = new RandomStream(7);
        const int count = 200_000, cells = 10;
        var seen = new int[cells, 3];
        for (int i = 0; i < count; i++)
        {
            double[] x = estimator.Sample(ref draws);
            seen[Math.Min((int)(x[0] * cells), cells - 1), Choice.ChoiceAt(x[1])]++;
        }
        double chiSquare = 0;
        for (int cell = 0; cell < cells; cell++)
            for (int c = 0; c < 3; c++)
            {
                double expected = count * Integrate(x => Math.Exp(estimator.LogDensity([(cell + x) / cells, (c + 0.5) / 3]))) / cells;
                chiSquare += (seen[cell, c] - expected) * (seen[cell, c] - expected) / expected;
            }
        Assert.InRange(chiSquare, 5, 60); // 29 degrees of freedom: beyond 60 in one of 1,500
    }

    [Fact]
    public void Old_points_weigh_less_along_a_ramp()
    {
        Assert.Equal([1, 1, 1], TpeModel.Weigh(3));
        double[] weights = TpeModel.Weigh(30);
        Assert.Equal(1.0 / 30, weights[0], 1e-15);
        Assert.Equal(1.0 / 30 + (1 - 1.0 / 30) / 4, weights[1], 1e-15);
        Assert.Equal(26, weights.Count(w => w == 1)); // the ramp's end is 1 too
        Assert.Equal(1.0 / 26, TpeModel.Weigh(26)[0]);
    }

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0.841344746068542949)]
    [InlineData(-2, 0.022750131948179207)]
    [InlineData(5, 0.99999971334842808)]
    [InlineData(-9, 0)]
    public void The_normal_distribution_is_exact(double x, double expected) =>
        Assert.Equal(expected, NormalDistribution.Cumulative(x), 1e-15);

    // The definition once more, from the side of a reader: the larger gap to the neighbours in order.
    private static double SigmaOf(double[] points, int i)
    {
        if (points.Length == 1) return Math.Max(points[0], 1 - points[0]);
        double[] sorted = [.. points.Order()];
        int at = Array.IndexOf(sorted, points[i]);
        double below = at > 0 ? sorted[at] - sorted[at - 1] : 0, above = at < sorted.Length - 1 ? sorted[at + 1] - sorted[at] : 0;
        return Math.Clamp(Math.Max(below, above), 1.0 / (points.Length + 2), 1);
    }

    // Simpson's rule: with σ of at least 0.1 its error is far below 1e-13.
    private static double Integrate(Func<double, double> f)
    {
        const int steps = 4000;
        double sum = f(0) + f(1);
        for (int i = 1; i < steps; i++) sum += f((double)i / steps) * (i % 2 == 1 ? 4 : 2);
        return sum / (3 * steps);
    }
}

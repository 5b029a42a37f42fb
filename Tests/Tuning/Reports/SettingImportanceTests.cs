using EmotionMLNet.Training.Randomness;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Tests.Tuning.Reports;

public sealed class SettingImportanceTests
{
    [Fact]
    public void Of_a_choice_it_is_what_a_hand_computes()
    {
        // The best 5 of 25 have the first choice, which 10 have: 0.4 (1 / 0.4 - 1)² + 0.6 (0 / 0.6 - 1)².
        double[] values = [.. Enumerable.Range(0, 25).Select(i => i < 10 ? 0.25 : 0.75)];
        Assert.Equal(1.5, SettingImportance.Divergence(values, 2), 12);
        // Of the best 5 two have it, as 10 of 25 have: nothing is learned from it.
        double[] alike = [0.25, 0.25, 0.75, 0.75, 0.75, .. values[2..10], .. values[13..]];
        Assert.Equal(0, SettingImportance.Divergence(alike, 2), 12);
    }

    [Fact]
    public void Of_a_number_it_is_that_of_two_densities_on_a_grid()
    {
        double[] values = [0.1, 0.2, 0.5, 0.6, 0.9, 0.7, 0.4, 0.3];
        // 2 of 8 are the best fifth, rounded up.
        double mean = values.Average(), deviation = Math.Sqrt(values.Average(v => Math.Pow(v - mean, 2)));
        double h = 1.06 * deviation * Math.Pow(8, -0.2);
        double[] p = Density(values[..2]), q = Density(values);
        Assert.Equal(p.Zip(q, (a, b) => b * Math.Pow(a / b - 1, 2)).Sum(), SettingImportance.Divergence(values, 0), 10);

        double[] Density(double[] of)
        {
            double[] raw = [.. Enumerable.Range(0, 50).Select(g => of.Sum(v => Math.Exp(-Math.Pow((g + 0.5) / 50 - v, 2) / (2 * h * h))))];
            return [.. raw.Select(r => r / raw.Sum())];
        }
    }

    [Fact]
    public void A_number_that_never_changed_or_too_few_values_have_none()
    {
        Assert.Equal(0, SettingImportance.Divergence([.. Enumerable.Repeat(0.3, 25)], 0));
        Assert.Equal(0, SettingImportance.Divergence([0.1, 0.9, 0.5], 0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_decides_everything_gets_nearly_all_and_noise_nearly_nothing(ulong seed)
    {
        SearchSpace space = new()
        {
            { "decisive", new UniformDoubleOption(0, 1, false, 0.5) },
            { "noise", new UniformDoubleOption(1e-3, 1, true, 0.1) },
            { "whim", ChoiceOption.Of("a", "b", "c") },
        };
        var draws = new RandomStream(seed);
        var points = new List<double[]>();
        for (int i = 0; i < 300; i++) points.Add(space.Cube.Snap([draws.NextDouble(), draws.NextDouble(), draws.NextDouble()]));
        IReadOnlyList<SettingImportance> found = SettingImportance.Compute(space, [.. points.OrderBy(p => Math.Abs(p[0] - 0.7))]);
        Assert.Equal("decisive", found[0].Key);
        Assert.InRange(found[0].Share, 0.9, 1);
        Assert.Equal(1, found.Sum(f => f.Share), 9);
    }

    [Fact]
    public void Two_ranges_of_one_setting_count_together_by_how_often_they_count()
    {
        SearchSpace space = new()
        {
            { "kind", ChoiceOption.Of("a", "b") },
            { "rate", new UniformDoubleOption(0, 1, false, 0.5) { When = [new("kind", Parameter.FromString("a"))] } },
            { "rate", new UniformDoubleOption(0, 9, false, 5) { When = [new("kind", Parameter.FromString("b"))] } },
        };
        // Which kind says nothing; within each the smaller rate is better.
        double[][] points = [.. Enumerable.Range(0, 40).Select(i => space.Cube.Snap([i % 2 == 0 ? 0.25 : 0.75, i / 40.0, i / 40.0]))];
        IReadOnlyList<SettingImportance> found = SettingImportance.Compute(space, points);
        Assert.Equal(["rate", "kind"], found.Select(f => f.Key));
        Assert.InRange(found[0].Share, 0.99, 1);
    }
}

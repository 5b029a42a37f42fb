using System.Text.Json;
using EmotionMLNet.Training.Tuning.Space;
using EmotionMLNet.Training.Tuning.Tuners;

namespace EmotionMLNet.Tests.Tuning;

public sealed class SobolTests
{
    [Fact]
    public void The_first_points_are_those_of_SciPy()
    {
        int[][] golden = JsonSerializer.Deserialize<int[][]>(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "sobol.json"))
        )!;
        Assert.Equal(64, golden.Length);
        for (uint i = 0; i < golden.Length; i++)
        {
            Assert.Equal(SobolSequence.MostDimensions, golden[i].Length);
            for (int d = 0; d < golden[i].Length; d++)
                Assert.True((uint)golden[i][d] << 26 == SobolSequence.Coordinate(d, i), $"point {i}, dimension {d}: Tests/Golden/sobol.py");
        }
    }

    [Fact]
    public void A_shifted_sequence_still_fills_every_cell_once()
    {
        var space = new SearchSpace { { "x", new UniformDoubleOption(0, 1, false, 0) }, { "y", new UniformDoubleOption(0, 1, false, 0) } };
        var tuner = new SobolTuner(space.Cube, seed: 5);
        double[][] points = [.. Enumerable.Range(0, 64).Select(i => tuner.Propose([], i))];
        Assert.Equal(64, points.Select(p => (int)(p[0] * 64)).Distinct().Count());
        Assert.Equal(64, points.Select(p => ((int)(p[0] * 8), (int)(p[1] * 8))).Distinct().Count());
        Assert.NotEqual(points[1], new SobolTuner(space.Cube, seed: 6).Propose([], 1));
    }

    [Fact]
    public void More_dimensions_than_there_are_numbers_for_are_refused()
    {
        var space = new SearchSpace();
        for (int i = 0; i <= SobolSequence.MostDimensions; i++) space.Add($"x{i}", new UniformDoubleOption(0, 1, false, 0));
        Assert.Throws<ArgumentException>(() => new SobolTuner(space.Cube, 1).Propose([], 0));
    }
}

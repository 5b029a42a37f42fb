using EmotionMLNet.Layers;
using EmotionMLNet.Networks;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.Auxiliary;

namespace EmotionMLNet.Tests.Runs;

public sealed class WeightAverageTests
{
    [Fact]
    public void It_follows_its_formula_over_weights_and_running_statistics()
    {
        Network network = SampleNetworks.Make("plain"), shown = network.Clone();
        var average = new WeightAverage(network, decay: 0.5f);
        double[] expected = [.. Values(network).Select(v => (double)v)];
        var random = new Random(1);
        for (int step = 1; step <= 12; step++)
        {
            foreach ((_, Parameter p) in network.Parameters)
                foreach (ref float v in p.Values.AsSpan()) v += (float)(random.NextDouble() - 0.5);
            average.Update(step);
            double keep = Math.Min(0.5, (1.0 + step) / (10 + step)); // the warm-up ends at step 8
            expected = [.. expected.Zip(Values(network), (a, v) => keep * a + (1 - keep) * v)];
        }
        AuxiliaryHead.CopyTo(average.Values, shown);
        float[] actual = [.. Values(shown)];
        for (int i = 0; i < actual.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5);
    }

    private static IEnumerable<float> Values(Network network) => network.Parameters.SelectMany(p => p.Parameter.Values);
}

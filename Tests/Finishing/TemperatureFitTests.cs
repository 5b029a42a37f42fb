using System.Text.Json;
using EmotionMLNet.Training.Finishing;

namespace EmotionMLNet.Tests.Finishing;

/// <summary>
/// The temperature against values of Tests/Golden/temperature.py (PyTorch's L-BFGS), and on data whose temperature is known.
/// </summary>
public sealed class TemperatureFitTests
{
    private static readonly JsonElement Golden = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "temperature.json")))
        .RootElement;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Temperature_log_loss_and_calibration_error_are_those_of_the_reference(int number)
    {
        JsonElement e = Golden[number];
        float[] logits = [.. e.GetProperty("logits").EnumerateArray().Select(v => v.GetSingle())];
        int[] truth = [.. e.GetProperty("truth").EnumerateArray().Select(v => v.GetInt32())];
        int classes = e.GetProperty("classes").GetInt32();
        double temperature = TemperatureFit.Temperature(logits, truth, classes);
        Assert.Equal(e.GetProperty("temperature").GetDouble(), temperature, 1e-6);
        var figures = CalibrationFigures.Compute(logits, truth, classes, _ => temperature);
        Assert.Equal(e.GetProperty("logLoss").GetDouble(), figures.LogLoss, 1e-9);
        Assert.Equal(e.GetProperty("error").GetDouble(), figures.Error, 1e-6);
    }

    [Theory]
    [InlineData(0.4, 3)]
    [InlineData(1, 7)]
    [InlineData(2.5, 2)]
    public void Labels_drawn_at_a_temperature_give_it_back(double temperature, int classes)
    {
        const int count = 40_000;
        var random = new Random(5);
        float[] logits = [.. Enumerable.Range(0, count * classes).Select(_ => (float)(6 * random.NextDouble() - 3))];
        int[] truth = [.. Enumerable.Range(0, count).Select(n => Draw(logits.AsSpan(n * classes, classes), temperature, random))];
        Assert.InRange(TemperatureFit.Temperature(logits, truth, classes) / temperature, 0.97, 1.03);
    }

    [Fact]
    public void A_constant_added_to_all_logits_of_a_picture_changes_nothing_and_a_factor_comes_out_as_it_is()
    {
        (float[] logits, int[] truth) = Noisy(500, 3, seed: 8);
        double temperature = TemperatureFit.Temperature(logits, truth, 3);
        float[] shifted = [.. logits.Select((z, i) => z + i / 3 % 5)], scaled = [.. logits.Select(z => 4 * z)];
        Assert.Equal(temperature, TemperatureFit.Temperature(shifted, truth, 3), 1e-5);
        Assert.Equal(4 * temperature, TemperatureFit.Temperature(scaled, truth, 3), 1e-9);
    }

    [Fact]
    public void Logits_that_are_always_right_or_say_nothing_end_at_the_limits()
    {
        Assert.Equal(TemperatureFit.Least, TemperatureFit.Temperature([2, 0, 0, 3], [0, 1], 2), 1e-12);
        Assert.Equal(TemperatureFit.Most, TemperatureFit.Temperature([2, 0, 0, 3], [1, 0], 2), 1e-12);
    }

    [Fact]
    public void Only_the_pictures_that_are_used_count()
    {
        (float[] logits, int[] truth) = Noisy(400, 3, seed: 9);
        Assert.Equal(
            TemperatureFit.Temperature(logits.AsSpan(0, 600), truth.AsSpan(0, 200), 3),
            TemperatureFit.Temperature(logits, truth, 3, n => n < 200),
            1e-12
        );
    }

    private static (float[] Logits, int[] Truth) Noisy(int count, int classes, int seed)
    {
        var random = new Random(seed);
        float[] logits = [.. Enumerable.Range(0, count * classes).Select(_ => (float)(8 * random.NextDouble()))];
        return (logits, [.. Enumerable.Range(0, count).Select(n => Draw(logits.AsSpan(n * classes, classes), 2, random))]);
    }

    private static int Draw(ReadOnlySpan<float> z, double temperature, Random random)
    {
        double[] e = new double[z.Length];
        for (int c = 0; c < e.Length; c++) e[c] = Math.Exp(z[c] / temperature);
        double at = random.NextDouble() * e.Sum();
        int drawn = 0;
        while (drawn < e.Length - 1 && (at -= e[drawn]) > 0) drawn++;
        return drawn;
    }
}

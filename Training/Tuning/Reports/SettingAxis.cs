using EmotionMLNet.Training.Reports;
using EmotionMLNet.Training.Tuning.Results;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Training.Tuning.Reports;

/// <summary>
/// The axis of a tuned setting: places are those of the unit cube, where a logarithmic scale is even, texts are its values.
/// </summary>
internal static class SettingAxis
{
    private const int MostValues = 6;

    /// <param name="name">Written beside it.</param>
    /// <param name="option">A range or a choice.</param>
    /// <param name="width">Pixels, for the texts of choices.</param>
    public static ChartAxis For(string name, OptionBase option, double width) =>
        new(name, 0, 1, option switch
        {
            ChoiceOption choice =>
            [
                .. choice.Choices.Select((c, i) => ((i + 0.5) / choice.Choices.Count, Svg.Fit(Show(c), width / choice.Choices.Count - 4))),
            ],
            UniformNumericOption range => Numbers(range),
            _ => [],
        });

    /// <summary>A value for people.</summary>
    public static string Show(Parameter value) =>
        value.ToJson() is { } json ? SettingChange.Show(System.Text.Json.JsonSerializer.SerializeToElement(json)) : "none";

    private static (double, string)[] Numbers(UniformNumericOption range)
    {
        (double, string)[] zero = range.ZeroShare > 0 ? [(range.ZeroShare / 2, "0")] : [];
        if (range.ValueCount is > 0 and <= MostValues and var few)
            return [.. Enumerable.Range(0, few).Select(i => At((i + 0.5) / few))];
        if (range.LogOfComplement || range.Step is not null || range.Min == range.Max)
            return [.. zero, .. new[] { 0, 0.25, 0.5, 0.75, 1 }.Select(u => At(range.ZeroShare + (1 - range.ZeroShare) * u))];
        double[] round = range.LogBase ? AxisTicks.ComputePowers(range.Min, range.Max) : AxisTicks.Compute(range.Min, range.Max);
        round = [.. round.Where(v => v >= range.Min * (1 - 1e-9) && v <= range.Max * (1 + 1e-9))];
        if (round.Length < 2) round = [range.Min, range.Max];
        return [.. zero, .. round.Select(v => (range.MappingToFeatureSpace(Parameter.FromDouble(v))[0], SettingChange.Short(v)))];

        (double, string) At(double u) => (u, Show(range.SampleFromFeatureSpace([u])));
    }
}

using EmotionMLNet.Formatting;

namespace EmotionMLNet.Training.Options;

/// <summary>
/// Progressive resizing: the first epochs see smaller pictures, for less work, the others see them whole (Howard's DAWNBench entry of 2018;
/// Tan and Le 2021, arXiv:2104.00298, section 4). Validation always sees them whole.
/// </summary>
public sealed record ProgressiveOptions
{
    /// <summary>What <see cref="Parse"/> reads, for help.</summary>
    internal const string Help =
        "side=SHARE,epochs=SHARE: side=0.6667,epochs=0.5 begins with pictures of two thirds of the side in half of the epochs";

    /// <summary>Share of each side in the first epochs, 0.25 to 1, which is off.</summary>
    public float Side { get; init; } = 1;

    /// <summary>Share of all epochs, from the first, that are shown small pictures.</summary>
    public float Epochs { get; init; } = 0.5f;

    /// <summary>Whether any epoch sees small pictures.</summary>
    internal bool IsOn => Side < 1 && Epochs > 0;

    /// <summary>Reads "side=0.6667,epochs=0.5".</summary>
    /// <exception cref="FormatException">The text is not understood.</exception>
    public static ProgressiveOptions Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var options = new ProgressiveOptions();
        if (NamedValues.FindDecimalComma(text) is { } comma) throw new FormatException(comma);
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
            options = part.Split('=', 2) switch
            {
                ["side", var side] => options with { Side = Share(part, side) },
                ["epochs", var epochs] => options with { Epochs = Share(part, epochs) },
                _ => throw new FormatException($"'{part}' is not understood; give {Help}"),
            };
        return options;

        static float Share(string part, string text) =>
            Numbers.Read(text, out float share) is { } problem ? throw new FormatException($"{part}: {problem}") : share;
    }

    /// <summary>How many epochs see small pictures, from the first.</summary>
    /// <param name="epochs">Epochs of the run.</param>
    internal int SmallEpochs(int epochs) => IsOn ? (int)MathF.Round(epochs * Epochs) : 0;

    /// <summary>A side of a small picture.</summary>
    /// <param name="side">The side of the whole one, in pixels.</param>
    internal int Reduced(int side) => Math.Max(1, (int)MathF.Round(side * Side));

    /// <summary>Everything that is wrong, each with its remedy.</summary>
    internal IEnumerable<SettingProblem> FindProblems()
    {
        if (!(Side is >= 0.25f and <= 1)) yield return new("side", Side, "give a share from 0.25 to 1, which is off");
        if (!(Epochs is >= 0 and <= 1)) yield return new("epochs", Epochs, "give a share from 0 to 1");
    }
}

using EmotionMLNet.Formatting;
using System.Globalization;

namespace EmotionMLNet.Training.Runs.Progressive;

/// <summary>
/// Progressive resizing: the first epochs see smaller pictures, for less work, the others see them whole (Howard's DAWNBench entry of 2018; Tan and
/// Le 2021, arXiv:2104.00298, section 4). Validation always sees them whole.
/// </summary>
internal sealed record ProgressiveOptions
{
    public const string Help = "side=SHARE,epochs=SHARE: side=0.6667,epochs=0.5 begins with pictures of two thirds of the side in half of the epochs";

    /// <summary>Share of each side in the first epochs; 1 is off.</summary>
    public float Side { get; init; } = 1;

    /// <summary>Share of all epochs, from the first, that are shown small pictures.</summary>
    public float Epochs { get; init; } = 0.5f;

    /// <exception cref="TrainingException">The text is not understood.</exception>
    public static ProgressiveOptions Parse(string text)
    {
        var options = new ProgressiveOptions();
        if (NamedValues.DecimalComma(text) is { } comma) throw new TrainingException($"--progressive {comma}.");
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
            options = part.Split('=', 2) switch
            {
                ["side", var side] => options with { Side = Share(part, side) },
                ["epochs", var epochs] => options with { Epochs = Share(part, epochs) },
                _ => throw new TrainingException($"--progressive '{text}': '{part}' is not understood; give {Help}."),
            };
        return options;

        static float Share(string part, string text) => Numbers.Read(text, out float share) is { } problem ? throw new TrainingException($"--progressive {part}: {problem}.") : share;
    }

    /// <summary>Whether any epoch sees small pictures.</summary>
    public bool IsOn => Side < 1 && Epochs > 0;

    /// <summary>How many epochs see small pictures, from the first.</summary>
    /// <param name="epochs">Of the run.</param>
    public int SmallEpochs(int epochs) => IsOn ? (int)MathF.Round(epochs * Epochs) : 0;

    /// <summary>A side of a small picture.</summary>
    /// <param name="side">Of the whole one, in pixels.</param>
    public int Reduced(int side) => Math.Max(1, (int)MathF.Round(side * Side));

    /// <summary>Everything that is wrong, each with its remedy.</summary>
    /// <param name="freeze">The setting of --freeze.</param>
    public IEnumerable<string> Problems(string freeze)
    {
        if (!(Side is >= 0.25f and <= 1)) yield return string.Create(CultureInfo.InvariantCulture, $"--progressive side={Side}: give a share from 0.25 to 1, which is off");
        if (!(Epochs is >= 0 and <= 1)) yield return string.Create(CultureInfo.InvariantCulture, $"--progressive epochs={Epochs}: give a share from 0 to 1");
        if (Side < 1 && freeze == "all") yield return "--progressive is for networks, --freeze all trains on features that are computed once: leave one of them away";
    }
}

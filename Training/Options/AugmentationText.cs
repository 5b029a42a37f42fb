using EmotionMLNet.Formatting;

namespace EmotionMLNet.Training.Options;

/// <summary>Augmentation as people write it: "flip,rotate=10,shift=0.1", or "none".</summary>
internal static class AugmentationText
{
    /// <summary>What <see cref="Parse"/> reads, for help.</summary>
    public const string Help =
        "none, or a list of flip, crop=FRACTION, rotate=DEGREES, shift=FRACTION, scale=FRACTION, aspect=FRACTION, "
        + "brightness=FRACTION, contrast=FRACTION, sharpness=FRACTION, erase=PROBABILITY, mixup=ALPHA, cutmix=ALPHA, "
        + "chance=PROBABILITY of all but flip, crop and erase, mix=PROBABILITY of mixup or cutmix";

    /// <exception cref="FormatException">A name or number is wrong; the message says which.</exception>
    public static AugmentationOptions Parse(string text)
    {
        AugmentationOptions options = AugmentationOptions.None;
        if (text == "none") return options;
        if (NamedValues.FindDecimalComma(text) is { } comma) throw new FormatException(comma);
        foreach (string part in NamedValues.Split(text))
        {
            string[] pair = part.Split('=', 2);
            float value = 0;
            if (pair.Length == 2 && Numbers.Read(pair[1], out value) is { } problem) throw new FormatException($"{part}: {problem}");
            float or(float usual) => pair.Length == 2 ? value : usual;
            options = pair[0].ToLowerInvariant() switch
            {
                "flip" => options with { Flip = or(1) != 0 },
                "crop" => options with { Crop = or(5 / 6f) },
                "rotate" => options with { Rotate = or(10) },
                "shift" => options with { Shift = or(0.1f) },
                "scale" => options with { Scale = or(0.1f) },
                "aspect" => options with { Aspect = or(0.33f) },
                "brightness" => options with { Brightness = or(0.2f) },
                "contrast" => options with { Contrast = or(0.2f) },
                "sharpness" => options with { Sharpness = or(0.5f) },
                "chance" => options with { Chance = or(0.5f) },
                "erase" => options with { Erase = or(0.25f) },
                "mixup" => options with { Mixup = or(0.2f) },
                "cutmix" => options with { CutMix = or(1) },
                "mix" => options with { Mix = or(0.5f) },
                _ => throw new FormatException($"'{pair[0]}' does not exist: give {Help}"),
            };
        }
        return options;
    }
}

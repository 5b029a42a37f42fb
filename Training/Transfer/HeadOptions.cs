using EmotionMLNet.Formatting;
using System.Globalization;

namespace EmotionMLNet.Training.Transfer;

/// <summary>What takes the place of a saved network's last layer.</summary>
internal sealed record HeadOptions
{
    public const string Help = "linear or dense=UNITS, each with an optional ,dropout=P: dense=256,dropout=0.5";

    /// <summary>Units of a hidden layer with ReLU in front of the classes; 0 is none: a linear head.</summary>
    public int Units { get; init; }

    /// <summary>Rate of dropout in front of the classes.</summary>
    public float Dropout { get; init; }

    /// <exception cref="TrainingException">The text is not understood.</exception>
    public static HeadOptions Parse(string text)
    {
        var head = new HeadOptions();
        if (NamedValues.DecimalComma(text) is { } comma) throw new TrainingException($"--head {comma}.");
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        for (int i = 0; i < parts.Length; i++)
        {
            (string name, string? value) = parts[i].Split('=', 2) is [var before, var behind] ? (before, behind) : (parts[i], null);
            head = (name, value) switch
            {
                ("linear", null) when i == 0 => head,
                ("dense", { } units) when i == 0 && int.TryParse(units, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n > 0 => head with { Units = n },
                ("dropout", { } rate) when i > 0 => head with { Dropout = Numbers.Read(rate, out float p) is { } problem ? throw new TrainingException($"--head {parts[i]}: {problem}.") : p },
                _ => throw new TrainingException($"--head '{text}': '{parts[i]}' is not understood; give {Help}."),
            };
        }
        return head;
    }

    /// <summary>Everything that is wrong, each with its remedy.</summary>
    public IEnumerable<string> Problems()
    {
        if (Units is < 0 or > 65536) yield return $"--head dense={Units}: give 1 to 65536 units";
        if (!(Dropout is >= 0 and < 1)) yield return string.Create(CultureInfo.InvariantCulture, $"--head dropout={Dropout}: give 0 up to below 1");
    }

    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"{(Units > 0 ? $"dense={Units}" : "linear")}{(Dropout > 0 ? $",dropout={Dropout}" : "")}");
}

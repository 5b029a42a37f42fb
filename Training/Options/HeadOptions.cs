using System.Globalization;
using EmotionMLNet.Formatting;

namespace EmotionMLNet.Training.Options;

/// <summary>What takes the place of a saved network's last layer.</summary>
public sealed record HeadOptions
{
    private const int MostUnits = 65536;

    /// <summary>What <see cref="Parse"/> reads, for help.</summary>
    internal const string Help = "linear or dense=UNITS, each with an optional ,dropout=P: dense=256,dropout=0.5";

    /// <summary>Units of a hidden layer with ReLU in front of the classes, 1 to 65,536; null is none: a linear head.</summary>
    public int? Units { get; init; }

    /// <summary>Rate of dropout in front of the classes, 0 up to below 1.</summary>
    public float Dropout { get; init; }

    /// <summary>Reads "linear" or "dense=256,dropout=0.5".</summary>
    /// <exception cref="FormatException">The text is not understood.</exception>
    public static HeadOptions Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var head = new HeadOptions();
        if (NamedValues.FindDecimalComma(text) is { } comma) throw new FormatException(comma);
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        for (int i = 0; i < parts.Length; i++)
        {
            (string name, string? value) = parts[i].Split('=', 2) is [var before, var behind] ? (before, behind) : (parts[i], null);
            head = (name, value) switch
            {
                ("linear", null) when i == 0 => head,
                ("dense", { } units)
                    when i == 0 && int.TryParse(units, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n > 0 => head with
                {
                    Units = n,
                },
                ("dropout", { } rate) when i > 0 => head with
                {
                    Dropout = Numbers.Read(rate, out float p) is { } problem ? throw new FormatException($"{parts[i]}: {problem}") : p,
                },
                _ => throw new FormatException($"'{parts[i]}' is not understood; give {Help}"),
            };
        }
        return head;
    }

    /// <summary>Returns the text that <see cref="Parse"/> reads.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(Units is { } units ? $"dense={units}" : "linear")}{(Dropout > 0 ? $",dropout={Dropout}" : "")}"
        );

    /// <summary>Everything that is wrong, each with its remedy.</summary>
    internal IEnumerable<SettingProblem> FindProblems()
    {
        if (Units is < 1 or > MostUnits) yield return new("units", Units, $"give 1 to {MostUnits} units");
        if (!(Dropout is >= 0 and < 1)) yield return new("dropout", Dropout, "give 0 up to below 1");
    }
}

using System.Globalization;
using System.Numerics;

namespace EmotionMLNet.Formatting;

/// <summary>
/// Numbers as people type them: always with a decimal point and without thousands separators, whatever the machine's language.
/// </summary>
internal static class Numbers
{
    /// <summary>Reads a number.</summary>
    /// <param name="text">The text as it was typed.</param>
    /// <param name="value">The number; zero where it is none.</param>
    /// <returns>What is wrong and how to write it; null where it is right.</returns>
    public static string? Read<T>(string text, out T value) where T : struct, INumber<T>
    {
        bool whole = IsWhole<T>();
        NumberStyles styles = whole
            ? NumberStyles.AllowLeadingSign
            : NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (T.TryParse(text, styles, CultureInfo.InvariantCulture, out value) && T.IsFinite(value)) return null;
        value = T.Zero;
        if (
            text.Count(c => c == ',') == 1
            && !text.Contains('.', StringComparison.Ordinal)
            && T.TryParse(text.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out _)
        )
            return $"'{text}' has a decimal comma: write {text.Replace(',', '.')}";
        if (whole && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            return number == Math.Floor(number) && double.IsFinite(number) ? $"'{text}' is out of range" : $"'{text}' is no whole number";
        return whole ? $"'{text}' is no whole number: write digits alone, as in 12" : $"'{text}' is no number: write it as in 0.001";
    }

    /// <summary>A figure as it is shown, rounded before it is written so that -0.04 becomes 0.0 and never "-0.0".</summary>
    /// <param name="value">The figure.</param>
    /// <param name="decimals">Digits behind the point, 0 to 15.</param>
    public static string Fixed(double value, int decimals) =>
        (Math.Round(value, decimals) + 0.0).ToString($"F{decimals}", CultureInfo.InvariantCulture); // -0 + 0 is 0

    private static bool IsWhole<T>() where T : INumber<T> => T.IsInteger(T.One / (T.One + T.One)); // half of one is 0 among whole numbers
}

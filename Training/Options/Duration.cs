using System.Globalization;

namespace EmotionMLNet.Training.Options;

/// <summary>A time as people write it.</summary>
internal static class Duration
{
    private const double Longest = 1e7; // seconds, a third of a year

    /// <summary>Reads "90s", "15m", "2h", "1h30m", or "hh:mm:ss".</summary>
    /// <exception cref="FormatException">The text is none of them.</exception>
    public static TimeSpan Parse(string text) =>
        Read(text)
        ?? throw new FormatException(
            text.Contains(',', StringComparison.Ordinal) && Read(text.Replace(',', '.')) is not null
                ? $"a time has no decimal comma: write {text.Replace(',', '.')}"
                : "give a time, 90s, 15m, 2h, 1h30m or 1:30:00 (hours, minutes, seconds)"
        );

    /// <summary>The time, or null where the text is none.</summary>
    public static TimeSpan? Read(string text)
    {
        double seconds = text.Contains(':', StringComparison.Ordinal) ? Clock(text) : Sum(text);
        return seconds is > 0 and < Longest ? TimeSpan.FromSeconds(seconds) : null;
    }

    // Always hours, minutes and seconds: 1:30 would be either of two times, and .NET takes the hours of 24:00:00 for days.
    private static double Clock(string text) =>
        text.Split(':') is [var hours, var minutes, var seconds]
        && Whole(hours, out int h)
        && Whole(minutes, out int m)
        && m < 60
        && Whole(seconds, out int s)
        && s < 60
            ? 3600.0 * h + 60 * m + s
            : double.NaN;

    private static bool Whole(string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static double Sum(string text)
    {
        double seconds = 0;
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsAsciiDigit(text[i]) || text[i] == '.') continue;
            double unit = char.ToLowerInvariant(text[i]) switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => double.NaN };
            bool isNumber = double.TryParse(
                text.AsSpan(start, i - start),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out double count
            );
            seconds += isNumber ? count * unit : double.NaN;
            start = i + 1;
        }
        return start == text.Length ? seconds : double.NaN;
    }
}

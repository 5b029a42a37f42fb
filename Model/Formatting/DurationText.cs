using System.Globalization;

namespace EmotionMLNet.Formatting;

/// <summary>A length of time as it is shown to people.</summary>
internal static class DurationText
{
    /// <summary>"12 s", "3:05 min", "1:30:00 h".</summary>
    /// <param name="seconds">Number of seconds, at least 0.</param>
    public static string Format(double seconds)
    {
        var span = TimeSpan.FromSeconds(Math.Round(seconds));
        CultureInfo c = CultureInfo.InvariantCulture;
        if (span.TotalSeconds < 60) return string.Create(c, $"{span.TotalSeconds:F0} s");
        return span.TotalHours < 1
            ? string.Create(c, $"{span.Minutes}:{span.Seconds:D2} min")
            : string.Create(c, $"{(int)span.TotalHours}:{span.Minutes:D2}:{span.Seconds:D2} h");
    }
}

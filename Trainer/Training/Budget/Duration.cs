using EmotionMLNet.Terminal;
using System.Globalization;

namespace EmotionMLNet.Trainer.Training.Budget;

/// <summary>A time as people write it.</summary>
internal static class Duration
{
    /// <summary>"90s", "15m", "2h", "1h30m", or "hh:mm:ss".</summary>
    /// <param name="text">The value of an option.</param>
    /// <param name="option">Its name, for the message.</param>
    /// <exception cref="UserException">The text is none of them.</exception>
    public static TimeSpan Parse(string text, string option)
    {
        if (text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan clock)) return clock;
        double seconds = 0;
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsAsciiDigit(text[i]) || text[i] == '.') continue;
            double unit = char.ToLowerInvariant(text[i]) switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => double.NaN };
            bool isNumber = double.TryParse(text.AsSpan(start, i - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count);
            seconds += isNumber ? count * unit : double.NaN;
            start = i + 1;
        }
        return start == text.Length && seconds is > 0 and < 1e7 ? TimeSpan.FromSeconds(seconds) : throw new UserException($"{option} {text}: give a time, 90s, 15m, 2h or 1h30m.");
    }
}

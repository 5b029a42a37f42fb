using System.Globalization;

namespace EmotionMLNet.Terminal;

/// <summary>Counts in sentences.</summary>
internal static class Plural
{
    /// <summary>"1 file", "0 files", "1,234 files".</summary>
    /// <param name="count">How many.</param>
    /// <param name="one">The noun for one of them.</param>
    /// <param name="many">The noun for any other number; <paramref name="one"/> with an s when null.</param>
    public static string Of(long count, string one, string? many = null)
        => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many ?? one + "s")}");
}

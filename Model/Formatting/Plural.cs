using System.Globalization;

namespace EmotionMLNet.Formatting;

/// <summary>Counts in sentences: "1 image", "2 images", "1,024 images".</summary>
internal static class Plural
{
    /// <param name="count">How many.</param>
    /// <param name="singular">What one is called.</param>
    /// <param name="plural">What several are called; null appends an s.</param>
    public static string Of(long count, string singular, string? plural = null)
        => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? singular : plural ?? singular + "s")}");
}

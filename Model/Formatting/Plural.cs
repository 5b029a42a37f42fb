using System.Globalization;

namespace EmotionMLNet.Formatting;

/// <summary>Counts in sentences: "1 image", "2 images", "1,024 images".</summary>
internal static class Plural
{
    /// <param name="count">How many.</param>
    /// <param name="singular">Noun for one thing.</param>
    /// <param name="plural">Noun for several things; null appends an s.</param>
    public static string Format(long count, string singular, string? plural = null)
        => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? singular : plural ?? singular + "s")}");
}

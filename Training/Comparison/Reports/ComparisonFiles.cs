using EmotionMLNet.Files;

namespace EmotionMLNet.Training.Comparison.Reports;

/// <summary>Everything that is written about a comparison; the JSON comes last and says that the others are there.</summary>
internal static class ComparisonFiles
{
    public const string Page = "report.html", Csv = "comparison.csv", Json = "comparison.json", Markdown = "comparison.md";

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> All { get; } = [Page, Csv, Json, Markdown];

    public static void Write(Comparison comparison)
    {
        string folder = comparison.Options.Out;
        AtomicFile.WriteText(Path.Combine(folder, Page), ComparisonPage.Render(comparison));
        AtomicFile.WriteText(Path.Combine(folder, Csv), ComparisonCsv.Render(comparison));
        AtomicFile.WriteText(Path.Combine(folder, Markdown), ComparisonMarkdown.Render(comparison));
        AtomicFile.WriteText(Path.Combine(folder, Json), ComparisonJson.Render(comparison));
    }
}

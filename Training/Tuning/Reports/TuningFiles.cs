using EmotionMLNet.Files;
using EmotionMLNet.Training.Tuning.Results;

namespace EmotionMLNet.Training.Tuning.Reports;

/// <summary>Everything that is written about a finished search; the settings come last and say that the others are there.</summary>
internal static class TuningFiles
{
    public const string Page = "report.html", Csv = "trials.csv";

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> All { get; } = [Page, Csv, BestJson.FileName];

    public static void Write(TuningResult result)
    {
        string folder = result.Options.Out;
        AtomicFile.WriteText(Path.Combine(folder, Page), TuningPage.Render(result));
        AtomicFile.WriteText(Path.Combine(folder, Csv), TrialsCsv.Write(result));
        AtomicFile.WriteText(Path.Combine(folder, BestJson.FileName), BestJson.Write(result));
    }
}

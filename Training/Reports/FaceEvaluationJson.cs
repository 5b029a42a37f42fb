using System.Text.Json;
using EmotionMLNet.Training.Metrics;

namespace EmotionMLNet.Training.Reports;

/// <summary>The evaluation of a detector as JSON.</summary>
internal static class FaceEvaluationJson
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static string Render(FaceEvaluation e) =>
        JsonSerializer.Serialize(
            new
            {
                Model = Path.GetFileName(e.Model),
                e.Manifest.Architecture,
                e.Parameters,
                e.Part,
                e.Caution,
                e.Pictures,
                e.Faces,
                e.Manifest.Threshold,
                Found = e.AtThreshold.Hits,
                FalseDetections = e.AtThreshold.False,
                e.EmptyPictures,
                EmptyPicturesWithDetections = e.Alarms,
                ByOverlap = e.ByOverlap.Select(Row),
                BySize = e.BySize.Select(Row),
                BySubset = e.BySubset.Select(Row),
                Errors = e.Errors.GroupBy(x => x.Kind).ToDictionary(g => g.Key.ToString().ToLowerInvariant(), g => g.Count()),
                e.DataFingerprint,
            },
            Json
        ) + "\n";

    private static object Row(DetectionRow row) =>
        new { row.Name, row.Faces, AveragePrecision = Figure(row.AveragePrecision), Recall = Figure(row.Recall) };

    private static object? Figure(Interval? interval) => interval is var (value, low, high) ? new { value, low, high } : null;
}

using System.Text.Json;

namespace EmotionMLNet.MLNetZip;

/// <summary>
/// Manifests of earlier versions had the division of the data and the summary of training among the verbatim settings alone: they are
/// read from there.
/// </summary>
internal static class FormerManifest
{
    /// <summary>The manifest with both as records, as far as its settings tell.</summary>
    public static ModelManifest Complete(ModelManifest manifest) =>
        manifest with
        {
            Division = manifest.Division ?? ReadDivision(manifest.Settings),
            Training = manifest.Training ?? ReadTraining(manifest.Settings),
            Members = manifest.Members is not { } members
                ? null
                :
                [
                    .. members.Select(m =>
                        m is null
                            ? null!
                            : m with
                            {
                                Division = m.Division ?? ReadDivision(m.Settings),
                                Training = m.Training ?? ReadTraining(m.Settings),
                            }
                    ),
                ],
        };

    // Of that version when a setting that it always wrote stands on the first level.
    private static DataDivision? ReadDivision(JsonElement? settings)
    {
        if (
            Number(settings, "splitSeed") is null && Number(settings, "seed") is null
            || Member(settings, "data") is { ValueKind: JsonValueKind.Object }
        )
            return null;
        return new DataDivision
        {
            Seed = (long)(Number(settings, "splitSeed") ?? Number(settings, "seed") ?? 1),
            ValidationFraction = Number(settings, "validationFraction") ?? 0.2,
            TestFraction = Number(settings, "testFraction") ?? 0.1,
            SimilarTogether = Member(settings, "similarTogether") is { ValueKind: JsonValueKind.True },
        };
    }

    private static TrainingSummary? ReadTraining(JsonElement? settings)
    {
        if (Number(settings, "epochs") is not { } epochs) return null;
        return new TrainingSummary
        {
            Data = Text(settings, "data"),
            Epochs = Whole(epochs),
            BatchSize = Whole(Number(settings, "batchSize") ?? 0),
            Optimiser = Text(settings, "optimiser"),
            LearningRate = (float)(Number(settings, "learningRate") ?? 0),
            Schedule = Text(settings, "schedule"),
            Seed = Number(settings, "seed") is { } seed ? Whole(seed) : null,
            Excluded = Text(settings, "exclude"),
            Distillation = ReadDistillation(Member(settings, "distillation")),
        };
    }

    private static DistillationSummary? ReadDistillation(JsonElement? distillation)
    {
        if (Member(distillation, "teachers") is not { ValueKind: JsonValueKind.Array } teachers || teachers.GetArrayLength() == 0)
            return null;
        return new DistillationSummary
        {
            Teachers = [.. teachers.EnumerateArray().Select(t => t.ToString())],
            Weight = (float)(Number(distillation, "weight") ?? 0),
            Temperature = (float)(Number(distillation, "temperature") ?? 0),
            Views = Text(distillation, "views") is { } views && views != "shown" ? views : null,
        };
    }

    private static JsonElement? Member(JsonElement? group, string name)
        => group is { ValueKind: JsonValueKind.Object } members && members.TryGetProperty(name, out JsonElement value) ? value : null;

    private static double? Number(JsonElement? group, string name) =>
        Member(group, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number
            : null;

    private static string? Text(JsonElement? group, string name) =>
        Member(group, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static int Whole(double number) => (int)Math.Clamp(number, int.MinValue, int.MaxValue);
}

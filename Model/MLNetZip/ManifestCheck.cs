using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.MLNetZip;

/// <summary>
/// Looks through a whole manifest when it is loaded: whoever holds a <see cref="ModelManifest"/> of a file need not ask again whether a
/// part of it is there or means something.
/// </summary>
internal static class ManifestCheck
{
    private const int MostLabels = 10_000, LongestLabel = 300, LongestText = 10_000, LargestSide = 8192, MostEntries = 10_000;

    // Samples lie in [0, 1], and some recipes say 0 to 255: beyond this, float32 has no digits left for a picture.
    private const float LargestStatistic = 1e6f, SmallestDeviation = 1e-6f;

    /// <summary>What is wrong, as a clause that names the entry; null: nothing.</summary>
    public static string? Problem(ModelManifest m) =>
        Text(m.CreatedBy, "createdBy")
        ?? OptionalText(m.CreatedAt, "createdAt")
        ?? Text(m.Architecture, "architecture")
        ?? Text(m.Licence, "licence")
        ?? OptionalText(m.DataFingerprint, "dataFingerprint")
        ?? OptionalText(m.OnnxSha256, "onnxSha256")
        ?? Labels(m.Labels)
        ?? Known(m.Head, "head")
        ?? Known(m.InputMode, "inputMode")
        ?? Known(m.Weights, "weights")
        ?? Input(m.Preprocessing)
        ?? Notes(m.TrainingNotes, "trainingNotes")
        ?? Notes(m.WeightNotes, "weightNotes")
        ?? Figures(m.Metrics, "metrics")
        ?? Each(m.Measurements, "measurements", Measurement)
        ?? (m.Calibration is { } calibration ? Calibration(calibration, "calibration") : null)
        ?? (m.Members is { } members ? Each(members, "members", Member) ?? (members.Count == 0 ? "its 'members' are none" : null) : null)
        ?? (m.Division is { } division ? Division(division, "division") : null)
        ?? (m.Training is { } training ? Training(training, "training") : null)
        ?? (m.Faces is { } faces ? Faces(faces) : null)
        ?? (m.Quantisation is { } ranges ? Ranges(ranges) : null);

    /// <summary>What is wrong with labels, or null.</summary>
    public static string? Labels(IReadOnlyList<string>? labels)
    {
        if (labels is null) return "it has no labels";
        if (labels.Count is 0 or > MostLabels) return $"it has {labels.Count} labels, and 1 to {MostLabels} are wanted";
        foreach (string? label in labels)
        {
            if (string.IsNullOrWhiteSpace(label)) return "a label is empty";
            if (label.Length > LongestLabel) return $"a label has {label.Length} characters, and {LongestLabel} are the most";
            if (label.Any(char.IsControl)) return "a label holds control characters";
        }
        return labels.Distinct(StringComparer.Ordinal).Count() != labels.Count ? "it names a label twice" : null;
    }

    /// <summary>What is wrong with a preprocessing, or null.</summary>
    public static string? Input(ImagePreprocessing? p)
    {
        if (p is null) return "it has no 'preprocessing'";
        if (p.Width is < 1 or > LargestSide || p.Height is < 1 or > LargestSide)
            return $"its network wants pictures of {p.Width} x {p.Height} pixels, and sides of 1 to {LargestSide} are possible";
        if (p.Channels is not (1 or 3)) return $"its network wants {p.Channels} channels, and 1 (grey) or 3 (RGB) can be prepared";
        if (Known(p.Resize, "resize") is { } unknown) return unknown;
        if (p.Mean is null || p.StandardDeviation is null || p.Mean.Count != p.Channels || p.StandardDeviation.Count != p.Channels)
            return "its normalisation does not fit its channels: a 'mean' and a 'standardDeviation' for each are wanted";
        if (p.Mean.Any(v => !(Math.Abs(v) <= LargestStatistic))) return "its normalisation has a mean that no picture has";
        if (p.StandardDeviation.Any(v => !(v >= SmallestDeviation && v <= LargestStatistic)))
            return $"its normalisation has a standard deviation outside {SmallestDeviation:g1} to {LargestStatistic:g1}: it must be a "
                + "number above 0";
        return null;
    }

    private static string? Measurement(MeasurementRecord m, string what) =>
        Text(m.OnnxSha256, $"{what}.onnxSha256")
        ?? Text(m.Split, $"{what}.split")
        ?? Text(m.Purpose, $"{what}.purpose")
        ?? Text(m.DataFingerprint, $"{what}.dataFingerprint")
        ?? Text(m.TestTimeAugmentation, $"{what}.testTimeAugmentation")
        ?? Least(m.Images, 0, $"{what}.images")
        ?? Share(m.Accuracy, $"{what}.accuracy")
        ?? Share(m.AccuracyLow, $"{what}.accuracyLow")
        ?? Share(m.AccuracyHigh, $"{what}.accuracyHigh")
        ?? Share(m.MacroF1, $"{what}.macroF1")
        ?? Number(m.LogLoss, $"{what}.logLoss")
        ?? Share(m.ExpectedCalibrationError, $"{what}.expectedCalibrationError");

    private static string? Calibration(CalibrationRecord c, string what) =>
        (double.IsFinite(c.Temperature) && c.Temperature > 0 ? null : $"its '{what}.temperature' must be a number above 0")
        ?? Text(c.Split, $"{what}.split")
        ?? OptionalText(c.DataFingerprint, $"{what}.dataFingerprint")
        ?? Least(c.Images, 0, $"{what}.images")
        ?? Least(c.Bins, 1, $"{what}.bins")
        ?? Least(c.Folds, 0, $"{what}.folds")
        ?? Share(c.ErrorBefore, $"{what}.errorBefore")
        ?? Share(c.ErrorAfter, $"{what}.errorAfter")
        ?? Share(c.ErrorCrossFitted, $"{what}.errorCrossFitted")
        ?? Number(c.LogLossBefore, $"{what}.logLossBefore")
        ?? Number(c.LogLossAfter, $"{what}.logLossAfter")
        ?? Number(c.LogLossCrossFitted, $"{what}.logLossCrossFitted");

    private static string? Member(EnsembleMember m, string what) =>
        Text(m.File, $"{what}.file")
        ?? Text(m.Sha256, $"{what}.sha256")
        ?? Text(m.Architecture, $"{what}.architecture")
        ?? Text(m.CreatedBy, $"{what}.createdBy")
        ?? OptionalText(m.CreatedAt, $"{what}.createdAt")
        ?? OptionalText(m.DataFingerprint, $"{what}.dataFingerprint")
        ?? Share(m.Weight, $"{what}.weight")
        ?? Least(m.Parameters, 0, $"{what}.parameters")
        ?? Figures(m.Metrics, $"{what}.metrics")
        ?? (m.Calibration is { } calibration ? Calibration(calibration, $"{what}.calibration") : null)
        ?? (m.Division is { } division ? Division(division, $"{what}.division") : null)
        ?? (m.Training is { } training ? Training(training, $"{what}.training") : null);

    private static string? Division(DataDivision d, string what) =>
        Share(d.ValidationFraction, $"{what}.validationFraction") ?? Share(d.TestFraction, $"{what}.testFraction");

    private static string? Training(TrainingSummary t, string what) =>
        OptionalText(t.Data, $"{what}.data")
        ?? OptionalText(t.Optimiser, $"{what}.optimiser")
        ?? OptionalText(t.Schedule, $"{what}.schedule")
        ?? OptionalText(t.Excluded, $"{what}.excluded")
        ?? Least(t.Epochs, 0, $"{what}.epochs")
        ?? Least(t.BatchSize, 0, $"{what}.batchSize")
        ?? Number(t.LearningRate, $"{what}.learningRate")
        ?? Least(t.Seconds, 0, $"{what}.seconds")
        ?? (t.Distillation is { } d ? Distillation(d, $"{what}.distillation") : null);

    private static string? Distillation(DistillationSummary d, string what)
        => d.Teachers is null ? $"its '{what}.teachers' are missing" : Notes(d.Teachers, $"{what}.teachers")
            ?? Number(d.Weight, $"{what}.weight") ?? Number(d.Temperature, $"{what}.temperature") ?? OptionalText(d.Views, $"{what}.views");

    private static string? Faces(FaceTreatment f) =>
        Known(f.Pictures, "faces.pictures")
        ?? (f.Scale is >= FaceCrop.LeastScale and <= FaceCrop.MostScale
            ? null
            : $"its 'faces.scale' must be from {FaceCrop.LeastScale} to {FaceCrop.MostScale}")
        ?? Share(f.SizeJitter, "faces.sizeJitter")
        ?? Share(f.PlaceJitter, "faces.placeJitter");

    private static string? Ranges(ActivationRanges ranges)
    {
        if (ranges.Least is null || ranges.Largest is null) return "its 'quantisation' has no ranges";
        if (ranges.Least.Concat(ranges.Largest).Any(v => !float.IsFinite(v))) return "its 'quantisation' has ranges that are no numbers";
        return Least(ranges.Images, 0, "quantisation.images");
    }

    private static string? Each<T>(IReadOnlyList<T>? items, string what, Func<T, string, string?> check) where T : class
    {
        if (items is null) return null; // what its maker did not know
        if (items.Count > MostEntries) return $"its '{what}' are {items.Count}, and {MostEntries} are the most";
        for (int i = 0; i < items.Count; i++)
            if ((items[i] is { } item ? check(item, $"{what}[{i}]") : $"its '{what}[{i}]' is null") is { } problem) return problem;
        return null;
    }

    private static string? Notes(IReadOnlyList<string>? notes, string what) => Each(notes, what, Text);

    private static string? Figures(IReadOnlyDictionary<string, double>? figures, string what)
        => figures is null ? null : figures.Count > MostEntries ? $"its '{what}' are {figures.Count}, and {MostEntries} are the most"
            : figures.Where(f => !double.IsFinite(f.Value)).Select(f => $"its '{what}' hold a figure that is no number").FirstOrDefault();

    private static string? Text(string? text, string what) => text is null ? $"its '{what}' is missing" : OptionalText(text, what);

    private static string? OptionalText(string? text, string what) =>
        text is { Length: > LongestText } ? $"its '{what}' has {text.Length} characters, and {LongestText} are the most" : null;

    private static string? Known<T>(T value, string what)
        where T : struct, Enum => Enum.IsDefined(value) ? null : $"its '{what}' is {value}, which this program does not know";

    private static string? Number(double value, string what) => double.IsFinite(value) ? null : $"its '{what}' must be a number";

    // Ends of intervals may be a rounding beyond.
    private static string? Share(double value, string what) =>
        value is >= -1e-6 and <= 1 + 1e-6 ? null : $"its '{what}' must be from 0 to 1";

    private static string? Least(double value, double least, string what) =>
        double.IsFinite(value) && value >= least ? null : $"its '{what}' must be a number of at least {least}";
}

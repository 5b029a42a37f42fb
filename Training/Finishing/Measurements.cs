using EmotionMLNet.MLNetZip;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reports;

namespace EmotionMLNet.Training.Finishing;

/// <summary>Puts figures into the zip that they are of, from where its model card tells them.</summary>
internal static class Measurements
{
    /// <summary>
    /// Saves the zip with the figures of an evaluation; those of the same split and views, where there are some, give way.
    /// </summary>
    /// <param name="evaluation">An evaluation of the zip as it is on disk.</param>
    public static void Record(Evaluation evaluation)
    {
        ModelZip zip = ModelZip.Load(evaluation.ModelPath);
        if (zip.Manifest.OnnxSha256 != evaluation.Manifest.OnnxSha256)
            throw new TrainingFailedException($"{evaluation.ModelPath} was replaced while it was measured: measure it again.");
        Add(zip, evaluation).Save(evaluation.ModelPath);
    }

    /// <summary>
    /// The zip with the figures of an evaluation of it; those of the same split and views, where there are some, give way.
    /// </summary>
    public static ModelZip Add(ModelZip zip, Evaluation evaluation)
    {
        List<MeasurementRecord> taken = [Create(evaluation, "none", evaluation.Report)];
        if (evaluation.Augmented is { } augmented) taken.Add(Create(evaluation, augmented.Augmentation.ToString(), augmented.Report));
        List<MeasurementRecord> all = [.. zip.Manifest.Measurements];
        foreach (MeasurementRecord figures in taken)
        {
            int before = all.FindIndex(m =>
                (m.DataFingerprint, m.TestTimeAugmentation) == (figures.DataFingerprint, figures.TestTimeAugmentation)
            );
            if (before < 0) all.Add(figures);
            else all[before] = figures;
        }
        return zip with { Manifest = zip.Manifest with { Measurements = all } };
    }

    private static MeasurementRecord Create(Evaluation evaluation, string views, ClassificationReport report) => new()
    {
        OnnxSha256 = evaluation.Manifest.OnnxSha256!,
        InEightBits = evaluation.Manifest.Quantisation is not null,
        Split = evaluation.Images.Name,
        Purpose = SplitNames.Of(evaluation.Images.Split),
        DataFingerprint = evaluation.DataFingerprint,
        TestTimeAugmentation = views,
        Images = report.Images,
        Accuracy = report.Accuracy,
        AccuracyLow = report.AccuracyLow,
        AccuracyHigh = report.AccuracyHigh,
        MacroF1 = report.MacroF1,
        LogLoss = report.LogLoss,
        ExpectedCalibrationError = report.ExpectedCalibrationError,
    };
}
